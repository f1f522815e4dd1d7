"""Work on pictures for the console: in one process of its own, behind everything else."""

import contextlib
import hashlib
import logging
import multiprocessing
import secrets
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from edge.bootstrap.registration import Outcome
from edge.bootstrap.workshop import workbench
from edge.clock import Clock
from edge.console.workshop import Prepared
from edge.domain.delta import Applied, Delta, DeltaRefused
from edge.domain.resident import Consent, Resident
from edge.errors import TOLD, ConfigError
from edge.gallery.enrolment import Judged
from edge.settings import Settings

log = logging.getLogger(__name__)

REDACTED = "redacted"
IDLE_S = 180.0
"""Then the process ends and gives back half a gigabyte; the next one takes 1 to 3 s to begin."""

CACHE_BYTES = 2 << 30
WAIT_S = 60.0
DELTA_WAIT_S = 600.0
"""A command of 8 MiB brings up to a thousand small photos."""

BROKEN = "the workshop broke off; ask again"

T = TypeVar("T")


class Pool(Protocol):
    """One process that works off jobs in order; BrokenProcessPool if it is gone."""

    def submit(self, job: Callable[..., T], /, *args: Any) -> Future[T]:
        """Take a job."""
        ...

    def end(self) -> None:
        """End at once, whatever it is doing."""
        ...


