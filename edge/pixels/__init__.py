"""Arithmetic on pixels that several rooms need."""
