"""A worker's end of its line to the service: wishes and tasks come, pictures and outcomes go."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from multiprocessing.connection import Connection
from threading import Condition, Thread
from typing import Any, Protocol

from edge.clock import Clock
from edge.domain.live import LivePicture, View
from edge.worker.errands import Errand, Outcome
from edge.worker.live import Viewfinder, Wish


@dataclass(frozen=True, slots=True)
class Task:
    """An errand and the number that its outcome will bear."""

    number: int
    errand: Errand


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a task."""

    number: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Heard:
    """Answers a wish or a task at once: the worker is well, and may be told the next one."""


ToWorker = Wish | Task
ToService = Heard | LivePicture | Done


class Desk(Protocol):
    """Has errands done."""

    def take(self, errand: Errand, answer: Callable[[Outcome], None]) -> None:
        """Return at once; ``answer`` is called once, on any thread."""
        ...


class WorkerLine:
    """The worker's end of the line.

    Cameras never wait for it: of each view the newest picture lies ready, and a thread of its own
    sends what there is when the service takes it.
    """

    def __init__(
        self,
        line: "Connection[Any, Any]",
        camera_ids: Collection[str],
        clock: Clock,
        *,
        desk: Desk,
    ) -> None:
        """Prepare.

        Args:
            line: To the service.
            camera_ids: Those of this process; wishes for others are let be.
            clock: For wishes' ends.
            desk: Takes the tasks.
        """
        self._line = line
        self._clock = clock
        self._desk = desk
        self._ready: dict[View, LivePicture] = {}
        self._done: list[Done] = []
        self._heard = False
        self._news = Condition()
        self.viewfinders = {
            name: Viewfinder(name, clock=clock, send=self._lay_ready) for name in camera_ids
        }

    def start(self) -> None:
        """Listen and send until the service closes the line or the process ends."""
        for target in (self._listen, self._send):
            Thread(target=target, name="line", daemon=True).start()

    def _lay_ready(self, picture: LivePicture) -> None:
        with self._news:
            self._ready[picture.view] = picture
            self._news.notify()

    def _listen(self) -> None:
        while True:
            try:
                said: ToWorker = self._line.recv()
            except (EOFError, OSError):  # the service has ended
                return
            if isinstance(said, Task):
                self._take(said)
            else:
                self._look_for(said)
            with self._news:
                self._heard = True
                self._news.notify()

    def _look_for(self, wish: Wish) -> None:
        until_s = self._clock.mono_s() + wish.for_s
        for view in wish.views:
            if view.camera_id in self.viewfinders:
                self.viewfinders[view.camera_id].want(view.size, until_s)

    def _take(self, task: Task) -> None:
        def done(outcome: Outcome) -> None:
            with self._news:
                self._done.append(Done(task.number, outcome))
                self._news.notify()

        self._desk.take(task.errand, done)

    def _send(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._heard or self._done or self._ready)
                ready, self._ready = self._ready, {}
                done, self._done = self._done, []
                heard, self._heard = self._heard, False
            try:
                if heard:
                    self._line.send(Heard())
                for said in (*done, *ready.values()):
                    self._line.send(said)
            except OSError:  # the service has ended
                return
