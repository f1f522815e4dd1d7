"""Many street cameras at once, in real time, on the running service."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any

import numpy as np
import yaml

from edge.bench.scene import FPS, GOP_S
from edge.bench.service_tree import anonymous_mib, workers_of
from edge.bench.street import CORES, cameras_section
from edge.bootstrap import parts
from edge.bootstrap.service import Service
from edge.clock import SystemClock
from edge.domain.camera import CameraReport, CameraState
from edge.settings import load_settings
from edge.store.journal import Journal
from streams.film import repeat_film

ASK_EVERY_S = 2.0
SETTLING_S = 10.0
"""All cameras begin at once: what the vital signs say in the meantime is about that."""

PHASES = 10
"""Cameras of a street do not send their keyframes together."""


class NotTogetherError(Exception):
    """The machine did not get all cameras online at the same time."""


@dataclass(frozen=True, slots=True)
class FleetFigures:
    """How so many cameras did from soon after all were online until the first had ended.

    Attributes:
        cameras: How many there were.
        workers: Processes they were spread over.
        watched_s: For how long.
        cores: Processors that all cameras used together.
        decoded_fps, analysed_fps: Mean of a camera.
        lag_median_s, lag_most_s: How far pictures were behind live.
        dropped: Pictures let go because of that, of all cameras.
        memory_mib: Of all workers together at its most, without what is only mapped from files.
    """

    cameras: int
    workers: int
    watched_s: float
    cores: float
    decoded_fps: float
    analysed_fps: float
    lag_median_s: float
    lag_most_s: float
    dropped: int
    memory_mib: float


class _Vitals:
    """Asks for all cameras' vital signs again and again."""

    def __init__(self, journal: Path, count: int) -> None:
        self._journal, self._count = journal, count
        self._stop = Event()
        self._thread = Thread(target=self._ask, name="vitals")
        self.taken: list[tuple[float, list[CameraReport]]] = []
        self.memory_mib = 0.0

    def __enter__(self) -> "_Vitals":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _ask(self) -> None:
        clock = SystemClock()
        journal = Journal(self._journal, clock)
        while not self._stop.wait(ASK_EVERY_S):
            held = sum(anonymous_mib(worker) for worker in workers_of(os.getpid()))
            self.memory_mib = max(self.memory_mib, held)
            reports = [seen.report for seen in journal.cameras()]
            online = [one for one in reports if one.state is CameraState.ONLINE]
            if len(online) == self._count:
                self.taken.append((clock.mono_s(), online))
        journal.close()


def bench_fleet(
    film: Path,
    folder: Path,
    *,
    network: str,
    names: Sequence[str],
    count: int,
    seconds: int,
    settling_s: float = SETTLING_S,
) -> FleetFigures:
    """Return how the service does with so many cameras.

    Args:
        film: What each of them sees, again and again.
        folder: Empty; for films, configuration and databases.
        network: As ``models.street``.
        names: Rules.
        count: Cameras.
        seconds: How long they run.
        settling_s: How much of it is left out from when all are online.

    Raises:
        NotTogetherError: This machine cannot hold so many, or is busy with something else.
    """
    urls = _films(film, folder, count=count, seconds=seconds)
    content: dict[str, Any] = {
        "box": {"id": "box-bench", "home": "./var"},
        "models": {"street": network},
        "mqtt": {"url": "embedded://127.0.0.1:0"},
        "console": {"port": 0},
        "workers": CORES,
        "cameras": cameras_section(names, urls),
    }
    config = folder / "gridwatch.yaml"
    config.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    settings = load_settings(config)
    service = Service(settings, config)
    with _Vitals(parts.journal_path(settings), count) as vitals:
        service.run(Event(), end_with_recordings=True)
    return _figures(vitals, count, settling_s)


def _films(film: Path, folder: Path, *, count: int, seconds: int) -> list[str]:
    """Write films whose keyframes do not fall together; return an address for each camera."""
    gop_packets = round(GOP_S * FPS)
    for phase in range(min(PHASES, count)):
        first = gop_packets * (phase + 1) // PHASES
        target = folder / f"phase-{phase}.mp4"
        repeat_film(film, target, seconds=seconds, first_packets=first)
    return [f"file:phase-{number % PHASES}.mp4" for number in range(count)]


def _figures(vitals: _Vitals, count: int, settling_s: float) -> FleetFigures:
    taken = vitals.taken
    settled = [one for one in taken if one[0] - taken[0][0] >= settling_s]
    if not settled:
        raise NotTogetherError(f"{count} cameras were not online together for {settling_s:g} s")
    began_s, begun = settled[0]
    ended_s, ended = settled[-1]
    reports = [report for _, one in settled for report in one]
    lags_s = np.array([report.lag_s for report in reports])
    return FleetFigures(
        cameras=count,
        workers=CORES,
        watched_s=ended_s - began_s + ASK_EVERY_S,
        cores=sum(report.cpu_share for report in reports) / len(settled),
        decoded_fps=float(np.mean([report.fps for report in reports])),
        analysed_fps=float(np.mean([report.analysed_fps for report in reports])),
        lag_median_s=float(np.median(lags_s)),
        lag_most_s=float(lags_s.max()),
        dropped=sum(last.dropped - first.dropped for first, last in zip(begun, ended, strict=True)),
        memory_mib=vitals.memory_mib,
    )
