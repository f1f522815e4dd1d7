"""The demo's recording: people walk up to a drawn gate, one scene after the other."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from edge.demo.people import Portrait
from models.faces import Picture

WIDTH, HEIGHT, FPS = 1280, 720, 25
WALK_S = 3.2
PAUSE_S = 1.6
NOISE, NOISES = 2.0, 8
"""Levels of the sensor's noise, and how many pictures of it there are."""


@dataclass(frozen=True, slots=True)
class Walk:
    """One person's way through a scene.

    Attributes:
        person: Index of the portrait.
        lane: Where they walk, -1 (left) to 1 (right).
        delay_s: How long after the scene's begin they appear.
        blur: Strength of motion blur in pixels, 0 for none.
    """

    person: int
    lane: float = 0.0
    delay_s: float = 0.0
    blur: int = 0


@dataclass(frozen=True, slots=True)
class Scene:
    """What happens together; the gate is empty before and after."""

    title: str
    walks: tuple[Walk, ...]


def render(scenes: tuple[Scene, ...], portraits: list[Portrait]) -> Iterator[Picture]:
    """Yield the frames of all scenes, ``(HEIGHT, WIDTH, 3)`` BGR, the same at every call."""
    chance = np.random.default_rng(20)
    noises = [chance.normal(0, NOISE, (HEIGHT, WIDTH, 1)).astype(np.float32) for _ in range(NOISES)]
    background = _background()
    for scene in scenes:
        length_s = max(walk.delay_s for walk in scene.walks) + WALK_S + PAUSE_S
        for index in range(round(length_s * FPS)):
            picture = background.astype(np.float32)
            for walk in sorted(scene.walks, key=lambda walk: -walk.delay_s):
                progress = (index / FPS - walk.delay_s) / WALK_S
                if 0 <= progress <= 1:
                    _put(picture, portraits[walk.person], walk, progress)
            picture += noises[int(chance.integers(NOISES))]
            yield np.clip(picture, 0, 255).astype(np.uint8)


def _background() -> Picture:
    """Draw a compound's entrance: wall, path, two posts and a barrier."""
    shade = np.linspace(205, 150, HEIGHT, dtype=np.float32)[:, None, None]
    picture = np.broadcast_to(shade, (HEIGHT, WIDTH, 3)) * np.array([0.98, 1.0, 1.0])
    picture = np.ascontiguousarray(picture.astype(np.uint8))
    for y in range(0, 430, 36):
        cv2.line(picture, (0, y), (WIDTH, y), (150, 158, 165), 1)
        for x in range((y // 36 % 2) * 40, WIDTH, 80):
            cv2.line(picture, (x, y), (x, y + 36), (150, 158, 165), 1)
    path = np.array([[430, 430], [850, 430], [1180, 719], [100, 719]])
    cv2.fillPoly(picture, [path], (120, 124, 128))
    cv2.rectangle(picture, (380, 120), (900, 430), (92, 84, 74), -1)
    cv2.rectangle(picture, (400, 140), (880, 430), (132, 126, 118), -1)
    for x in (340, 900):
        cv2.rectangle(picture, (x, 90), (x + 40, 470), (70, 74, 84), -1)
    return picture


def _put(picture: np.ndarray, portrait: Portrait, walk: Walk, progress: float) -> None:
    """Draw a person into the float picture: nearer and larger as they come."""
    scale = 0.45 + 0.65 * progress
    sway = 14 * np.sin(progress * 4 * np.pi)
    width = int(portrait.picture.shape[1] * scale)
    height = int(portrait.picture.shape[0] * scale)
    head = cv2.resize(portrait.picture, (width, height), interpolation=cv2.INTER_AREA)
    if walk.blur:
        kernel = np.zeros((walk.blur, walk.blur), np.float32)
        kernel[walk.blur // 2] = 1 / walk.blur
        head = cv2.filter2D(head, -1, kernel)
    mask = cv2.resize(portrait.mask, (width, height))[..., None]
    fade = np.float32(min(progress / 0.06, (1 - progress) / 0.06, 1.0))
    x = int(WIDTH / 2 + walk.lane * (140 + 190 * progress) + sway - width / 2)
    y = int(170 + 120 * progress + 5 * abs(np.sin(progress * 9 * np.pi)))
    x1, y1, x2, y2 = max(x, 0), max(y, 0), min(x + width, WIDTH), min(y + height, HEIGHT)
    part = np.s_[y1 - y : y2 - y, x1 - x : x2 - x]
    place = np.s_[y1:y2, x1:x2]
    weight = mask[part] * fade
    picture[place] = picture[place] * (1 - weight) + head[part] * weight
