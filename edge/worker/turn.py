"""Whether a camera may be judged yet: the process before this one must have let go of it."""

from threading import Event
from typing import Protocol


class Turn(Protocol):
    """What a camera waits for when its first picture is there."""

    @property
    def come(self) -> bool:
        """Return whether it may go on."""
        ...

    def wait(self, stop: Event) -> bool:
        """Wait until it may go on; return False if it is to stop instead."""
        ...


class NoWait:
    """Nobody had the camera before."""

    come = True

    def wait(self, stop: Event) -> bool:
        """Return at once."""
        del stop
        return True
