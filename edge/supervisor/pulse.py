"""A worker's signs of life, on a thread of its own."""

from collections.abc import Callable, Sequence
from threading import Event, Thread
from typing import Protocol

from edge.supervisor.camera_thread import CameraThread
from edge.supervisor.slate import SLOTS, CameraSlot, Slate

BEAT_S = 0.25


class Camera(Protocol):
    """What is told of a camera."""

    @property
    def at_hand(self) -> bool:
        """Return whether its first picture is there."""
        ...


class Pulse(Thread):
    """Beats for as long as the process can do its work, and copies how far the cameras are.

    The camera's threads know nothing of it: one that hangs has a count that stands still.
    """

    def __init__(self, slate: Slate) -> None:
        """Prepare to beat on a slate."""
        super().__init__(name="pulse", daemon=True)
        self._slate = slate
        self._slots: Sequence[CameraSlot] = ()
        self._threads: Sequence[CameraThread] = ()
        self._cameras: Sequence[Camera] = ()
        self._errand: Callable[[], None] | None = None
        self._alive: Callable[[], bool] = lambda: True

    def follow(
        self,
        threads: Sequence[CameraThread],
        cameras: Sequence[Camera],
        errand: Callable[[], None] | None = None,
        *,
        alive: Callable[[], bool] = lambda: True,
    ) -> None:
        """Tell from now on of cameras, in the order of the process's share.

        Args:
            threads: Which have been started.
            cameras: Of these threads.
            errand: What else is to be done at every beat.
            alive: Whether the threads that all cameras need go on; else it does not beat.
        """
        self._slots = self._slate.cameras[: min(len(threads), SLOTS)]
        for slot, thread in zip(self._slots, threads, strict=False):
            slot.thread = thread.ident or 0
        self._threads, self._cameras, self._errand = threads, cameras, errand
        self._alive = alive

    def run(self) -> None:
        """Beat until the process ends."""
        never = Event()
        while not never.wait(BEAT_S):
            self.beat()

    def beat(self) -> None:
        """Tell that the process runs, and how far its cameras are."""
        slate = self._slate
        for slot, thread in zip(self._slots, self._threads, strict=False):
            slot.progress = thread.progress
            slot.over = thread.over
            slot.crashed = thread.crashed
        slate.at_hand = sum(one.at_hand for one in self._cameras)
        if self._errand is not None:
            self._errand()
        if self._alive():
            slate.beats += 1
