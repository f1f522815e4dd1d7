"""Every page of the console on a store of years, and what it costs while nobody does anything."""

import os
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any

import numpy as np
import yaml

from edge.bench.large_store import CAMERAS, GATES, INCIDENTS, PASSAGES, build
from edge.bench.served_console import ServedConsole
from edge.bench.visitor import Visitor
from edge.bootstrap.parts import journal_path
from edge.bootstrap.web.console import accounts_path
from edge.clock import SystemClock
from edge.console.permissions import Role
from edge.domain.camera import CameraReport, CameraState
from edge.settings import load_settings
from edge.store.accounts import Accounts
from edge.store.journal import Journal

TIMES = 15
IDLE_S = 20.0
REPORT_EVERY_S = 1.0
TRIVIAL = "/login"
"""The limit: a page that asks no store."""

PAGE_MS = 150.0
"""A person waits no longer without noticing that they wait."""

IDLE_SHARE = 0.01
PASSWORD = "bench bench bench"
PATHS = {
    Role.ADMIN: (
        "/review",
        "/gate",
        "/live",
        "/cameras",
        f"/cameras/{GATES[0]}",
        "/residents",
        "/reports",
        "/reports?days=90",
        "/health",
        "/users",
        "/account",
        "/metrics",
        "/api/v1/incidents",
        "/api/v1/incidents?review=reviewed&order=newest",
        f"/api/v1/incidents?camera={CAMERAS[0]}&type=motor_parking",
        "/api/v1/incidents/i00000001",
        "/api/v1/suppressions",
        "/api/v1/passages",
        f"/api/v1/passages?camera={GATES[0]}&decision=stranger",
        "/api/v1/reports?days=90",
        "/api/v1/reports/export?file=xlsx&days=90",
        "/api/v1/proposals",
        "/api/v1/health",
        "/api/v1/cameras",
        "/api/v1/rule-types",
        "/api/v1/configuration",
        "/api/v1/configuration/history",
        "/api/v1/users",
        "/api/v1/tokens",
    ),
    Role.AUDITOR: ("/audit", "/api/v1/audit"),
}


@dataclass(frozen=True, slots=True)
class PageFigures:
    """One page: milliseconds from the request to its last byte.

    Attributes:
        cpu_ms: Processor time of the console for it, which what else the machine does changes
            little; the median too.
    """

    path: str
    median_ms: float
    p95_ms: float
    cpu_ms: float


@dataclass(frozen=True, slots=True)
class ConsoleFigures:
    """All pages while one more is open, and the idle console.

    Attributes:
        incidents: In the store.
        trivial_ms: Median of a page that asks no store, measured in turn with the others.
        idle_share: Of a core, while no page is open.
        watched_share: Of a core, while one page is open and the cameras report every second.
    """

    incidents: int
    passages: int
    trivial_ms: float
    pages: Sequence[PageFigures]
    idle_share: float
    watched_share: float


def bench_console(
    folder: Path,
    *,
    incidents: int = INCIDENTS,
    passages: int = PASSAGES,
    times: int = TIMES,
    idle_s: float = IDLE_S,
) -> ConsoleFigures:
    """Return the figures of one console.

    Args:
        folder: Empty; for its databases.
        incidents: In its store.
        passages: In its store.
        times: How often each page is asked for.
        idle_s: How long an idle console is watched.
    """
    config = _configuration(folder)
    settings, clock = load_settings(config), SystemClock()
    build(journal_path(settings), incidents=incidents, passages=passages, end=clock.utc())
    accounts = Accounts(accounts_path(settings), clock)
    for role in PATHS:
        accounts.add(role, role, None, by="bench")
        accounts.set_password(role, PASSWORD, must_change=False, by="bench")
    accounts.close()
    with (
        ServedConsole(config) as console,
        _reporting(Journal(journal_path(settings), clock)),
        ExitStack() as visits,
    ):
        visitors = {
            role: visits.enter_context(closing(Visitor(console.port, role, PASSWORD)))
            for role in PATHS
        }
        asked = [(visitors[role], path) for role, paths in PATHS.items() for path in paths]
        _ask(
            asked, visitors[Role.ADMIN], console.pid, 2
        )  # the first request of a thread opens its stores
        idle_share = _share(console.pid, idle_s)
        with visitors[Role.ADMIN].watching():
            watched_share = _share(console.pid, idle_s)
            trivial_ms, pages = _ask(asked, visitors[Role.ADMIN], console.pid, times)
    return ConsoleFigures(incidents, passages, trivial_ms, pages, idle_share, watched_share)


def _configuration(folder: Path) -> Path:
    """Write a configuration with the cameras of the store; nobody connects to them."""
    zone: dict[str, Any] = {"id": "curb", "polygon": [[0.1, 0.6], [0.9, 0.6], [0.9, 0.9]]}
    street: dict[str, Any] = {
        "zones": [zone | {"rules": [{"type": "motor_parking", "dwell": "3m"}]}]
    }
    cameras: list[dict[str, Any]] = [
        {"id": name, "url": "rtsp://192.0.2.1/1", **street} for name in CAMERAS
    ]
    cameras += [
        {"id": name, "url": "rtsp://192.0.2.1/1", "gate": {"direction": "in"}} for name in GATES
    ]
    config = folder / "gridwatch.yaml"
    config.write_text(yaml.safe_dump({"box": {"home": "."}, "cameras": cameras}), encoding="utf-8")
    return config


@contextmanager
def _reporting(journal: Journal) -> Iterator[None]:
    """Have the cameras say how they are, as workers do: whoever looks has news every time."""
    stop = Event()

    def report() -> None:
        while not stop.wait(REPORT_EVERY_S):
            for name in (*CAMERAS, *GATES):
                journal.report(CameraReport(name, CameraState.ONLINE, fps=25.0, analysed_fps=5.0))

    thread = Thread(target=report)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        journal.close()


def _ask(
    asked: Sequence[tuple[Visitor, str]], anybody: Visitor, pid: int, times: int
) -> tuple[float, list[PageFigures]]:
    """Return the trivial page's median, and the figures of the others, all taken in turn."""
    trivial: list[float] = []
    took: list[list[float]] = [[] for _ in asked]
    used: list[list[float]] = [[] for _ in asked]
    for _ in range(times):
        for number, (visitor, path) in enumerate(asked):
            trivial.append(anybody.get(TRIVIAL))
            before_ms = _running_ms(pid)
            took[number].append(visitor.get(path))
            used[number].append(_running_ms(pid) - before_ms)
    pages = [
        PageFigures(
            path, statistics.median(mine), float(np.percentile(mine, 95)), statistics.median(cpu)
        )
        for (_, path), mine, cpu in zip(asked, took, used, strict=True)
    ]
    return statistics.median(trivial), pages


def _running_ms(pid: int) -> float:
    """Return for how long a process' threads have run on a processor, see sched-stats."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text(encoding="ascii").split()[0]) for task in tasks) / 1e6


def _share(pid: int, seconds: float) -> float:
    """Return how much of a core a process and its children use."""
    before_s, began = _cpu_s(pid), time.monotonic()
    time.sleep(seconds)
    return (_cpu_s(pid) - before_s) / (time.monotonic() - began)


def _cpu_s(pid: int) -> float:
    """Return the seconds of processor that a process and its children have used, see proc(5)."""
    after_name = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    own = sum(int(ticks) for ticks in after_name[11:15]) / os.sysconf("SC_CLK_TCK")
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return own + sum(_cpu_s(int(child)) for child in children)
