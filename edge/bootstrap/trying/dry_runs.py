"""Dry runs of the console: one at a time, each in a process behind everything else."""

import contextlib
import logging
import multiprocessing
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, Protocol

from edge.bootstrap.configuration.desk import ConfigurationDesk
from edge.bootstrap.trying import trial
from edge.bootstrap.trying.shelf import Shelf, forget_upload
from edge.bootstrap.trying.trial import Footage, Over, Shown, Step, Told, TrialEvent
from edge.clock import Clock
from edge.console.configuration import Change
from edge.console.dry_runs import DryRun, DryRunBusyError, Find, RunState, Wish
from edge.errors import ConfigError

log = logging.getLogger(__name__)

KEPT = 3
BUSY = "another dry run is going on; wait for it, or cancel it"
BROKEN = "the dry run's process broke off; the log of the service says why"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one dry run may take."""

    limit_s: float = 900.0
    most_finds: int = 100
    keep_clip_s: float = 3600.0


class Trial(Protocol):
    """The work of one dry run, somewhere else."""

    def events(self) -> Iterator[TrialEvent]:
        """Yield what happens until it is over or was ended."""
        ...

    def end(self) -> None:
        """End at once; may be called twice, and by another thread."""
        ...


class SpawnedTrial:
    """A fresh process, so that nothing of the service is in it."""

    def __init__(self, config: Path, text: str, camera_id: str, footage: Footage) -> None:
        context = multiprocessing.get_context("spawn")
        self._events, sender = context.Pipe(duplex=False)
        ended, self._end = context.Pipe(duplex=False)
        self._process = context.Process(
            target=trial.work,
            args=(config, text, (camera_id, footage), sender, ended),
            name="dry-run",
            daemon=True,
        )
        self._process.start()
        sender.close()  # so that its end is seen when the process is gone
        ended.close()

    def events(self) -> Iterator[TrialEvent]:
        """Yield what happens until it is over or was ended."""
        with contextlib.suppress(EOFError, OSError):
            while True:
                yield self._events.recv()

    def end(self) -> None:
        """End at once."""
        with contextlib.suppress(OSError):
            self._end.send(None)


BeginTrial = Callable[[str, str, Footage], Trial]
"""Begins to try a configuration's text on a camera's footage."""


@dataclass(eq=False)
class _Run:
    """One dry run; its desk's lock guards it."""

    run: DryRun
    trial: Trial
    numbers: dict[str, int] = field(default_factory=dict)
    stills: dict[int, bytes] = field(default_factory=dict)


