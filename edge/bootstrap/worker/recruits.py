"""Worker processes as they are started: at first they only wait for their share of the cameras."""

import contextlib
import fcntl
import os
from multiprocessing import get_context

from edge.bootstrap.worker.assignment import SPARE, Assignment, Refusal, run_worker
from edge.bootstrap.worker.shares import share, watched
from edge.bootstrap.worker.weight import resident_bytes
from edge.clock import Clock
from edge.settings import Settings
from edge.supervisor.backoff import Backoff
from edge.supervisor.slate import Slate, new_slate

CALM_AFTER_S = 2.0
"""A spare loads libraries for 0.7 s of a processor's time: not while others begin to look."""

ROOM_BYTES = 1 << 20
"""For the stacks of a hundred threads: nobody reads them before the process has ended."""


class Recruit:
    """A process of its own. Until it is assigned a share it has loaded the libraries, no more."""

    def __init__(self) -> None:
        """Start it."""
        context = get_context("spawn")
        # Its other threads wait for the next product awake: 100 ms of processor time a search.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        self.slate: Slate = new_slate()
        self.line, theirs = context.Pipe(duplex=True)
        self._words, words = context.Pipe(duplex=False)
        _make_roomy(words.fileno())
        with theirs, words:
            self.process = context.Process(
                target=run_worker, args=(self.slate, theirs, words), name=SPARE, daemon=True
            )
            self.process.start()

    def assign(self, assignment: Assignment) -> None:
        """Give it its share."""
        self.process.name = assignment.name
        self.slate.turn = int(not assignment.follows)
        try:
            self.line.send(assignment)
        except OSError:  # it has died meanwhile: its exit code says so
            return

    @property
    def exitcode(self) -> int | None:
        """Return None while it runs."""
        return self.process.exitcode

    def terminate(self) -> None:
        """Ask it to stop."""
        self.process.terminate()

    def kill(self) -> None:
        """End it, even if it hangs or is stopped."""
        self.process.kill()

    def join(self, timeout: float | None = None) -> None:
        """Wait for its end."""
        self.process.join(timeout)

    def memory_bytes(self) -> int | None:
        """Return its resident memory, None where that is not known."""
        return None if self.process.pid is None else resident_bytes(self.process.pid)

    def last_words(self) -> str:
        """Return what it wrote when a signal of its own ended it; empty if nothing."""
        said = b""
        # It ends with the process: until then there is nothing.
        while self._words.poll(0) and (more := os.read(self._words.fileno(), ROOM_BYTES)):
            said += more
        return said.decode("utf-8", "replace")

    def refusal(self) -> str | None:
        """Return why it cannot start, if it has said so; only of one that is not followed yet."""
        try:
            said = self.line.recv() if self.line.poll(0) else None
        except (EOFError, OSError):
            return None
        return said.detail if isinstance(said, Refusal) else None


def _make_roomy(writing: int) -> None:
    """Have a pipe take what a crash writes, and not keep it waiting where it does not."""
    os.set_blocking(writing, False)
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with contextlib.suppress(OSError):
            fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, ROOM_BYTES)


class Recruits:
    """Starts worker processes; one more lies ready, so that a dead one is replaced at once."""

    def __init__(self, clock: Clock) -> None:
        """Begin with none; the clock is for the back-off of a spare that dies."""
        self._clock = clock
        self.keep_spare = False
        self._called: list[Recruit] = []
        self._spare: Recruit | None = None
        self._backoff = Backoff(first_s=5.0, longest_s=300.0, lasted_s=60.0)
        self._began_s = 0.0
        self._next_s = 0.0
        self._calm_s = 0.0

    def call_up(self, count: int) -> None:
        """Start so many processes that will be taken soon: they load libraries meanwhile."""
        self._called += [Recruit() for _ in range(count)]

    def take(self) -> Recruit:
        """Return a process without a share: one that was called up, the spare, else a new one."""
        self._calm_s = self._clock.mono_s() + CALM_AFTER_S
        while self._called:
            called = self._called.pop(0)
            if called.exitcode is None:
                return called
        spare, self._spare = self._spare, None
        return spare if spare is not None and spare.exitcode is None else Recruit()

    def replenish(self, *, needed: bool = False) -> None:
        """Start a spare if there is none.

        Args:
            needed: Whether somebody will take it soon; otherwise it waits until all is calm.
        """
        now_s = self._clock.mono_s()
        if self._spare is not None and self._spare.exitcode is not None:
            self._spare = None
            self._next_s = now_s + self._backoff.next_wait_s(now_s - self._began_s)
        begin_s = self._next_s if needed else max(self._next_s, self._calm_s)
        if self.keep_spare and self._spare is None and now_s >= begin_s:
            self._began_s = now_s
            self._spare = Recruit()

    @property
    def ready(self) -> bool:
        """Return whether a spare lies ready, or is about to."""
        return self._spare is not None and self._spare.exitcode is None

    def end(self) -> None:
        """End the spare, and who was called up and not taken."""
        idle = [*self._called, *([] if self._spare is None else [self._spare])]
        for one in idle:
            one.kill()
        for one in idle:
            one.join(1.0)
        self._called, self._spare = [], None


def called_up(settings: Settings, clock: Clock) -> Recruits:
    """Return as many processes as there will be workers, started before anything needs them."""
    recruits = Recruits(clock)
    recruits.call_up(len(share(watched(settings), settings.workers)))
    return recruits
