"""Keeps cameras and worker processes running: the only place that tries again."""

import logging
import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Protocol

from edge.clock import Clock
from streams.errors import StreamError

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Backoff:
    """Growing waits with jitter, so that twenty cameras behind one switch do not knock at once.

    Attributes:
        first_s: Longest first wait.
        longest_s: What the waits grow to.
        lasted_s: An attempt that lasted this long counts as a success: the next wait is short.
    """

    first_s: float = 1.0
    longest_s: float = 30.0
    lasted_s: float = 30.0
    uniform: Callable[[float, float], float] = field(default=random.uniform)
    _failures: int = 0

    def next_wait_s(self, attempt_s: float) -> float:
        """Return how long to wait after an attempt that lasted ``attempt_s``."""
        self._failures = 1 if attempt_s >= self.lasted_s else self._failures + 1
        ceiling = min(self.longest_s, self.first_s * 2.0 ** (self._failures - 1))
        return self.uniform(ceiling / 2, ceiling)


class Attempt(Protocol):
    """What reads one stream, from its opening to its end."""

    @property
    def name(self) -> str:
        """Say which, for the log."""
        ...

    def run(self, stop: Event) -> None:
        """Read until the stream ends or ``stop`` is set; raises StreamError."""
        ...

    def report_offline(self, detail: str) -> None:
        """Say that the stream is not there, and why."""
        ...


class CameraThread(Thread):
    """Runs one stream until it is asked to stop, opening it again whenever it breaks off."""

    def __init__(
        self,
        worker: Attempt,
        *,
        stop: Event,
        clock: Clock,
        backoff: Backoff | None = None,
    ) -> None:
        """Prepare the thread.

        Args:
            worker: Reads the stream.
            stop: Ends it.
            clock: For back-off.
            backoff: How long to wait between attempts.
        """
        # A read that hangs in native code must not keep the process from ending.
        super().__init__(name=f"camera-{worker.name}", daemon=True)
        self._worker = worker
        self._stop_asked = stop
        self._clock = clock
        # Short waits: a camera that is back must be seen again within five seconds.
        self._backoff = backoff or Backoff(first_s=0.5, longest_s=2.5, lasted_s=10.0)
        self._begun = False
        self.over = False

    @property
    def crashed(self) -> bool:
        """Return whether it ended by an error nobody expected."""
        return self._begun and not self.over and not self.is_alive()

    def run(self) -> None:
        """Keep the camera running; returns when asked to stop or when a recording is over."""
        self._begun = True
        stop, worker = self._stop_asked, self._worker
        while not stop.is_set():
            began_s = self._clock.mono_s()
            try:
                worker.run(stop)
            except StreamError as error:
                wait_s = self._backoff.next_wait_s(self._clock.mono_s() - began_s)
                log.warning("camera=%s offline: %s; next try in %.1f s", worker.name, error, wait_s)
                worker.report_offline(str(error))
                stop.wait(wait_s)
                continue
            break
        self.over = True


class Process(Protocol):
    """A worker process, as ``multiprocessing`` has it."""

    @property
    def exitcode(self) -> int | None:
        """Return None while it runs."""
        ...

    def terminate(self) -> None:
        """Ask it to stop."""
        ...

    def kill(self) -> None:
        """End it."""
        ...

    def join(self, timeout: float | None = None) -> None:
        """Wait for its end."""
        ...


@dataclass(slots=True)
class _Shard:
    name: str
    process: Process
    backoff: Backoff
    started_s: float
    restart_s: float | None = None
    on_trial: bool = False


TELL_THE_PERSON = (2, 3)
"""Exit codes that no new attempt can change."""


class WorkerRefusedError(Exception):
    """A worker could not start; it has said why. ``code`` is the exit code to end with."""

    def __init__(self, code: int) -> None:
        super().__init__(f"a worker ended with exit code {code}")
        self.code = code


class ReloadRefusedError(WorkerRefusedError):
    """A worker could not start with a changed configuration; others go on. ``name`` says which."""

    def __init__(self, code: int, name: str) -> None:
        super().__init__(code)
        self.name = name


class Shards:
    """The worker processes: one dies alone, and is started again."""

    def __init__(
        self, names: Sequence[str], *, start: Callable[[str], Process], clock: Clock
    ) -> None:
        """Start all shards.

        Args:
            names: One per process.
            start: Starts the process of a shard.
            clock: For back-off.
        """
        self._start = start
        self._clock = clock
        self._reloaded = False
        self.restarts = 0
        self._shards = [self._started(name) for name in names]

    def _started(self, name: str, *, on_trial: bool = False) -> _Shard:
        backoff = Backoff(first_s=0.5, lasted_s=60.0)
        return _Shard(name, self._start(name), backoff, self._clock.mono_s(), on_trial=on_trial)

    def begin(self, names: Sequence[str], *, on_trial: bool) -> None:
        """Start shards while others run.

        Args:
            names: Of shards that do not run.
            on_trial: Whether ``check`` raises if one cannot start; else it is only tried again.
        """
        self._reloaded = True
        self._shards += [self._started(name, on_trial=on_trial) for name in names]

    def end(self, names: Collection[str], *, within_s: float) -> None:
        """End some shards for good and leave the others alone; see ``stop``."""
        ending = [shard for shard in self._shards if shard.name in names]
        self._shards = [shard for shard in self._shards if shard.name not in names]
        self._end(ending, within_s)

    def check(self) -> None:
        """Start again what has died, each after its own back-off. Call about once a second.

        Raises:
            WorkerRefusedError: A worker could not start at all: the configuration must be changed.
            ReloadRefusedError: One that was begun on trial could not; said once.
        """
        now_s = self._clock.mono_s()
        for shard in self._shards:
            code = shard.process.exitcode
            if code is None or code == 0:  # 0: all its recordings are over
                continue
            if code in TELL_THE_PERSON and shard.restart_s is None:
                if shard.on_trial:
                    shard.on_trial = False
                    raise ReloadRefusedError(code, shard.name)
                if self.restarts == 0 and not self._reloaded:
                    raise WorkerRefusedError(code)
            if shard.restart_s is None:
                wait_s = shard.backoff.next_wait_s(now_s - shard.started_s)
                shard.restart_s = now_s + wait_s
                log.error(
                    "worker=%s died with exit code %s; starting it again in %.1f s",
                    shard.name,
                    code,
                    wait_s,
                )
            if now_s >= shard.restart_s:
                shard.process = self._start(shard.name)
                shard.started_s, shard.restart_s, shard.on_trial = now_s, None, False
                self.restarts += 1

    @property
    def over(self) -> bool:
        """Return whether every worker has nothing left to do."""
        return all(shard.process.exitcode == 0 for shard in self._shards)

    def stop(self, *, within_s: float) -> None:
        """End all processes; what does not stop by itself within the time is killed."""
        self._end(self._shards, within_s)

    def _end(self, shards: Sequence[_Shard], within_s: float) -> None:
        for shard in shards:
            shard.process.terminate()
        deadline_s = self._clock.mono_s() + within_s
        for shard in shards:
            shard.process.join(max(deadline_s - self._clock.mono_s(), 0.0))
            if shard.process.exitcode is None:
                log.error("worker=%s did not stop in time and was killed", shard.name)
                shard.process.kill()
                shard.process.join(1.0)
