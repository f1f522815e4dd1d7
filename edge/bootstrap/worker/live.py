"""The service's ends of the lines to its workers: live pictures, and errands now and then."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Condition, Thread
from time import monotonic
from typing import Any

from edge.clock import Clock
from edge.domain.live import LivePicture, Size, View
from edge.worker.errands import Errand, Outcome
from edge.worker.line import Done, Heard, Task, ToService, ToWorker
from edge.worker.live import Wish

WISH_S = 5.0
RENEW_S = 2.0
KEEP_S = 60.0
"""A picture has faces: when nobody has looked for so long it is forgotten."""


@dataclass(slots=True, eq=False)
class _Worker:
    """A worker process as it is reached.

    Attributes:
        told_s: When it was last told each view.
        busy: Whether it has not yet answered what it was told last. One that hangs is told nothing
            more: so a line never fills up, and whoever looks never waits.
        lost: Whether its line is broken.
    """

    line: "Connection[Any, Any]"
    camera_ids: frozenset[str]
    told_s: dict[View, float] = field(default_factory=dict)
    busy: bool = False
    lost: bool = False


class LiveHub:
    """The newest picture of what somebody looks at, and errands; see ``LivePictures``.

    Used by any thread. Only who gives an errand waits.
    """

    def __init__(self, clock: Clock) -> None:
        """Begin without workers."""
        self._clock = clock
        self._workers: dict[str, _Worker] = {}
        self._pictures: dict[View, LivePicture] = {}
        self._asked_s: dict[View, float] = {}
        self._tasks = count()
        self._outcomes: dict[int, Outcome | None] = {}
        self._news = Condition()

    def connect(self, name: str, camera_ids: Collection[str]) -> "Connection[Any, Any]":
        """Return the worker's end of a new line; the caller closes it once the process has it.

        Args:
            name: Of the worker; its former line is given up.
            camera_ids: Its cameras.
        """
        ours, theirs = get_context("spawn").Pipe(duplex=True)
        self.follow(name, camera_ids, ours)
        return theirs

    def follow(self, name: str, camera_ids: Collection[str], line: "Connection[Any, Any]") -> None:
        """Take over the service's end of a line; see ``connect``."""
        worker = _Worker(line, frozenset(camera_ids))
        with self._news:
            self._workers[name] = worker
            self._news.notify_all()
        # A worker that hangs while it sends keeps only the thread of its own line.
        Thread(target=self._receive, args=(worker,), name=f"live-{name}", daemon=True).start()

    def disconnect(self, names: Collection[str]) -> None:
        """Forget workers that have ended for good."""
        with self._news:
            for name in names:
                self._workers.pop(name, None)
            self._news.notify_all()

    def has(self, camera_id: str) -> bool:
        """Return whether a worker has a camera."""
        with self._news:
            return any(camera_id in worker.camera_ids for worker in self._workers.values())

    def cameras(self) -> frozenset[str]:
        """Return the ids of all cameras that workers have."""
        with self._news:
            return frozenset[str]().union(*(worker.camera_ids for worker in self._workers.values()))

    def ask(self, errand: Errand, *, within_s: float) -> Outcome | None:
        """Have the worker of a camera do an errand, and wait for what becomes of it.

        A worker that dies meanwhile is asked again when it is back.

        Returns:
            None if no worker has the camera, or none has answered in time.
        """
        deadline_s = monotonic() + within_s
        with self._news:
            task = Task(next(self._tasks), errand)
            self._outcomes[task.number] = None
            while self._outcomes[task.number] is None and monotonic() < deadline_s:
                self._attempt(task, deadline_s)
            return self._outcomes.pop(task.number)

    def look(self, view: View) -> LivePicture | None:
        """Return the newest picture, None before the first, and have the next ones made."""
        now_s = self._clock.mono_s()
        with self._news:
            self._asked_s[view] = now_s
            for worker in self._workers.values():
                if view.camera_id in worker.camera_ids:
                    self._tell(worker, view, now_s)
            return self._pictures.get(view)

    def seen_at(self, camera_id: str) -> datetime | None:
        """Return when the newest picture of a camera was taken, None while nobody looks at it."""
        now_s = self._clock.mono_s()
        with self._news:
            times = [
                self._pictures[view].at
                for view in (View(camera_id, size) for size in Size)
                if view in self._pictures and now_s - self._asked_s[view] < WISH_S
            ]
        return max(times, default=None)

    def forget(self) -> None:
        """Forget pictures that nobody has looked at for a while; called now and then."""
        now_s = self._clock.mono_s()
        with self._news:
            for view in [one for one, at_s in self._asked_s.items() if now_s - at_s > KEEP_S]:
                del self._asked_s[view]
                self._pictures.pop(view, None)

    def _attempt(self, task: Task, deadline_s: float) -> None:
        """Give a task to a worker, and wait until it is done, the worker dies or time is over."""

        def wait_for(happened: Callable[[], bool]) -> None:
            self._news.wait_for(happened, deadline_s - monotonic())

        wait_for(lambda: self._has_now(task.errand.camera_id) is not None)
        worker = self._has_now(task.errand.camera_id)
        if worker is None:
            return
        wait_for(lambda: worker.lost or not worker.busy)
        if not worker.lost and not worker.busy and self._send(worker, task):
            wait_for(lambda: worker.lost or self._outcomes[task.number] is not None)

    def _has_now(self, camera_id: str) -> _Worker | None:
        having = (one for one in self._workers.values() if camera_id in one.camera_ids)
        return next((one for one in having if not one.lost), None)

    def _send(self, worker: _Worker, said: ToWorker) -> bool:
        try:
            worker.line.send(said)
        except OSError:  # it has died; the next one has a line of its own
            worker.lost = True
            return False
        worker.busy = True
        return True

    def _tell(self, worker: _Worker, view: View, now_s: float) -> None:
        if worker.busy or now_s - worker.told_s.get(view, float("-inf")) < RENEW_S:
            return
        views = frozenset(
            one
            for one, at_s in self._asked_s.items()
            if one.camera_id in worker.camera_ids and now_s - at_s < WISH_S
        )
        if self._send(worker, Wish(views, WISH_S)):
            worker.told_s = dict.fromkeys(views, now_s)

    def _receive(self, worker: _Worker) -> None:
        with worker.line as line:
            while True:
                try:
                    said: ToService = line.recv()
                except (EOFError, OSError):  # the process has ended
                    break
                with self._news:
                    self._hear(worker, said)
        with self._news:
            worker.lost = True
            self._news.notify_all()

    def _hear(self, worker: _Worker, said: ToService) -> None:
        match said:
            case Heard():
                worker.busy = False
                self._news.notify_all()
            case Done(number, outcome):
                if number in self._outcomes:  # else nobody waits for it any more
                    self._outcomes[number] = outcome
                    self._news.notify_all()
            case LivePicture(view) if view in self._asked_s:
                self._pictures[view] = said
