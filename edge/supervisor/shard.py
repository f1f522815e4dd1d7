"""One share of the cameras and the process that has it: watched, ended, and buried."""

import logging
from collections import deque
from collections.abc import Sequence

from edge.clock import Clock
from edge.domain.worker import WorkerReport, WorkerState
from edge.supervisor.backoff import Backoff
from edge.supervisor.ending import Ending, ending_of
from edge.supervisor.quarantine import CRASHES, WITHIN_S
from edge.supervisor.slate import Stage
from edge.supervisor.watch import Watch
from edge.supervisor.worker import Limits, Worker

log = logging.getLogger(__name__)

MEMORY_EVERY_S = 1.0
MUTE_GRACE_S = 0.5
"""A process without any sign of life will not end by itself either."""

LOOP = 3
"""Deaths in a row that are called a crash loop."""

WELL_AFTER_S = 5.0
"""A process that ran for so long is started again at once, and its next waits are short."""


class Shard:
    """A share of the cameras. Whatever happens to its process is told once, by ``look``."""

    def __init__(
        self,
        name: str,
        camera_ids: Sequence[str],
        worker: Worker,
        *,
        clock: Clock,
        limits: Limits,
        alone: bool = False,
    ) -> None:
        """Take over a process that has just been started.

        Args:
            name: For the log and for health.
            camera_ids: The share.
            worker: Its process.
            clock: For back-off.
            limits: What the process may do.
            alone: Whether the share was taken out of another one that crashed.
        """
        self.name = name
        self.camera_ids = tuple(camera_ids)
        self.alone = alone
        self._clock = clock
        self._limits = limits
        self._backoff = Backoff(first_s=0.5, lasted_s=WELL_AFTER_S, free=1)
        self._crashes: deque[tuple[float, str | None]] = deque(maxlen=CRASHES)
        self._restart_s: float | None = None
        self._restarts = 0
        self._last: tuple[Ending, float] | None = None
        self._take(worker)

    def _take(self, worker: Worker) -> None:
        now_s = self._clock.mono_s()
        self.worker = worker
        self._watch = Watch(
            worker.slate,
            self.camera_ids,
            process_s=self._limits.silent_s,
            camera_s=self._limits.camera_s,
            now_s=now_s,
        )
        self._started_s = now_s
        self._ready_s: float | None = None
        self._restart_s = None
        self._why: Ending | None = None
        self._kill_s = float("inf")
        self._weighed_s = float("-inf")
        self._memory_bytes: int | None = None

    def start_again(self, worker: Worker) -> None:
        """Take over the process that follows one that has ended."""
        self._restarts += 1
        self._take(worker)

    @property
    def over(self) -> bool:
        """Return whether all its cameras were recordings that are over."""
        return self.worker.exitcode == 0 and self._why is None and self._restart_s is None

    @property
    def running(self) -> bool:
        """Return whether its cameras are looked at."""
        return self.worker.exitcode is None and self.worker.slate.stage == Stage.READY

    @property
    def waiting(self) -> bool:
        """Return whether it will be started again."""
        return self._restart_s is not None

    @property
    def due(self) -> bool:
        """Return whether it is time to start it again."""
        return self._restart_s is not None and self._clock.mono_s() >= self._restart_s

    @property
    def culprits(self) -> list[str | None]:
        """Return whose thread each of its last crashes was, oldest first, none if they are few."""
        since_s = self._clock.mono_s() - WITHIN_S
        recent = [camera_id for at_s, camera_id in self._crashes if at_s >= since_s]
        return recent if len(recent) == CRASHES else []

    def look(self) -> Ending | None:
        """End the process if it must be ended; return how it has ended, once."""
        if self.waiting or self.over:
            return None
        code = self.worker.exitcode
        if code is None:
            self._supervise()
            return None
        ending = ending_of(
            code,
            slate=self.worker.slate,
            camera_ids=self.camera_ids,
            last_words=self.worker.last_words(),
            why=self._why,
        )
        self._bury(ending)
        return ending

    def _supervise(self) -> None:
        now_s = self._clock.mono_s()
        if self._ready_s is None and self.running:
            self._ready_s = now_s
        if self._why is not None:
            if now_s >= self._kill_s:
                self.worker.kill()
            return
        hang = self._watch.look(now_s)
        if hang is not None:
            # A camera that hangs leaves the others of the process the time to end in order.
            grace_s = MUTE_GRACE_S if hang.camera_id is None else self._limits.grace_s
            self._end(Ending(f"hang: {hang.detail}", True, hang.camera_id), grace_s)
        elif now_s - self._weighed_s >= MEMORY_EVERY_S:
            self._weighed_s = now_s
            self._memory_bytes = size = self.worker.memory_bytes()
            limit = self._limits.memory_bytes(self.camera_ids)
            if size is not None and limit is not None and size > limit:
                detail = f"memory: {size / 1e6:.0f} MB of {limit / 1e6:.0f} MB"
                self._end(Ending(detail, by_itself=True), self._limits.grace_s)

    def _end(self, why: Ending, grace_s: float) -> None:
        log.error("worker=%s %s; it is ended", self.name, why.detail)
        self._why = why
        self._kill_s = self._clock.mono_s() + grace_s
        self.worker.terminate()

    def _bury(self, ending: Ending) -> None:
        now_s = self._clock.mono_s()
        lasted_s = now_s - self._started_s
        wait_s = self._backoff.next_wait_s(self._well_s())
        self._restart_s = now_s + wait_s
        self._last = (ending, now_s)
        if ending.by_itself:
            self._crashes.append((now_s, ending.camera_id))
        log.error(
            "worker=%s ended after %.0f s: %s%s; starting it again %s%s",
            self.name,
            lasted_s,
            ending.detail,
            f", in the thread of camera {ending.camera_id}" if ending.camera_id else "",
            f"in {wait_s:.1f} s" if wait_s else "at once",
            f", crash loop: {self._backoff.failures} times in a row" if self._loops else "",
        )

    def _well_s(self) -> float:
        """Return for how long it has looked at its cameras: loading alone is no success."""
        return self._clock.mono_s() - self._ready_s if self._ready_s is not None else 0.0

    @property
    def _loops(self) -> bool:
        return self._backoff.failures >= LOOP

    def report(self) -> WorkerReport:
        """Return how it is."""
        now_s = self._clock.mono_s()
        ending, ended_s = self._last or (None, now_s)
        lasted = self._well_s() >= WELL_AFTER_S
        return WorkerReport(
            name=self.name,
            state=self._state(),
            camera_ids=self.camera_ids,
            alone=self.alone,
            restarts=self._restarts,
            crashes=0 if lasted and not self.waiting else self._backoff.failures,
            last_exit=ending.detail if ending else "",
            culprit=(ending.camera_id or "") if ending else "",
            last_exit_ago_s=now_s - ended_s if ending else None,
            next_try_s=max(self._restart_s - now_s, 0.0) if self._restart_s is not None else None,
            memory_bytes=self._memory_bytes,
        )

    def _state(self) -> WorkerState:
        lasted = self._well_s() >= WELL_AFTER_S
        if self.over:
            return WorkerState.OVER
        if self._loops and (self.waiting or not lasted):
            return WorkerState.CRASH_LOOP
        if self.waiting:
            return WorkerState.WAITING
        if self._why is not None:
            return WorkerState.ENDING
        return WorkerState.RUNNING if self.running else WorkerState.STARTING
