"""Cameras: address in, frames and packets out."""
