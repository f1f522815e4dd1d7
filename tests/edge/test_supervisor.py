import threading

import pytest

from edge.supervisor import Backoff, CameraThread, ReloadRefusedError, Shards, WorkerRefusedError
from edge.worker.camera import CameraWorker
from streams.errors import StreamError
from tests.conftest import FakeClock


class FlakyWorker:
    """Fails a few times, then its recording is over."""

    name = "cam"

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.attempts = 0
        self.offline: list[str] = []

    def run(self, stop: threading.Event) -> None:
        self.attempts += 1
        if self.attempts <= self.failures:
            raise StreamError(f"attempt {self.attempts}")

    def report_offline(self, detail: str) -> None:
        self.offline.append(detail)


class BrokenWorker(FlakyWorker):
    def run(self, stop: threading.Event) -> None:
        raise RuntimeError("a bug")


class Patient(threading.Event):
    """An event whose waits take no time and are remembered."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout or 0.0)
        return self.is_set()


def thread_of(worker: FlakyWorker, stop: threading.Event, clock: FakeClock) -> CameraThread:
    camera: CameraWorker = worker  # type: ignore[assignment]
    backoff = Backoff(first_s=1.0, longest_s=5.0, uniform=lambda low, high: high)
    return CameraThread(camera, stop=stop, clock=clock, backoff=backoff)


def test_waits_grow_to_their_limit_with_jitter_below() -> None:
    highest = Backoff(first_s=1.0, longest_s=10.0, uniform=lambda low, high: high)
    lowest = Backoff(first_s=1.0, longest_s=10.0, uniform=lambda low, high: low)
    assert [highest.next_wait_s(0.1) for _ in range(6)] == [1, 2, 4, 8, 10, 10]
    assert [lowest.next_wait_s(0.1) for _ in range(6)] == [0.5, 1, 2, 4, 5, 5]


def test_an_attempt_that_lasted_makes_the_next_wait_short_again() -> None:
    backoff = Backoff(first_s=1.0, lasted_s=30.0, uniform=lambda low, high: high)
    assert [backoff.next_wait_s(s) for s in (0.1, 0.1, 45.0, 0.1)] == [1, 2, 1, 2]


def test_a_camera_is_opened_again_until_it_works(clock: FakeClock) -> None:
    worker, stop = FlakyWorker(3), Patient()
    thread = thread_of(worker, stop, clock)
    thread.run()
    assert worker.attempts == 4
    assert worker.offline == ["attempt 1", "attempt 2", "attempt 3"]
    assert stop.waits == [1, 2, 4]
    assert thread.over


def test_a_bug_in_a_camera_is_seen_as_a_crash(clock: FakeClock) -> None:
    thread = thread_of(BrokenWorker(0), Patient(), clock)
    with pytest.raises(RuntimeError, match="a bug"):
        thread.run()
    assert thread.crashed
    assert not thread.over


class FakeProcess:
    def __init__(self) -> None:
        self.exitcode: int | None = None
        self.terminated = self.killed = False
        self.stubborn = False

    def terminate(self) -> None:
        self.terminated = True
        if not self.stubborn:
            self.exitcode = 0

    def kill(self) -> None:
        self.killed = True
        self.exitcode = -9

    def join(self, timeout: float | None = None) -> None:
        """Nothing to wait for."""


class Started:
    """Starts fake processes and keeps them."""

    def __init__(self) -> None:
        self.processes: list[tuple[str, FakeProcess]] = []

    def __call__(self, name: str) -> FakeProcess:
        process = FakeProcess()
        self.processes.append((name, process))
        return process


def test_a_dead_worker_is_started_again_and_the_others_are_left_alone(clock: FakeClock) -> None:
    started = Started()
    shards = Shards(["one", "two"], start=started, clock=clock)
    started.processes[0][1].exitcode = -11
    shards.check()
    assert len(started.processes) == 2
    clock.advance(1.0)
    shards.check()
    assert [name for name, _ in started.processes] == ["one", "two", "one"]
    assert shards.restarts == 1


def test_a_worker_that_cannot_start_stops_the_service_with_its_code(clock: FakeClock) -> None:
    started = Started()
    shards = Shards(["one"], start=started, clock=clock)
    started.processes[0][1].exitcode = 3
    with pytest.raises(WorkerRefusedError) as caught:
        shards.check()
    assert caught.value.code == 3


def test_later_the_same_code_is_only_tried_again(clock: FakeClock) -> None:
    started = Started()
    shards = Shards(["one"], start=started, clock=clock)
    started.processes[0][1].exitcode = 1
    shards.check()
    clock.advance(5)
    shards.check()
    started.processes[1][1].exitcode = 3
    shards.check()
    clock.advance(5)
    shards.check()
    assert shards.restarts == 2


def test_workers_whose_recordings_are_over_are_not_started_again(clock: FakeClock) -> None:
    started = Started()
    shards = Shards(["one"], start=started, clock=clock)
    assert not shards.over
    started.processes[0][1].exitcode = 0
    shards.check()
    assert shards.over
    assert shards.restarts == 0


def test_a_worker_that_does_not_stop_is_killed(clock: FakeClock) -> None:
    started = Started()
    shards = Shards(["one", "two"], start=started, clock=clock)
    started.processes[1][1].stubborn = True
    shards.stop(within_s=1.0)
    assert [process.killed for _, process in started.processes] == [False, True]


def test_a_reload_ends_and_begins_only_the_shards_it_is_about(clock: FakeClock) -> None:
    started = Started()
    shards = Shards(["one", "two"], start=started, clock=clock)
    shards.end({"two"}, within_s=1.0)
    shards.begin(["two", "three"], on_trial=True)
    shards.check()
    assert [name for name, _ in started.processes] == ["one", "two", "two", "three"]
    assert [process.terminated for _, process in started.processes] == [False, True, False, False]


def test_a_worker_that_cannot_start_after_a_reload_refuses_the_reload_alone(
    clock: FakeClock,
) -> None:
    started = Started()
    shards = Shards(["one"], start=started, clock=clock)
    shards.begin(["two"], on_trial=True)
    started.processes[1][1].exitcode = 2
    with pytest.raises(ReloadRefusedError) as caught:
        shards.check()
    assert caught.value.name == "two"
    shards.check()
    assert not started.processes[0][1].terminated


def test_after_a_reload_no_worker_stops_the_service(clock: FakeClock) -> None:
    started = Started()
    shards = Shards(["one"], start=started, clock=clock)
    shards.begin(["two"], on_trial=False)
    started.processes[1][1].exitcode = 3
    shards.check()
    clock.advance(5)
    shards.check()
    assert [name for name, _ in started.processes] == ["one", "two", "two"]
