"""Cameras on what they showed, in stream time and in a throw-away store."""

import random
from collections.abc import Callable, Iterator
from datetime import datetime
from heapq import merge
from pathlib import Path
from threading import Event

from edge.bootstrap import parts
from edge.bootstrap.camera.cameras import Site, Surroundings, build_worker
from edge.clock import ClockState
from edge.domain.camera import CameraReport
from edge.settings.schema import Camera
from edge.store.journal import Journal
from edge.store.message import Message, Place
from edge.store.outbox import Outbox
from edge.worker.camera import CameraWorker
from streams.source import Stream

SEED = 7
BATCH = 100


class _Motionless:
    """A clock that stands still: what is read as fast as possible is never late."""

    def __init__(self, start: datetime) -> None:
        self._start = start

    def utc(self) -> datetime:
        """Return the start."""
        return self._start

    def mono_s(self) -> float:
        """Return always the same moment."""
        return 0.0


class _Unreported:
    """Takes vital signs, which nobody asks for."""

    def report(self, report: CameraReport) -> None:
        """Forget it."""


class Rerun:
    """Same input, same ids and bytes; nothing is dropped because of lag. Used by one thread."""

    def __init__(self, site: Site, folder: Path, *, start: datetime) -> None:
        """Open a journal that nobody else knows.

        Args:
            site: What the cameras share.
            folder: For the journal; its owner removes it.
            start: What the box's clock says all the time.
        """
        clock = _Motionless(start)
        self.journal = Journal(folder / "journal.db", clock)
        self._outbox = Outbox(folder / "journal.db", clock)
        self._site = site
        ids = parts.id_source(random.Random(SEED))
        self._around = Surroundings(self.journal, _Unreported(), ids, clock, ClockState)
        self._workers: list[CameraWorker] = []
        self._place: Place = (0, 0)

    @property
    def seconds(self) -> float:
        """Return the stream time that was seen, all cameras together."""
        return sum(worker.mono_s for worker in self._workers)

    def add(self, camera: Camera, opener: Callable[[float], Stream]) -> None:
        """Have a camera look at what is opened; raises ConfigError if its rules cannot be kept."""
        self._workers.append(build_worker(self._site, camera, opener, around=self._around))

    def steps(self, stop: Event) -> Iterator[float]:
        """Look at one picture after the other; yield the stream time of each.

        Cameras that share a place share its incidents: they go in the order of stream time.

        Raises:
            StreamError: Something is absent or no video.
        """
        return merge(*(worker.steps(stop) for worker in self._workers))

    def messages(self) -> Iterator[Message]:
        """Yield what would have gone out since the last call."""
        while batch := self._outbox.waiting(after=self._place, limit=BATCH):
            for message in batch:
                self._place = message.place
                yield message

    def close(self) -> None:
        """Close the journal."""
        self._outbox.close()
        self.journal.close()
