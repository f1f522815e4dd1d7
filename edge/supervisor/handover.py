"""A change of worker processes without a gap: the new ones are ready before the old ones end."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence

from edge.clock import Clock
from edge.supervisor.shards import Shards, Start, cameras_over
from edge.supervisor.slate import Stage
from edge.supervisor.watch import Watch
from edge.supervisor.worker import TELL_THE_PERSON, ReloadRefusedError, Worker

log = logging.getLogger(__name__)

ATTEMPTS = 3
LOADS_WITHIN_S = 600.0
"""Networks may have to be fetched first."""

PICTURES_WITHIN_S = 2.0
"""A camera may take one connection only: then the new one waits until the old one has ended."""

LETS_GO_WITHIN_S = 2.0


class Handover:
    """One change; ``step`` is called several times a second until it returns True."""

    def __init__(
        self,
        shards: Shards,
        *,
        ending: Collection[str],
        shares: Mapping[str, Sequence[str]],
        start: Start,
        between: Callable[[], None],
        clock: Clock,
    ) -> None:
        """Start the new processes; those before them go on.

        Args:
            shards: Who runs.
            ending: Names of those that end.
            shares: Ids of cameras of those that begin, by name.
            start: Starts a process whose cameras wait for their turn.
            between: Called when the old ones have let go and the new ones have not begun.
            clock: For patience.
        """
        self._shards = shards
        # By camera: a share may be parted while the new ones load.
        self._let_go = {one for name in ending for one in shards.shares.get(name, ())}
        self._shares = shares
        self._start = start
        self._between = between
        self._clock = clock
        self._attempts = dict.fromkeys(shares, 1)
        self._workers = {name: start(name, ids) for name, ids in shares.items()}
        self._watches = {name: self._watched(worker) for name, worker in self._workers.items()}
        self._began_s = clock.mono_s()
        self._loaded_s: float | None = None
        self._old: list[Worker] | None = None
        self._dismissed_s = 0.0

    def step(self) -> bool:
        """Go on as far as possible without waiting; return whether it is done.

        Raises:
            ReloadRefusedError: A new process could not start; all of them are gone, and the old
                ones go on.
        """
        if self._old is None:
            if not self._loaded():
                return False
            self._old = self._shards.dismiss(self._let_go)
            self._dismissed_s = self._clock.mono_s()
        if not all(cameras_over(worker) for worker in self._old):
            if self._clock.mono_s() - self._dismissed_s < LETS_GO_WITHIN_S:
                return False
            for worker in self._old:
                if not cameras_over(worker):
                    worker.kill()
        self._between()
        for worker in self._workers.values():
            worker.slate.turn = 1
        self._shards.adopt(
            {name: (self._shares[name], worker) for name, worker in self._workers.items()}
        )
        return True

    def give_up(self) -> None:
        """End the new processes; those before them go on."""
        for worker in self._workers.values():
            worker.kill()
        for worker in self._workers.values():
            worker.join(1.0)

    def _loaded(self) -> bool:
        now_s = self._clock.mono_s()
        for name, worker in self._workers.items():
            hang = self._watches[name].look(now_s)
            if hang is not None:
                worker.kill()
            if worker.exitcode is not None:
                self._again(name, worker.exitcode)
        if now_s - self._began_s > LOADS_WITHIN_S:
            self.give_up()
            raise ReloadRefusedError(next(iter(self._workers)), "it did not get ready in time")
        if any(worker.slate.stage != Stage.READY for worker in self._workers.values()):
            self._loaded_s = None
            return False
        if self._loaded_s is None:
            self._loaded_s = now_s
        pictures = all(
            worker.slate.at_hand >= len(self._shares[name])
            for name, worker in self._workers.items()
        )
        return pictures or now_s - self._loaded_s >= PICTURES_WITHIN_S

    def _again(self, name: str, code: int) -> None:
        if code in TELL_THE_PERSON or self._attempts[name] == ATTEMPTS:
            self.give_up()
            raise ReloadRefusedError(name, f"exit code {code}")
        log.warning("worker=%s ended with %s before it was ready; once more", name, code)
        self._attempts[name] += 1
        self._workers[name] = worker = self._start(name, self._shares[name])
        self._watches[name] = self._watched(worker)

    def _watched(self, worker: Worker) -> Watch:
        return Watch(
            worker.slate,
            (),
            process_s=self._shards.limits.silent_s,
            camera_s=self._shards.limits.camera_s,
            now_s=self._clock.mono_s(),
        )
