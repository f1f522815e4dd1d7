"""A worker's cameras wait until the process before theirs has let go of them."""

from threading import Event

from edge.supervisor.slate import Slate

LOOK_EVERY_S = 0.02


class SlateTurn:
    """The service's word that the cameras may go on; see ``edge.worker.turn.Turn``."""

    def __init__(self, slate: Slate) -> None:
        """Take a worker's numbers."""
        self._slate = slate

    @property
    def come(self) -> bool:
        """Return whether they may go on."""
        return bool(self._slate.turn)

    def wait(self, stop: Event) -> bool:
        """Wait until they may go on; return False if they are to stop instead."""
        while not self._slate.turn:
            if stop.wait(LOOK_EVERY_S):
                return False
        return True
