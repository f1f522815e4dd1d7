"""Frozen types and pure functions: no I/O, no threads, no clock, no logging."""
