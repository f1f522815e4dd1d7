"""The service's worker processes: started, looked after, and changed with the configuration."""

import contextlib
import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from edge.bootstrap.configuration.desk import ConfigurationDesk
from edge.bootstrap.configuration.probation import Probation
from edge.bootstrap.worker.assignment import Assignment
from edge.bootstrap.worker.live import LiveHub
from edge.bootstrap.worker.memory import allowed_bytes
from edge.bootstrap.worker.overload import OverloadLog
from edge.bootstrap.worker.recruits import Recruit, Recruits
from edge.bootstrap.worker.shares import Plan, plan, share, watched
from edge.clock import Clock
from edge.domain.worker import WorkerReport
from edge.settings import Settings
from edge.store.journal import SeenCamera
from edge.supervisor.handover import Handover
from edge.supervisor.shards import Shards
from edge.supervisor.worker import Limits, ReloadRefusedError, Worker

log = logging.getLogger(__name__)

ENDS_WITHIN_S = 2.5
READS_TWICE = 2
"""FFmpeg tries a read that timed out once more before it gives up."""


class Workers:
    """All worker processes; used by the service's own thread, ``reports`` and figures by any."""

    def __init__(
        self,
        config: Path,
        settings: Settings,
        desk: ConfigurationDesk,
        *,
        live: LiveHub,
        clock: Clock,
        seen: Callable[[], Sequence[SeenCamera]],
        adapt: Callable[[Settings], None],
        recruits: Recruits | None = None,
    ) -> None:
        """Prepare.

        Args:
            config: The configuration's file.
            settings: As they were read from it.
            desk: Says what is to be followed from now on, and is told what came of it.
            live: Is told who has which camera.
            clock: The box's.
            seen: Returns the last reports of all cameras.
            adapt: Called with a configuration when its workers are about to begin.
            recruits: Processes that were called up already; None for none.
        """
        self._config = config
        self._settings = settings
        self._desk = desk
        self._live = live
        self._clock = clock
        self._seen = seen
        self._adapt = adapt
        self._recruits = recruits or Recruits(clock)
        self._shards: Shards | None = None
        self._handover: tuple[Handover, Settings, Plan] | None = None
        self._newcomers: dict[str, Recruit] = {}
        self._probation: Probation | None = None
        self._overload = OverloadLog(clock)

    @contextlib.contextmanager
    def running(self, *, spare: bool) -> Iterator[Shards]:
        """Have all workers run; yields them.

        Args:
            spare: Whether a process lies ready for one that dies.
        """
        self._recruits.keep_spare = spare
        shares = share(watched(self._settings), self._settings.workers)
        section = self._settings.processes
        limits = Limits(
            silent_s=section.hang_after,
            camera_s=self._patience_s,
            memory_bytes=lambda camera_ids: allowed_bytes(self._settings, camera_ids),
            grace_s=ENDS_WITHIN_S,
        )
        self._shards = Shards(shares, start=self._start, clock=self._clock, limits=limits)
        try:
            yield self._shards
        finally:
            if self._handover is not None:
                self._handover[0].give_up()
            self._recruits.end()
            self._shards.stop(within_s=ENDS_WITHIN_S)

    def reports(self) -> list[WorkerReport]:
        """Return how all of them are."""
        return self._shards.reports() if self._shards is not None else []

    def backlog(self) -> list[tuple[int, int]]:
        """Return of each of them what waits for the disk, and what had no more room in memory."""
        return self._shards.backlog() if self._shards is not None else []

    def doubt_clock(self, *, suspect: bool) -> None:
        """Have all messages say whether the box's clock is doubted."""
        if self._shards is not None:
            self._shards.doubt_clock(suspect=suspect)

    @property
    def changing(self) -> bool:
        """Return whether some are about to follow a change of the configuration."""
        return self._handover is not None

    @property
    def strain(self) -> float:
        """Return how much less is looked at than should be, from 0 to 1."""
        return self._shards.strain if self._shards is not None else 0.0

    @property
    def restarts(self) -> int:
        """Return how often one was started again."""
        return self._shards.restarts if self._shards is not None else 0

    def look_after(self, shards: Shards) -> None:
        """Start again what has died, and follow the configuration; WorkerRefusedError."""
        shards.check()
        self._overload.note(shards.strain)
        if self._handover is not None:
            self._hand_over(shards)
        elif (wanted := self._desk.take()) is not None:
            self._follow(shards, wanted)
        elif shards.waiting:  # then a process has loaded its libraries meanwhile
            self._recruits.replenish(needed=True)
        elif shards.settled:
            self._recruits.replenish()
        if self._probation is not None and self._probation.passed(self._seen()):
            self._probation = None
            self._desk.approve(self._settings)

    def _start(self, name: str, camera_ids: Sequence[str]) -> Worker:
        recruit = self._recruit(name, camera_ids, self._settings, follows=False)
        self._live.follow(name, camera_ids, recruit.line)
        return recruit

    def _recruit(
        self, name: str, camera_ids: Sequence[str], settings: Settings, *, follows: bool
    ) -> Recruit:
        recruit = self._recruits.take()
        recruit.assign(Assignment(name, self._config, settings.text, tuple(camera_ids), follows))
        return recruit

    def _patience_s(self, camera_id: str) -> float:
        """Return how long a camera's thread may stand still: its timeouts, and as a process."""
        camera = self._settings.camera(camera_id)
        waits_s = camera.open_timeout + READS_TWICE * camera.read_timeout
        return self._settings.processes.hang_after + waits_s

    def _follow(self, shards: Shards, settings: Settings) -> None:
        """Begin to follow a configuration: whom it concerns is followed by a new process."""
        todo = plan(self._settings, settings, shards.shares, watched(settings))

        def begin(name: str, camera_ids: Sequence[str]) -> Worker:
            recruit = self._recruit(name, camera_ids, settings, follows=True)
            self._newcomers[name] = recruit
            return recruit

        def between() -> None:
            self._live.disconnect(todo.ending)
            self._settings = settings
            self._adapt(settings)
            for name, recruit in self._newcomers.items():
                self._live.follow(name, todo.shares[name], recruit.line)

        self._newcomers = {}
        handover = Handover(
            shards,
            ending=todo.ending,
            shares={name: todo.shares[name] for name in todo.beginning},
            start=begin,
            between=between,
            clock=self._clock,
        )
        self._handover = (handover, settings, todo)
        self._hand_over(shards)

    def _hand_over(self, shards: Shards) -> None:
        assert self._handover is not None
        handover, settings, todo = self._handover
        try:
            if not handover.step():
                return
        except ReloadRefusedError as error:
            self._handover = None
            self._take_back(shards, settings, error)
            return
        self._handover = None
        begun = {one for name in todo.beginning for one in todo.shares[name]}
        if self._probation is not None:  # of a change that is not proven either
            begun |= set(self._probation.waiting).intersection(watched(settings))
        self._probation = Probation(begun, self._clock.utc())
        log.info(
            "configuration followed, workers begun anew: %s", ", ".join(todo.beginning) or "none"
        )
        for name in todo.later:
            log.warning("%s: some of it takes effect when the service is started anew", name)

    def _take_back(self, shards: Shards, refused: Settings, error: ReloadRefusedError) -> None:
        """Go on with the configuration before: those who run with what is newer are followed."""
        said = self._newcomers[error.name].refusal()
        back = self._desk.take_back(said or str(error))
        self._probation = None
        if back is not refused:  # else who runs goes on as it is
            self._follow(shards, back)
