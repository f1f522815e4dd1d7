"""Errors of the cameras, named after what the receiver does about them."""

from streams.faults import Fault


class StreamError(Exception):
    """Open the stream again: it could not be opened, it stalled, or it broke off.

    Attributes:
        fault: What kind of trouble it is; None where it is none of a camera's.
    """

    def __init__(self, text: str = "", fault: Fault | None = None) -> None:
        super().__init__(text)
        self.fault = fault
