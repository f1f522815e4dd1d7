"""What health asks the journal: as it is now, or as it was last while the disk cannot be read."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import TypeVar

from edge.clock import Clock
from edge.domain.camera import CameraReport, CameraState
from edge.domain.sink import SinkState
from edge.errors import StoreError
from edge.store.journal import Journal, SeenCamera
from edge.store.networks import Networks
from edge.store.outbox import Outbox
from edge.store.per_thread import PerThread
from edge.store.sinks import Sinks

T = TypeVar("T")

log = logging.getLogger(__name__)

SILENT_AFTER_S = 10.0


class Presence:
    """Which cameras' workers are silent; by a clock that nobody sets."""

    def __init__(self, clock: Clock) -> None:
        """Know of nobody yet."""
        self._clock = clock
        self._heard: dict[str, tuple[object, float]] = {}
        self._lock = Lock()

    def now(self, seen: Sequence[SeenCamera], *, writable: bool) -> list[CameraReport]:
        """Return the cameras' reports as they hold now.

        Args:
            seen: The last reports.
            writable: Whether workers can report at all: a full disk makes nobody silent.
        """
        now_s = self._clock.mono_s()
        with self._lock:
            for one in seen:
                name, at = one.report.camera_id, one.reported_at
                if not writable or self._heard.get(name, (None, 0.0))[0] != at:
                    self._heard[name] = at, now_s
            return [self._present(one.report, now_s) for one in seen]

    def _present(self, report: CameraReport, now_s: float) -> CameraReport:
        """Return a report: a worker that is silent has no camera online."""
        silent_s = now_s - self._heard[report.camera_id][1]
        if report.state is not CameraState.ONLINE or silent_s < SILENT_AFTER_S:
            return report
        return CameraReport(
            report.camera_id,
            CameraState.OFFLINE,
            f"its worker has said nothing for {silent_s:.0f} s",
            dropped=report.dropped,
            reconnects=report.reconnects,
        )


class Vitals:
    """Asks for health; used by any thread."""

    def __init__(self, path: Path, clock: Clock, *, writable: Callable[[], bool]) -> None:
        """Prepare.

        Args:
            path: The journal.
            clock: The box's.
            writable: Whether the disk takes anything.
        """
        self._journal = PerThread(lambda: Journal(path, clock))
        self._outbox = PerThread(lambda: Outbox(path, clock))
        self._sinks = PerThread(lambda: Sinks(path, clock))
        self._sunk: Sequence[SinkState] = ()
        self._networks = PerThread(lambda: Networks(path))
        self._loaded: Sequence[tuple[str, str]] = ()
        self._presence = Presence(clock)
        self._writable = writable
        self._seen: Sequence[SeenCamera] = ()
        self._depth = 0
        self._parked: list[tuple[int | None, str]] = []

    def seen(self) -> Sequence[SeenCamera]:
        """Return the cameras' last reports."""
        self._seen = _or_else(lambda: self._journal().cameras(), self._seen)
        return self._seen

    def cameras(self) -> list[CameraReport]:
        """Return how the cameras are."""
        return self._presence.now(self.seen(), writable=self._writable())

    def networks(self) -> Sequence[tuple[str, str]]:
        """Return name and SHA-256 of the networks that are in use."""
        self._loaded = _or_else(lambda: self._networks().loaded(), self._loaded)
        return self._loaded

    def waiting(self) -> int:
        """Return how many messages wait for the platform."""
        self._depth = _or_else(lambda: self._outbox().depth(), self._depth)
        return self._depth

    def sinks(self) -> Sequence[SinkState]:
        """Return how the ways out of the box do."""
        self._sunk = _or_else(lambda: self._sinks().states(), self._sunk)
        return self._sunk

    def parked(self) -> list[tuple[int | None, str]]:
        """Return the messages that were put aside, as (seq, reason)."""
        self._parked = _or_else(
            lambda: [(one.seq, one.reason) for one in self._outbox().parked()], self._parked
        )
        return self._parked


def _or_else(ask: Callable[[], T], before: T) -> T:
    try:
        return ask()
    except StoreError as error:
        log.debug("health: %s", error)  # who writes says it, and health has a place for it
        return before
