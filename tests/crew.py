"""Worker processes that a test plays, and whoever starts them."""

from collections.abc import Sequence

from edge.supervisor.shards import Shards
from edge.supervisor.slate import Slate, Stage, new_slate
from tests.conftest import FakeClock

LOOKS_PER_S = 4


class FakeWorker:
    """A process that does what a test says; by itself it runs and every camera gets on."""

    def __init__(self, camera_ids: Sequence[str], *, stage: Stage = Stage.READY) -> None:
        self.camera_ids = tuple(camera_ids)
        self.slate: Slate = new_slate()
        self.slate.stage, self.slate.turn, self.slate.beats = stage, 1, 1
        for number in range(len(camera_ids)):
            self.slate.cameras[number].thread = number + 1
        self.exitcode: int | None = None
        self.terminated = self.killed = False
        self.stubborn = False
        self.mute = False
        self.stuck: set[str] = set()
        self.memory = 500
        self.words = ""

    def go_on(self) -> None:
        """Beat once, and have the cameras get on."""
        if self.exitcode is not None or self.mute:
            return
        self.slate.beats += 1
        for number, camera_id in enumerate(self.camera_ids):
            self.slate.cameras[number].progress += camera_id not in self.stuck

    def segfault(self, camera_id: str) -> None:
        """Die in the thread of a camera."""
        self.words = f"Current thread 0x{self.camera_ids.index(camera_id) + 1:016x} (most recent"
        self.exitcode = -11

    def terminate(self) -> None:
        self.terminated = True
        if not self.stubborn:
            self.exitcode = 143

    def kill(self) -> None:
        self.killed = True
        self.exitcode = -9

    def join(self, timeout: float | None = None) -> None:
        """Nothing to wait for."""

    def memory_bytes(self) -> int | None:
        return self.memory

    def last_words(self) -> str:
        return self.words


class Crew:
    """Starts fake processes and knows the latest of each name."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.started: list[str] = []
        self.workers: dict[str, FakeWorker] = {}
        self.stage = Stage.READY
        """Of those that start."""

    def start(self, name: str, camera_ids: Sequence[str]) -> FakeWorker:
        self.started.append(name)
        self.workers[name] = FakeWorker(camera_ids, stage=self.stage)
        return self.workers[name]

    def __getitem__(self, name: str) -> FakeWorker:
        return self.workers[name]

    def run(self, shards: Shards, seconds: int) -> None:
        """Let time pass, with a check every quarter of a second."""
        for _ in range(seconds * LOOKS_PER_S):
            self.clock.advance(1 / LOOKS_PER_S)
            for worker in tuple(self.workers.values()):
                worker.go_on()
            shards.check()

    def replace(self, shards: Shards, name: str) -> None:
        """Kill a worker, and let time pass until another one has its place."""
        killed = self.workers[name]
        killed.exitcode = -9
        while self.workers[name] is killed:
            self.clock.advance(1 / LOOKS_PER_S)
            shards.check()
