"""The worker processes: one dies alone, and is started again."""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from edge.clock import Clock
from edge.domain.worker import WorkerReport
from edge.supervisor.ending import Ending
from edge.supervisor.quarantine import parted
from edge.supervisor.shard import Shard
from edge.supervisor.slate import Stage
from edge.supervisor.worker import TELL_THE_PERSON, Limits, Worker, WorkerRefusedError

log = logging.getLogger(__name__)

LEAVES_WITHIN_S = 60.0
"""Whoever has been followed may write its last clips for so long."""

Start = Callable[[str, Sequence[str]], Worker]
"""Starts a process with a share of the cameras, whose turn it is at once."""


class Shards:
    """All shares of the cameras and their processes; used by one thread, ``reports`` by any."""

    def __init__(
        self,
        shares: Mapping[str, Sequence[str]],
        *,
        start: Start,
        clock: Clock,
        limits: Limits | None = None,
    ) -> None:
        """Start all shards.

        Args:
            shares: Ids of cameras by the name of their process.
            start: Starts the process of a share.
            clock: For back-off.
            limits: What a process may do.
        """
        self._start = start
        self._clock = clock
        self.limits = limits or Limits()
        self._followed = False
        self._leaving: list[tuple[str, Worker, float]] = []
        self.restarts = 0
        self._shards = [self._new(name, ids, start(name, ids)) for name, ids in shares.items()]

    def _new(
        self, name: str, camera_ids: Sequence[str], worker: Worker, *, alone: bool = False
    ) -> Shard:
        return Shard(name, camera_ids, worker, clock=self._clock, limits=self.limits, alone=alone)

    @property
    def shares(self) -> dict[str, tuple[str, ...]]:
        """Return ids of cameras by the name of their process."""
        return {shard.name: shard.camera_ids for shard in self._shards}

    def reports(self) -> list[WorkerReport]:
        """Return how all of them are; called by any thread."""
        return [shard.report() for shard in tuple(self._shards)]

    def check(self) -> None:
        """Start again what has died, and end what hangs. Call several times a second.

        Raises:
            WorkerRefusedError: A worker could not start at all: the configuration must be changed.
        """
        self._see_off()
        for shard in tuple(self._shards):
            ending = shard.look()
            if ending is not None:
                self._require_startable(shard)
                if shard.culprits and len(shard.camera_ids) > 1:
                    self._part(shard, ending)
                    continue
            if shard.due:
                shard.start_again(self._start(shard.name, shard.camera_ids))
                self.restarts += 1
        self._share_strain()

    def _require_startable(self, shard: Shard) -> None:
        code = shard.worker.exitcode
        if code in TELL_THE_PERSON and not self.restarts and not self._followed:
            raise WorkerRefusedError(code)

    def _part(self, shard: Shard, ending: Ending) -> None:
        """Have a share that crashes again and again run as several."""
        first, *others = parted(shard.camera_ids, shard.culprits)
        shares = {shard.name: first} | {f"{shard.name}.{ids[0]}": ids for ids in others}
        log.error(
            "worker=%s crashed %s times, last by %s; its cameras are parted: %s",
            shard.name,
            len(shard.culprits),
            ending.detail,
            "; ".join(f"{name}: {', '.join(ids)}" for name, ids in shares.items()),
        )
        place = self._shards.index(shard)
        self._shards[place : place + 1] = [
            self._new(name, ids, self._start(name, ids), alone=shard.alone or name != shard.name)
            for name, ids in shares.items()
        ]
        self.restarts += 1

    def _share_strain(self) -> None:
        """Tell all what the most strained one does: none of its cameras is to be looked at less."""
        slates = [shard.worker.slate for shard in self._shards if shard.running]
        greatest = max((slate.strain for slate in slates), default=0.0)
        for slate in slates:
            slate.common_strain = greatest

    @property
    def strain(self) -> float:
        """Return how much less is looked at than should be, from 0 to 1."""
        shards = tuple(self._shards)
        return max((one.worker.slate.strain for one in shards if one.running), default=0.0)

    def backlog(self) -> list[tuple[int, int]]:
        """Return of each worker what waits for the disk, and what had no more room in memory."""
        slates = [shard.worker.slate for shard in tuple(self._shards) if shard.running]
        return [(slate.unwritten, slate.lost) for slate in slates]

    def doubt_clock(self, *, suspect: bool) -> None:
        """Have all workers' messages say whether the box's clock is doubted."""
        for shard in tuple(self._shards):
            shard.worker.slate.suspect = int(suspect)

    @property
    def settled(self) -> bool:
        """Return whether nobody is about to start."""
        return all(shard.running or shard.over for shard in self._shards)

    @property
    def waiting(self) -> bool:
        """Return whether somebody will be started again."""
        return any(shard.waiting for shard in self._shards)

    @property
    def over(self) -> bool:
        """Return whether every worker has nothing left to do."""
        return all(shard.over for shard in self._shards)

    def adopt(self, workers: Mapping[str, tuple[Sequence[str], Worker]]) -> None:
        """Take over processes that have been started by somebody else, with their shares."""
        self._followed = True
        self._shards += [self._new(name, ids, worker) for name, (ids, worker) in workers.items()]

    def dismiss(self, camera_ids: Collection[str]) -> list[Worker]:
        """Have the shards of some cameras end for good; return their processes.

        They write what they have; what takes too long is killed by ``check``.
        """
        gone = set(camera_ids)
        ending = [shard for shard in self._shards if not gone.isdisjoint(shard.camera_ids)]
        self._shards = [shard for shard in self._shards if gone.isdisjoint(shard.camera_ids)]
        until_s = self._clock.mono_s() + LEAVES_WITHIN_S
        for shard in ending:
            shard.worker.slate.followed = 1
            shard.worker.terminate()
            self._leaving.append((shard.name, shard.worker, until_s))
        return [shard.worker for shard in ending]

    def _see_off(self) -> None:
        now_s = self._clock.mono_s()
        for name, worker, until_s in self._leaving:
            if worker.exitcode is None and now_s >= until_s:
                log.error("worker=%s did not stop in time and was killed", name)
                worker.kill()
        self._leaving = [one for one in self._leaving if one[1].exitcode is None]

    def stop(self, *, within_s: float) -> None:
        """End all processes; what does not stop by itself within the time is killed."""
        leaving = [(name, worker) for name, worker, _ in self._leaving]
        self._end([*((shard.name, shard.worker) for shard in self._shards), *leaving], within_s)

    def _end(self, workers: Iterable[tuple[str, Worker]], within_s: float) -> None:
        ending = tuple(workers)
        for _, worker in ending:
            worker.terminate()
        deadline_s = self._clock.mono_s() + within_s
        for name, worker in ending:
            worker.join(max(deadline_s - self._clock.mono_s(), 0.0))
            if worker.exitcode is None:
                log.error("worker=%s did not stop in time and was killed", name)
                worker.kill()
                worker.join(1.0)


def cameras_over(worker: Worker) -> bool:
    """Return whether a process that was dismissed has let go of its cameras."""
    return worker.exitcode is not None or worker.slate.stage == Stage.CAMERAS_OVER
