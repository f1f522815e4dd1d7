"""Live pictures in the service: one line to each worker process, asked for by the console."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Lock, Thread
from typing import Any

from edge.clock import Clock
from edge.domain.live import LivePicture, Size, View
from edge.worker.live import Heard, Wish

WISH_S = 5.0
RENEW_S = 2.0
KEEP_S = 60.0
"""A picture has faces: when nobody has looked for so long it is forgotten."""


@dataclass(slots=True, eq=False)
class _Worker:
    """A worker process as it is reached.

    Attributes:
        told_s: When it was last told each view.
        busy: Whether it has not yet answered the last wish. One that hangs is told nothing more:
            so a line never fills up, and whoever asks never waits.
    """

    line: "Connection[Any, Any]"
    camera_ids: frozenset[str]
    told_s: dict[View, float] = field(default_factory=dict)
    busy: bool = False


class LiveHub:
    """The newest picture of what somebody looks at; see ``LivePictures``. For any thread."""

    def __init__(self, clock: Clock) -> None:
        """Begin without workers."""
        self._clock = clock
        self._workers: dict[str, _Worker] = {}
        self._pictures: dict[View, LivePicture] = {}
        self._asked_s: dict[View, float] = {}
        self._lock = Lock()

    def connect(self, name: str, camera_ids: Collection[str]) -> "Connection[Any, Any]":
        """Return the worker's end of a new line; the caller closes it once the process has it.

        Args:
            name: Of the worker; its former line is given up.
            camera_ids: Its cameras.
        """
        ours, theirs = get_context("spawn").Pipe(duplex=True)
        worker = _Worker(ours, frozenset(camera_ids))
        with self._lock:
            self._workers[name] = worker
        # A worker that hangs while it sends keeps only the thread of its own line.
        Thread(target=self._receive, args=(worker,), name=f"live-{name}", daemon=True).start()
        return theirs

    def disconnect(self, names: Collection[str]) -> None:
        """Forget workers that have ended for good."""
        with self._lock:
            for name in names:
                self._workers.pop(name, None)

    def has(self, camera_id: str) -> bool:
        """Return whether a worker has a camera."""
        with self._lock:
            return any(camera_id in worker.camera_ids for worker in self._workers.values())

    def cameras(self) -> frozenset[str]:
        """Return the ids of all cameras that workers have."""
        with self._lock:
            return frozenset[str]().union(*(worker.camera_ids for worker in self._workers.values()))

    def look(self, view: View) -> LivePicture | None:
        """Return the newest picture, None before the first, and have the next ones made."""
        now_s = self._clock.mono_s()
        with self._lock:
            self._asked_s[view] = now_s
            for worker in self._workers.values():
                if view.camera_id in worker.camera_ids:
                    self._tell(worker, view, now_s)
            return self._pictures.get(view)

    def seen_at(self, camera_id: str) -> datetime | None:
        """Return when the newest picture of a camera was taken, None while nobody looks at it."""
        now_s = self._clock.mono_s()
        with self._lock:
            times = [
                self._pictures[view].at
                for view in (View(camera_id, size) for size in Size)
                if view in self._pictures and now_s - self._asked_s[view] < WISH_S
            ]
        return max(times, default=None)

    def forget(self) -> None:
        """Forget pictures that nobody has looked at for a while; called now and then."""
        now_s = self._clock.mono_s()
        with self._lock:
            for view in [one for one, at_s in self._asked_s.items() if now_s - at_s > KEEP_S]:
                del self._asked_s[view]
                self._pictures.pop(view, None)

    def _tell(self, worker: _Worker, view: View, now_s: float) -> None:
        if worker.busy or now_s - worker.told_s.get(view, float("-inf")) < RENEW_S:
            return
        views = frozenset(
            one
            for one, at_s in self._asked_s.items()
            if one.camera_id in worker.camera_ids and now_s - at_s < WISH_S
        )
        try:
            worker.line.send(Wish(views, WISH_S))
        except OSError:  # it has died; the next one has a line of its own
            return
        worker.busy = True
        worker.told_s = dict.fromkeys(views, now_s)

    def _receive(self, worker: _Worker) -> None:
        with worker.line as line:
            while True:
                try:
                    said = line.recv()
                except (EOFError, OSError):  # the process has ended
                    return
                with self._lock:
                    if isinstance(said, Heard):
                        worker.busy = False
                    elif said.view in self._asked_s:
                        self._pictures[said.view] = said
