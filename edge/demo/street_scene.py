"""The demo's street: a pavement and a road on which things come, stand and go.

It is synthetic: wall and ground have the grain of a photograph of gravel that scikit-image ships;
everything on them is drawn.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from edge.demo.brush import Brush
from edge.demo.street_ground import draw_ground, draw_heap
from edge.demo.street_smoke import Plume, Smoke
from edge.demo.street_things import Draw
from models.faces import Picture

FPS = 10
NOISE, NOISES = 2.0, 8
"""Levels of the sensor's noise, and how many pictures of it there are."""

SOFTNESS_PX = 0.7


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a thing is at a moment: seconds, and pixels of its foot."""

    at_s: float
    x: float
    y: float


@dataclass(frozen=True, slots=True, eq=False)
class Visit:
    """One thing's way through the scene; it is there from its first stop to its last."""

    draw: Draw
    stops: tuple[Stop, ...]


@dataclass(frozen=True, slots=True, eq=False)
class StreetScene:
    """All that happens."""

    length_s: float
    visits: tuple[Visit, ...]
    plume: Plume


def render_street(scene: StreetScene) -> Iterator[Picture]:
    """Yield the frames, ``(HEIGHT, WIDTH, 3)`` BGR, the same at every call.

    Raises:
        ConfigError: A photograph is not there: scikit-image was not installed whole.
    """
    chance = np.random.default_rng(21)
    empty = draw_ground()
    draw_heap(Brush(empty, scene.plume.x, scene.plume.y + 8), chance)
    smoke = Smoke(scene.plume, chance)
    noises = [chance.normal(0, NOISE, empty.shape).astype(np.int16) for _ in range(NOISES)]
    for index in range(round(scene.length_s * FPS)):
        now_s = index / FPS
        picture = empty.copy()
        there = present(scene.visits, now_s)
        for visit, at, way in there:
            if at.y <= scene.plume.y:
                visit.draw(Brush(picture, at.x, at.y), way)
        smoke.draw(picture, now_s)
        for visit, at, way in there:
            if at.y > scene.plume.y:
                visit.draw(Brush(picture, at.x, at.y), way)
        soft = cv2.GaussianBlur(picture, (0, 0), SOFTNESS_PX)
        noise = noises[int(chance.integers(NOISES))]
        yield np.asarray(cv2.add(soft, noise, dtype=cv2.CV_8U), np.uint8)


def present(visits: tuple[Visit, ...], now_s: float) -> list[tuple[Visit, Stop, float]]:
    """Return what is there at a moment, where, and how far it has come; the farthest first."""
    found = []
    for visit in visits:
        way = 0.0
        for begin, end in pairwise(visit.stops):
            if begin.at_s <= now_s < end.at_s:
                share = (now_s - begin.at_s) / (end.at_s - begin.at_s)
                x = begin.x + share * (end.x - begin.x)
                y = begin.y + share * (end.y - begin.y)
                found.append((visit, Stop(now_s, x, y), way + x - begin.x))
            way += end.x - begin.x
    return sorted(found, key=lambda one: one[1].y)
