"""From the start of the service's process to its first decision, with networks that lie ready.

Somebody already stands at the gate. The networks' files are on the disk and, by a start before that
does not count, in its cache; so are the libraries. A second figure is the processor time of all the
service's processes until then: it is what remains of the first one on a machine that does other
things, too.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import cv2
import numpy as np

from edge.bench import networks
from edge.bench.broker import Running, running_broker
from edge.bench.catalogue import Means
from edge.bench.figure import Figure, against, of_repeats
from edge.bench.service_process import ServiceProcess
from edge.bench.service_tree import cpu_s, family
from edge.delivery.listener import Listener
from edge.errors import ConfigError
from models.faces import Picture
from streams.film import repeat_film, write_film

SIZE_WH = (1920, 1080)
FPS = 25
DRAWN_S, FILM_S = 4, 120
REPEATS = 5
GOAL_S = 4.0
PATIENCE_S = 60.0
LAST_LINES = 20
BOX = "box-bench"
HEAD_SCALE = 1.2
SWAY_PX = 40
"""Who waits at a gate does not stand quite still."""


@dataclass(frozen=True, slots=True)
class _Start:
    """One start: seconds of real time and of processor time to the first decision."""

    took_s: float
    spent_s: float


def start(means: Means) -> Sequence[Figure]:
    """Return how long a person at a gate waits for a service that is being started."""
    pack = networks.faces(means.progress)
    return bench_start(means.folder, means.portraits(pack.detector)[0])


def bench_start(
    folder: Path, portrait: Picture, *, repeats: int = REPEATS, warming: int = 1
) -> Sequence[Figure]:
    """Return the figures of some starts.

    Args:
        folder: Empty; for the film, databases and the broker.
        portrait: ``(H, W, 3)`` BGR: head and shoulders of the person.
        repeats: Starts that count.
        warming: Starts before them.

    Raises:
        ConfigError: The service did not start, or decided nothing.
    """
    film = folder / "gate.mp4"
    once = folder / "once.mp4"
    write_film(once, _waiting(portrait), fps=FPS)
    repeat_film(once, film, seconds=FILM_S)
    place = folder / "broker"
    place.mkdir()
    with running_broker(place) as broker:
        turns = [folder / f"start-{one}" for one in range(warming + repeats)]
        starts = [_start(own, film, broker) for own in turns][warming:]
    took = of_repeats("process start to first decision", "s", [one.took_s for one in starts])
    spent = of_repeats(
        "CPU of all its processes until then", "s CPU", [one.spent_s for one in starts]
    )
    return [against(took, None, goal=GOAL_S), spent]


def _start(folder: Path, film: Path, broker: Running) -> _Start:
    folder.mkdir()
    decided = Event()

    def heard(topic: str, _: bytes) -> None:
        if topic.endswith("/passages"):
            decided.set()

    service = ServiceProcess(folder / "gridwatch.yaml", _content(film, broker))
    with Listener(broker.url, f"gridwatch/1/{BOX}", heard, version=broker.version):
        began_s = time.monotonic()
        with service:
            if not decided.wait(PATIENCE_S):
                said = "\n".join(service.said[-LAST_LINES:])
                raise ConfigError(f"the service has decided nothing:\n{said}")
            return _Start(time.monotonic() - began_s, cpu_s(family(service.pid)))


def _content(film: Path, broker: Running) -> dict[str, Any]:
    return {
        "box": {"id": BOX, "home": "./var"},
        "mqtt": {"url": broker.url, "version": broker.version},
        "console": {"port": 0},
        "workers": 1,
        "cameras": [{"id": "gate", "url": f"file:{film}", "gate": {"direction": "in"}}],
    }


def _waiting(portrait: Picture) -> Iterator[Picture]:
    """Yield what a camera shows of somebody who waits in front of a textured wall."""
    width, height = SIZE_WH
    texture = np.random.default_rng(3).integers(90, 160, (height // 8, width // 8, 3), np.uint8)
    wall = np.asarray(cv2.resize(texture, SIZE_WH, interpolation=cv2.INTER_CUBIC), np.uint8)
    head = cv2.resize(portrait, None, fx=HEAD_SCALE, fy=HEAD_SCALE)
    rows, columns = head.shape[:2]
    top = (height - rows) // 2
    for index in range(DRAWN_S * FPS):
        picture = wall.copy()
        sway = SWAY_PX * np.sin(2 * np.pi * index / (DRAWN_S * FPS))
        left = (width - columns) // 2 + round(sway)
        picture[top : top + rows, left : left + columns] = head
        yield picture
