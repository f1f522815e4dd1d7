from dataclasses import replace
from datetime import UTC, datetime

import pytest

from edge.bootstrap.upkeep.machine import Machine, summary
from edge.clock import ClockState
from edge.domain.camera import CameraReport, CameraState
from edge.domain.worker import WorkerReport, WorkerState
from edge.notify import Systemd
from edge.wire.health import Health, StoreState
from tests.conftest import FakeClock

WELL = Health(
    at=datetime(2026, 11, 24, tzinfo=UTC),
    cameras=[CameraReport("a", CameraState.ONLINE), CameraReport("b", CameraState.OFFLINE)],
    waiting=3,
    parked=[],
    disk_free_bytes=10**10,
    clock=ClockState(),
    worker_restarts=0,
)


class Heard(Systemd):
    """A service manager with a watchdog of thirty seconds."""

    def __init__(self) -> None:
        super().__init__({"WATCHDOG_USEC": "30000000"}, pid=1)
        self.lines: list[str] = []

    def _tell(self, *lines: str) -> None:
        self.lines.append(lines[0])


class Running:
    """A service whose loop goes round five times a second."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.heard = Heard()
        self.threads = {"MainThread", "relay", "web"}
        self.machine = Machine(self.heard, clock, health=lambda: WELL, threads=lambda: self.threads)
        self.machine.begin()

    def go(self, seconds: int, *, changing: bool = False) -> list[str]:
        """Let time pass; return what was told."""
        self.heard.lines.clear()
        for _ in range(seconds * 5):
            self.machine.go_round(changing=changing)
            self.clock.advance(0.2)
        return [line for line in self.heard.lines if not line.startswith("STATUS")]


@pytest.fixture
def running(clock: FakeClock) -> Running:
    return Running(clock)


def test_the_watchdog_hears_a_sign_of_life_three_times_as_often_as_it_must(
    running: Running,
) -> None:
    assert running.heard.lines == ["READY=1"]
    assert running.go(60) == ["WATCHDOG=1"] * 6


@pytest.mark.parametrize("name", ["relay", "web"])
def test_a_service_without_its_relay_or_its_console_gives_no_sign_of_life(
    running: Running, name: str
) -> None:
    running.go(30)
    running.threads.remove(name)
    assert running.go(60) == []
    running.threads.add(name)
    assert "WATCHDOG=1" in running.go(10)


def test_a_console_whose_port_was_taken_from_the_start_is_not_missed(clock: FakeClock) -> None:
    running = Running(clock)
    running.threads.discard("web")
    running.machine.begin()
    assert running.go(10) == ["WATCHDOG=1"]


def test_a_reload_is_over_when_the_workers_have_followed_it(running: Running) -> None:
    running.go(10)
    running.heard.lines.clear()
    running.machine.reload()
    assert running.heard.lines == ["RELOADING=1"]
    assert "READY=1" not in running.go(5, changing=True)
    assert running.go(1)[0] == "READY=1"


def test_one_line_says_how_the_box_is() -> None:
    assert summary(WELL) == "1 of 2 cameras online; 3 messages wait"
    looping = WorkerReport("worker-2", WorkerState.CRASH_LOOP, ("b",))
    ill = replace(WELL, strain=0.5, workers=[looping], store=StoreState(error="full"))
    assert summary(ill).endswith("nothing can be stored; overloaded; crash loop: worker-2")
