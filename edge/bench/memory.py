"""The memory of a worker process, as it grows with its cameras.

Counted is what no file is behind: the heap, the stacks, decoded pictures and the rings, not the
code of the libraries, which all workers share. All cameras are 1080p25 H.264 at 4 Mbit/s,
recordings in real time; each watches a street, every second one a gate, which decodes everything.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from edge.bench import networks
from edge.bench.catalogue import Means
from edge.bench.figure import Figure, against, once
from edge.bench.scene import film_street
from edge.bench.service_process import ServiceProcess
from edge.bench.service_tree import anonymous_mib
from edge.bench.street import RULES, cameras_section
from streams.film import repeat_film

SIZE_WH = (1920, 1080)
DRAWN_S = 10
COUNTS = (1, 4, 16)
STARTS_WITHIN_S = 90.0
SETTLES_S, WATCHED_S = 25.0, 10.0
"""By then the rings are full."""

LOOK_EVERY_S = 0.5
BASE_MB, CAMERA_MB, RING_MB = 300.0, 15.0, 8.0
MIB_BY_MB = 1024**2 / 1e6


def memory(means: Means) -> Sequence[Figure]:
    """Return what a worker process takes with one, a few and many cameras."""
    networks.faces(means.progress)
    networks.objects(means.progress)
    return bench_memory(means.folder)


def bench_memory(
    folder: Path,
    *,
    counts: Sequence[int] = COUNTS,
    size_wh: tuple[int, int] = SIZE_WH,
    settles_s: float = SETTLES_S,
    watched_s: float = WATCHED_S,
    network: str | None = None,
) -> Sequence[Figure]:
    """Return the most that a worker with so many cameras takes, and what a camera adds.

    Args:
        folder: Empty; for films and databases.
        counts: Numbers of cameras, ascending.
        size_wh: Of their pictures.
        settles_s: From when all are online until they are watched.
        watched_s: For how long.
        network: As ``models.street``; None for the default.
    """
    once_around, film = folder / "once.mp4", folder / "street.mp4"
    film_street(once_around, busy=False, seconds=DRAWN_S, size_wh=size_wh)
    lasts_s = round(STARTS_WITHIN_S + settles_s + watched_s)
    repeat_film(once_around, film, seconds=lasts_s)
    most_mb = []
    for count in counts:
        own = folder / f"{count}-cameras"
        own.mkdir()
        service = ServiceProcess(own / "gridwatch.yaml", _content(film, count, network))
        with service:
            service.wait_for(" online", times=count, within_s=STARTS_WITHIN_S)
            time.sleep(settles_s)
            most_mb.append(_most_mb(service, watched_s))
    return [*map(_of_worker, counts, most_mb), *_of_camera(counts, most_mb)]


def _of_worker(count: int, most_mb: float) -> Figure:
    cameras = "1 camera" if count == 1 else f"{count} cameras"
    goal = BASE_MB + (CAMERA_MB + RING_MB) * count
    return against(once(f"worker with {cameras}, anonymous", most_mb, "MB"), None, goal=goal)


def _of_camera(counts: Sequence[int], most_mb: Sequence[float]) -> Sequence[Figure]:
    """Return what one more camera takes, without its ring; nothing where all were alike."""
    more = counts[-1] - counts[0]
    if not more:
        return []
    each_mb = (most_mb[-1] - most_mb[0]) / more - RING_MB
    figure = once(f"a camera more, without its ring of {RING_MB:g} MB", each_mb, "MB")
    return [against(figure, None, goal=CAMERA_MB)]


def _most_mb(service: ServiceProcess, watched_s: float) -> float:
    until_s, most_mib = time.monotonic() + watched_s, 0.0
    while time.monotonic() < until_s:
        most_mib = max(most_mib, sum(map(anonymous_mib, service.workers)))
        time.sleep(LOOK_EVERY_S)
    return most_mib * MIB_BY_MB


def _content(film: Path, count: int, network: str | None) -> dict[str, Any]:
    cameras = cameras_section(RULES["dwell and smoke"], [f"file:{film}"] * count)
    for camera in cameras[::2]:
        camera |= {"decode": "all", "gate": {"direction": "in"}}
    models = {} if network is None else {"models": {"street": network}}
    return models | {
        "box": {"id": "box-bench", "home": "./var"},
        "mqtt": {"url": "embedded://127.0.0.1:0"},
        "console": {"port": 0},
        "evidence": {"ring": f"{RING_MB:g}MB"},
        "workers": 1,
        "cameras": cameras,
    }