class DryRunDesk:
    """Begins, watches and ends dry runs; used by any thread. See ``DryRuns``."""

    def __init__(
        self,
        desk: ConfigurationDesk,
        clock: Clock,
        *,
        begin_trial: BeginTrial,
        bounds: Bounds | None = None,
    ) -> None:
        """Open a desk.

        Args:
            desk: Checks what is to be tried.
            clock: When a recording begins that does not say so.
            begin_trial: Begins the work of one.
            bounds: What one may take.
        """
        self._desk = desk
        self._shelf = Shelf(lambda: desk.settings, clock)
        self._begin_trial = begin_trial
        self._bounds = bounds or Bounds()
        self._lock = threading.Lock()
        self._beginning = threading.Lock()
        self._runs: deque[_Run] = deque(maxlen=KEPT)
        self._count = 0
        self._forgetting: threading.Timer | None = None

    def begin(self, wish: Wish) -> DryRun:
        """Begin one."""
        with self._beginning:
            if any(one.run.state is RunState.RUNNING for one in self._kept()):
                raise DryRunBusyError(BUSY)
            settings = self._desk.tried([Change(wish.camera_id, wish.keys)])
            footage = self._shelf.footage(settings, wish)
            if not settings.camera(wish.camera_id).watches_street:
                raise ConfigError(f"camera {wish.camera_id!r} has no rule to try; add one")
            work = self._begin_trial(settings.text, wish.camera_id, footage)
            with self._lock:
                self._count += 1
                run = DryRun(self._count, wish.camera_id, RunState.RUNNING, "", 0.0, None, ())
                kept = _Run(run, work)
                self._runs.append(kept)
        threading.Thread(target=self._watch, args=(kept,), name="dry-run", daemon=True).start()
        return run

    def look(self, number: int) -> DryRun | None:
        """Return one of the last ones."""
        kept = self._find(number)
        return kept.run if kept else None

    def still(self, number: int, find: int) -> bytes | None:
        """Return the redacted JPEG of a find."""
        kept = self._find(number)
        return kept.stills.get(find) if kept else None

    def cancel(self, number: int) -> DryRun | None:
        """End one that is running."""
        kept = self._find(number)
        if kept is None:
            return None
        self._finish(kept, RunState.CANCELLED)
        return kept.run

    def close(self) -> None:
        """End what is running, and forget the clip that was handed in."""
        for kept in self._kept():
            self._finish(kept, RunState.CANCELLED)
        with self._lock:
            if self._forgetting is not None:
                self._forgetting.cancel()
                forget_upload(self._desk.settings)

    def recordings(self) -> Sequence[str]:
        """Return the names of the recordings that may be looked at."""
        return self._shelf.recordings()

    def hand_in(self, clip: BinaryIO) -> None:
        """Keep a clip for the next dry runs, instead of the one before."""
        self._shelf.hand_in(clip)
        with self._lock:
            if self._forgetting is not None:
                self._forgetting.cancel()
            self._forgetting = threading.Timer(
                self._bounds.keep_clip_s, forget_upload, (self._desk.settings,)
            )
            self._forgetting.daemon = True
            self._forgetting.start()

    def _watch(self, kept: _Run) -> None:
        limit = threading.Timer(
            self._bounds.limit_s,
            self._finish,
            (kept, RunState.STOPPED, f"it took longer than {self._bounds.limit_s:g} s"),
        )
        limit.daemon = True
        limit.start()
        try:
            for event in kept.trial.events():
                if isinstance(event, Over):
                    state = RunState.FAILED if event.failure else RunState.DONE
                    self._finish(kept, state, event.failure)
                    break
                self._take(kept, event)
        finally:
            limit.cancel()
            self._finish(kept, RunState.FAILED, BROKEN)

    def _take(self, kept: _Run, event: Step | Told | Shown) -> None:
        full = False
        with self._lock:
            if kept.run.state is not RunState.RUNNING:
                return
            if isinstance(event, Step):
                kept.run = replace(kept.run, share=event.share, at=event.at)
            elif isinstance(event, Told):
                full = not self._put(kept, event.incident_id, event.find)
            elif number := kept.numbers.get(event.incident_id):
                kept.stills[number] = event.jpeg
                self._put(kept, event.incident_id, replace(kept.run.finds[number - 1], still=True))
        if full:
            self._finish(kept, RunState.STOPPED, f"it found more than {self._bounds.most_finds}")

    def _put(self, kept: _Run, incident_id: str, find: Find) -> bool:
        """Add or replace a find; return False if there are too many."""
        finds = list(kept.run.finds)
        number = kept.numbers.get(incident_id)
        if number is None and len(finds) >= self._bounds.most_finds:
            return False
        if number is None:
            number = kept.numbers[incident_id] = len(finds) + 1
            finds.append(replace(find, number=number))
        else:
            finds[number - 1] = replace(find, number=number, still=number in kept.stills)
        kept.run = replace(kept.run, finds=tuple(finds))
        return True

    def _finish(self, kept: _Run, state: RunState, detail: str = "") -> None:
        """End a run that is running; what comes first is the reason."""
        with self._lock:
            running = kept.run.state is RunState.RUNNING
            if running:
                share = 1.0 if state is RunState.DONE else kept.run.share
                kept.run = replace(kept.run, state=state, detail=detail, share=share)
        if running:
            log.info("dry run %d of camera %s: %s", kept.run.number, kept.run.camera_id, state)
            kept.trial.end()

    def _kept(self) -> list[_Run]:
        with self._lock:
            return list(self._runs)

    def _find(self, number: int) -> _Run | None:
        return next((one for one in self._kept() if one.run.number == number), None)


def open_dry_runs(desk: ConfigurationDesk, clock: Clock) -> DryRunDesk:
    """Return the desk of a box; a clip that was handed in before is removed."""
    forget_upload(desk.settings)
    return DryRunDesk(
        desk,
        clock,
        begin_trial=lambda text, camera_id, footage: SpawnedTrial(
            desk.path, text, camera_id, footage
        ),
    )
