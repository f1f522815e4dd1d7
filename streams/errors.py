"""Errors of the cameras, named after what the receiver does about them."""


class StreamError(Exception):
    """Open the stream again: it could not be opened, it stalled, or it broke off."""
