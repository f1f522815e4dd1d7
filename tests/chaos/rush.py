"""Gates and streets at which something happens all the time: small films, short terms."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from edge.demo.gate_scene import FPS as DRAWN_FPS
from edge.demo.gate_scene import Scene, Walk, render
from edge.demo.people import find_portraits
from edge.demo.street_scene import FPS as STREET_FPS
from edge.demo.street_scene import Stop, StreetScene, Visit, render_street
from edge.demo.street_smoke import Plume
from edge.demo.street_things import COATS, car, crates, person
from edge.gate.quality import QualityLimits, refusal_by_shape
from models.faces import FacePack, Picture
from streams.film import repeat_film, write_film

SIZE_WH = (640, 360)
EVERY = 2
"""Of the drawn pictures of a gate one in so many is kept."""

GATE_FPS = DRAWN_FPS // EVERY
STRANGERS = ((5, 7), (6, 3))
STREET_S = 15.0
"""After so long a street is empty again."""

AMID_S = 7.0
"""When everything is in the way."""


def passed_gate(folder: Path, pack: FacePack, *, length_s: float) -> Path:
    """Write what a gate shows that two people after two others pass; return the file."""
    portraits = find_portraits(pack.detector)
    scenes = tuple(
        Scene("two", (Walk(one, lane=-0.6), Walk(other, lane=0.6, delay_s=1.6)))
        for one, other in STRANGERS
    )
    people = _small(islice(render(scenes, portraits), 0, None, EVERY))
    return _film(folder / "gate.mp4", people, GATE_FPS, length_s)


def busy_streets(folder: Path, *, length_s: float) -> tuple[Path, Path]:
    """Write what two streets show: one that is empty at first, one that is full at once."""
    things = list(_small(render_street(_street())))
    turned = things[round(AMID_S * STREET_FPS) :] + things[: round(AMID_S * STREET_FPS)]
    return (
        _film(folder / "street.mp4", things, STREET_FPS, length_s),
        _film(folder / "amid.mp4", turned, STREET_FPS, length_s),
    )


@dataclass(frozen=True, slots=True)
class Entrance:
    """A gate that one person after the other passes, as often as told.

    Attributes:
        films: Each begins at another moment, so that not all gates are busy at once.
        usable_s: Moments at which a new person's face is first good enough, in each film.
        every_s: After so long the next person comes.
    """

    films: Sequence[Path]
    usable_s: Sequence[float]
    every_s: float


def entrance(
    folder: Path, pack: FacePack, *, films: int, empty_s: float, length_s: float
) -> Entrance:
    """Write what gates show; somebody comes, and for a while nobody."""
    drawn = render((Scene("one", (Walk(STRANGERS[0][0]),)),), find_portraits(pack.detector))
    people = list(_small(islice(drawn, 0, None, EVERY)))
    people += [people[-1]] * round(empty_s * GATE_FPS)
    usable = next(number for number, one in enumerate(people) if _usable(one, pack))
    made, moments = [], []
    for number in range(films):
        first = len(people) * number // films
        turned = people[first:] + people[:first]
        made.append(_film(folder / f"gate-{number}.mp4", turned, GATE_FPS, length_s))
        moments.append((usable - first) % len(people) / GATE_FPS)
    return Entrance(made, moments, len(people) / GATE_FPS)


def _usable(picture: Picture, pack: FacePack) -> bool:
    """Return whether a face is good enough to be compared."""
    faces, limits = pack.detector.detect(picture), QualityLimits()
    for row in range(len(faces.scores)):
        refusal = refusal_by_shape(
            box_xyxy=faces.boxes_xyxy[row],
            score=float(faces.scores[row]),
            landmarks=faces.landmarks[row],
            size_wh=SIZE_WH,
            limits=limits,
        )
        if refusal is None:
            return True
    return False


def gate(name: str, film: str, **more: Any) -> dict[str, Any]:
    """Return the configuration of a gate camera at which everybody is told."""
    return {"id": name, "url": film, "gate": {"direction": "in", "cooldown": "1s"}} | more


def street(name: str, film: str, **more: Any) -> dict[str, Any]:
    """Return the configuration of a street camera on which things are soon in the way."""
    terms = {"dwell": "2s", "clear": "2s", "hold": "3s", "unseen_arrival": "0s"}
    kerb = [[0.0, 0.56], [0.8, 0.56], [0.8, 0.85], [0.0, 0.85]]
    pavement = [[0.0, 0.33], [1.0, 0.33], [1.0, 0.56], [0.0, 0.56]]
    return {
        "id": name,
        "url": film,
        "zones": [
            {
                "id": "kerb",
                "polygon": kerb,
                "rules": [{"type": "motor_parking", "warn": "1s"} | terms],
            },
            {
                "id": "pavement",
                "polygon": pavement,
                "rules": [{"type": "material_pile"} | terms],
            },
        ],
    } | more


def _small(pictures: Iterable[Picture]) -> Iterator[Picture]:
    for one in pictures:
        yield np.asarray(cv2.resize(one, SIZE_WH, interpolation=cv2.INTER_AREA), np.uint8)


def _film(path: Path, pictures: Iterable[Picture], fps: int, length_s: float) -> Path:
    once = path.with_name(f"{path.stem}-once.mp4")
    write_film(once, pictures, fps=fps, gop_s=1.0)
    repeat_film(once, path, seconds=length_s)
    return path


def _street() -> StreetScene:
    """Return a street on which a car parks, crates are put down, and both go again."""
    parked = Visit(
        car((150, 80, 40)),
        (Stop(0.3, -340, 520), Stop(1.2, 330, 514), Stop(10, 330, 514), Stop(11, 1700, 520)),
    )
    brought = Visit(
        crates, (Stop(0.3, -140, 372), Stop(1.5, 560, 372), Stop(11, 560, 372), Stop(12, 1500, 372))
    )
    who = Visit(
        person(COATS[1]),
        (
            Stop(0.3, -240, 374),
            Stop(1.5, 460, 374),
            Stop(2.5, -240, 378),
            Stop(9, -240, 374),
            Stop(11, 460, 374),
            Stop(12, 1400, 374),
        ),
    )
    never = Plume(1064, 352, STREET_S + 1, STREET_S + 2)
    return StreetScene(STREET_S, (parked, brought, who), never)
