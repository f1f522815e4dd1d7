"""A service manager's socket, played by the test."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.notify import Systemd


class Manager:
    """Listens as systemd does."""

    def __init__(self, address: str) -> None:
        self.line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.line.settimeout(5)
        self.line.bind(address)

    def heard(self) -> dict[str, str]:
        """Return the next message."""
        text = self.line.recv(4096).decode()
        return dict(line.split("=", 1) for line in text.split("\n"))

    @property
    def silent(self) -> bool:
        self.line.setblocking(False)
        try:
            self.line.recv(4096)
        except BlockingIOError:
            return True
        return False


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    made = Manager(str(tmp_path / "notify"))
    yield made
    made.line.close()


def systemd(manager: Manager, **more: str) -> Systemd:
    return Systemd({"NOTIFY_SOCKET": manager.line.getsockname()} | more, pid=42)


def test_it_is_told_what_it_must_know(manager: Manager) -> None:
    told = systemd(manager)
    told.ready("2 of 2 cameras online")
    assert manager.heard() == {"READY": "1", "STATUS": "2 of 2 cameras online"}
    told.alive()
    assert manager.heard() == {"WATCHDOG": "1"}
    told.status("well")
    assert manager.heard() == {"STATUS": "well"}
    told.stopping()
    assert manager.heard()["STOPPING"] == "1"


def test_a_reload_says_when_it_began(manager: Manager) -> None:
    before = time.monotonic_ns() // 1000
    systemd(manager).reloading()
    heard = manager.heard()
    assert heard["RELOADING"] == "1"
    assert before <= int(heard["MONOTONIC_USEC"]) <= time.monotonic_ns() // 1000


def test_an_abstract_socket_is_one_too() -> None:
    name = f"gridwatch-test-{time.monotonic_ns()}"
    manager = Manager("\0" + name)
    Systemd({"NOTIFY_SOCKET": "@" + name}, pid=1).alive()
    assert manager.heard() == {"WATCHDOG": "1"}
    manager.line.close()


def test_the_watchdogs_patience_is_for_the_process_that_it_names(manager: Manager) -> None:
    assert systemd(manager).watchdog_s == 0
    assert systemd(manager, WATCHDOG_USEC="30000000").watchdog_s == 30
    assert systemd(manager, WATCHDOG_USEC="30000000", WATCHDOG_PID="42").watchdog_s == 30
    assert systemd(manager, WATCHDOG_USEC="30000000", WATCHDOG_PID="41").watchdog_s == 0
    assert systemd(manager, WATCHDOG_USEC="soon").watchdog_s == 0


def test_where_nobody_listens_nothing_is_said_and_nobody_fails(manager: Manager) -> None:
    Systemd({}, pid=1).ready("well")
    assert manager.silent
    Systemd({"NOTIFY_SOCKET": "/nowhere/at/all"}, pid=1).alive()


def test_a_manager_that_reads_nothing_stops_nobody(manager: Manager) -> None:
    told = systemd(manager)
    for _ in range(5000):
        told.alive()
