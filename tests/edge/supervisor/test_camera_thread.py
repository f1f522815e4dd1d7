import threading

import pytest

from edge.supervisor.backoff import Backoff
from edge.supervisor.camera_thread import CameraThread
from streams.errors import StreamError
from tests.conftest import FakeClock


class FlakyWorker:
    """Fails a few times, then its recording is over."""

    name = "cam"
    progress = 7

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
    backoff = Backoff(first_s=1.0, longest_s=5.0, uniform=lambda low, high: high)
    return CameraThread(worker, stop=stop, clock=clock, backoff=backoff)


def test_a_camera_is_opened_again_until_it_works(clock: FakeClock) -> None:
    worker, stop = FlakyWorker(3), Patient()
    thread = thread_of(worker, stop, clock)
    thread.run()
    assert worker.attempts == 4
    assert worker.offline == ["attempt 1", "attempt 2", "attempt 3"]
    assert stop.waits == [1, 2, 4]
    assert thread.over


def test_every_attempt_is_progress_as_every_packet_is(clock: FakeClock) -> None:
    worker = FlakyWorker(3)
    thread = thread_of(worker, Patient(), clock)
    assert thread.progress == 7
    thread.run()
    assert thread.progress == 11


def test_a_bug_in_a_camera_is_seen_as_a_crash(clock: FakeClock) -> None:
    thread = thread_of(BrokenWorker(0), Patient(), clock)
    with pytest.raises(RuntimeError, match="a bug"):
        thread.run()
    assert thread.crashed
    assert not thread.over