class SpawnedPool:
    """A fresh process, so that nothing of the service is in it."""

    def __init__(self, config: Path, text: str) -> None:
        """Prepare; the process starts with its first job.

        Args:
            config: The configuration's file.
            text: What was accepted of it.
        """
        context = multiprocessing.get_context("spawn")
        ended, self._end = context.Pipe(duplex=False)
        self._executor = ProcessPoolExecutor(
            1, context, initializer=workbench.begin, initargs=(config, text, ended)
        )

    def submit(self, job: Callable[..., T], /, *args: Any) -> Future[T]:
        """Take a job."""
        return self._executor.submit(job, *args)

    def end(self) -> None:
        """End at once, whatever it is doing."""
        self._executor.shutdown(wait=False, cancel_futures=True)
        with contextlib.suppress(OSError):
            self._end.send(None)
        self._end.close()


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the workshop may take."""

    idle_s: float = IDLE_S
    cache_bytes: int = CACHE_BYTES


class Workshop:
    """Redacts, converts, judges; used by any thread. What it made is kept until room is needed."""

    def __init__(
        self,
        folder: Path,
        make_pool: Callable[[], Pool],
        clock: Clock,
        bounds: Bounds | None = None,
    ) -> None:
        """Open a workshop; no process starts before there is work.

        Args:
            folder: Of what was made; may be deleted at any time.
            make_pool: Makes a pool, again after one broke or was idle.
            clock: Tells how long it is idle.
            bounds: What it may take.
        """
        self._folder = folder
        self._make_pool = make_pool
        self._clock = clock
        self._bounds = bounds or Bounds()
        self._lock = threading.RLock()
        self._pool: Pool | None = None
        self._timer: threading.Timer | None = None
        self._used_s = 0.0
        self._open: set[Future[Any]] = set()
        self._jobs: dict[Path, Future[None]] = {}
        self._closed = False

    def redact_still(self, path: Path, *, plates: bool, wait_s: float = WAIT_S) -> Prepared:
        """Return a picture on which nobody can be known."""
        return self._made(workbench.redact_still, path, ".jpg", plates, wait_s=wait_s)

    def redact_clip(self, path: Path, *, plates: bool, wait_s: float = 0.0) -> Prepared:
        """Return a clip on which nobody can be known, or that it is being made."""
        return self._made(workbench.redact_clip, path, ".mp4", plates, wait_s=wait_s)

    def clear_clip(self, path: Path, *, wait_s: float = 0.0) -> Prepared:
        """Return a clip that browsers play, the file itself if it is one."""
        try:
            if workbench.is_for_browsers(path):
                return Prepared(path)
        except TOLD as error:
            return Prepared(None, str(error))
        return self._made(workbench.clear_clip, path, ".mp4", wait_s=wait_s)

    def redact_jpeg(self, content: bytes, *, plates: bool = True) -> bytes:
        """Return a redacted copy of a picture; raises ConfigError."""
        return self._answer(workbench.redact_jpeg, content, plates)

    def judge_photo(self, name: str, content: bytes) -> Judged:
        """Return whether somebody could be registered with a photo; raises ConfigError."""
        return self._answer(workbench.judge_photo, name, content)

    def enrol(
        self,
        resident: Resident,
        consent: Consent,
        photos: Sequence[tuple[str, bytes]],
        *,
        actor: str,
    ) -> Outcome:
        """Register somebody with photos, as (name, file); raises ConfigError and StoreError."""
        return self._answer(workbench.enrol, resident, consent, tuple(photos), actor)

    def apply_delta(self, delta: Delta, *, actor: str) -> Applied | DeltaRefused:
        """Change who is registered as the platform asks; raises ConfigError and StoreError."""
        return self._answer(workbench.apply_delta, delta, actor, within_s=DELTA_WAIT_S)

    def close(self) -> None:
        """End the process at once, whatever it is doing."""
        with self._lock:
            self._closed = True
            self._drop()

    def rest(self) -> bool:
        """End the process if it was idle for long enough; return whether it is gone."""
        with self._lock:
            if self._pool is None:
                return True
            idle = not self._open and self._clock.mono_s() - self._used_s >= self._bounds.idle_s
            if idle:
                self._drop()
            else:
                self._look_later()
            return idle

    def _answer(self, job: Callable[..., T], *args: Any, within_s: float = WAIT_S) -> T:
        try:
            return self._submit(job, *args).result(within_s)
        except BrokenProcessPool as error:
            raise ConfigError(BROKEN) from error
        except TimeoutError as error:
            raise ConfigError("the workshop is busy; try again in a minute") from error

    def _made(
        self, job: Callable[..., None], source: Path, suffix: str, *args: Any, wait_s: float
    ) -> Prepared:
        try:
            facts = source.stat()
        except OSError:
            return Prepared(None, f"{source.name} is not there")
        words = (job.__name__, source, facts.st_size, facts.st_mtime_ns, *args)
        digest = hashlib.sha256(repr(words).encode()).hexdigest()
        target = self._folder / (digest + suffix)
        with self._lock:
            running = self._jobs.get(target)
            if running is not None and running.done() and running.exception() is None:
                del self._jobs[target]
                running = None
            if running is None and target.is_file():
                target.touch()  # the least recently wanted goes first
                return Prepared(target)
            if running is None:
                running = self._jobs[target] = self._begin(job, source, target, args)
        return self._outcome(running, target, wait_s)

    def _begin(
        self, job: Callable[..., None], source: Path, target: Path, args: tuple[Any, ...]
    ) -> Future[None]:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = target.with_name(f".{secrets.token_hex(8)}{target.suffix}")
        future = self._submit(job, source, part, *args)
        result: Future[None] = Future()

        def finish(done: Future[None]) -> None:
            error = BrokenProcessPool(BROKEN) if done.cancelled() else done.exception()
            if error is None:
                part.replace(target)
                self._make_room(target)
                with self._lock:
                    self._jobs.pop(target, None)
                result.set_result(None)
            else:
                part.unlink(missing_ok=True)
                log.warning("workshop: %s: %s", source.name, error)
                result.set_exception(error)

        future.add_done_callback(finish)
        return result

    def _outcome(self, job: Future[None], target: Path, wait_s: float) -> Prepared:
        try:
            error = job.exception(wait_s)
        except TimeoutError:
            return Prepared(None)
        if error is None:
            return Prepared(target)
        # Said once; whoever asks again has it tried again.
        with self._lock:
            if self._jobs.get(target) is job:
                del self._jobs[target]
        return Prepared(None, str(error) if isinstance(error, TOLD) else BROKEN)

    def _submit(self, job: Callable[..., T], *args: Any) -> Future[T]:
        with self._lock:
            if self._closed:
                raise ConfigError("the service is ending; ask again when it runs")
            if self._pool is None:
                self._pool = self._make_pool()
            try:
                future = self._pool.submit(job, *args)
            except BrokenProcessPool:
                log.warning("workshop: begun anew after it broke off")
                self._drop()
                self._pool = self._make_pool()
                future = self._pool.submit(job, *args)
            self._used_s = self._clock.mono_s()
            self._open.add(future)
            self._look_later()
        future.add_done_callback(self._note)
        return future

    def _note(self, done: Future[Any]) -> None:
        with self._lock:
            self._open.discard(done)
            self._used_s = self._clock.mono_s()

    def _look_later(self) -> None:
        if self._timer is None or not self._timer.is_alive():
            self._timer = threading.Timer(self._bounds.idle_s, self.rest)
            self._timer.daemon = True
            self._timer.start()
        elif threading.current_thread() is self._timer:
            self._timer = None
            self._look_later()

    def _drop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._pool is not None:
            self._pool.end()
            self._pool = None

    def _make_room(self, newest: Path) -> None:
        """Remove the least recently wanted files until the rest fits."""
        kept = []
        for path in self._folder.iterdir():
            with contextlib.suppress(FileNotFoundError):
                facts = path.stat()
                kept.append((facts.st_mtime_ns, facts.st_size, path))
        total = sum(size for _, size, _ in kept)
        for _, size, path in sorted(kept):
            if total <= self._bounds.cache_bytes:
                break
            if path != newest and not path.name.startswith("."):
                path.unlink(missing_ok=True)
                total -= size


def open_workshop(
    home: Path, config: Path, clock: Clock, *, accepted: Callable[[], Settings]
) -> Workshop:
    """Return the workshop of a box; what a crash left half made is removed.

    Args:
        home: Of the box.
        config: The configuration's file.
        clock: The box's.
        accepted: The configuration as it is followed when a process starts.
    """
    folder = home / REDACTED
    if folder.is_dir():
        for path in folder.glob(".*"):
            path.unlink(missing_ok=True)
    return Workshop(folder, lambda: SpawnedPool(config, accepted().text), clock)
