"""A street that is drawn, not filmed: what a bench's cameras look at.

A facade above, a road with a kerb below, and the noise of a sensor over all of it. On a busy street
cars drive by, people walk along the kerb, and one car comes to stand in the no-parking zone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from streams.film import write_film

Picture = npt.NDArray[np.uint8]
Colour = tuple[int, int, int]

FPS = 25
GOP_S = 2.0
KBIT_S = 4000
"""What a 1080p camera is usually set to; a smaller picture in proportion."""

LEAST_KBIT_S = 1000
"""With less a small picture pulses from keyframe to keyframe."""

NOISE_LEVELS = 1.5
"""Standard deviation of luma: a camera by day, behind its own noise reduction."""

NOISE_FIELDS, NOISE_SHIFT_PX = 6, 64
PARKS_AT, STANDS_AT = 0.15, 0.25
"""Shares of the film: a car turns in, and stands."""

ROAD_TOP, KERB_TOP = 0.55, 0.48
KERB = ((0.05, 0.5), (0.95, 0.5), (0.95, 0.72), (0.05, 0.72))
"""The no-parking zone: the lane beside the kerb."""

STREET = ((0.0, 0.2), (1.0, 0.2), (1.0, 1.0), (0.0, 1.0))
"""Where nothing may burn."""


@dataclass(frozen=True, slots=True)
class Mover:
    """Something that crosses the picture again and again.

    Attributes:
        size: Width and height, shares of the picture's width.
        foot: Share of the height at which it stands.
        crossings: Pictures it crosses in a film of the given length; negative to the left.
        begins: Where it begins, share of a crossing.
    """

    person: bool
    size: tuple[float, float]
    foot: float
    crossings: float
    begins: float
    colour: Colour


MOVERS = (
    Mover(False, (0.16, 0.062), 0.80, 4.0, 0.0, (40, 40, 170)),
    Mover(False, (0.18, 0.066), 0.92, -5.0, 0.3, (190, 190, 190)),
    Mover(False, (0.17, 0.064), 0.81, 4.0, 0.5, (90, 60, 30)),
    Mover(True, (0.022, 0.075), 0.56, 0.8, 0.1, (60, 110, 40)),
    Mover(True, (0.021, 0.072), 0.58, -0.7, 0.6, (130, 70, 60)),
    Mover(True, (0.023, 0.078), 0.66, 0.9, 0.8, (50, 50, 120)),
)


def film_street(
    path: Path, *, busy: bool, seconds: int, size_wh: tuple[int, int], codec: str = "h264"
) -> None:
    """Write the film of a quiet or a busy street, as a camera would send it."""
    pictures = draw_street(busy=busy, count=seconds * FPS, size_wh=size_wh)
    kbit_s = max(round(KBIT_S * size_wh[0] * size_wh[1] / (1920 * 1080)), LEAST_KBIT_S)
    write_film(path, pictures, fps=FPS, codec=codec, gop_s=GOP_S, kbit_s=kbit_s)


def draw_street(*, busy: bool, count: int, size_wh: tuple[int, int]) -> Iterator[Picture]:
    """Yield ``count`` pictures ``(H, W, 3)`` BGR of a street; the same at every call."""
    random = np.random.default_rng(11)
    ground = _ground(random, size_wh)
    noise = [_noise(random, size_wh) for _ in range(NOISE_FIELDS)]
    for index in range(count):
        picture = ground.copy()
        if busy:
            _draw_parking(picture, index / count)
            for mover in sorted(MOVERS, key=lambda one: one.foot):
                _draw_mover(picture, mover, index / count)
        x, y = random.integers(0, NOISE_SHIFT_PX, 2)
        field = noise[index % NOISE_FIELDS][y : y + size_wh[1], x : x + size_wh[0]]
        yield np.asarray(cv2.add(picture, field, dtype=cv2.CV_8U), np.uint8)


def _ground(random: np.random.Generator, size_wh: tuple[int, int]) -> Picture:
    width, height = size_wh
    ground = np.zeros((height, width, 3), np.float32)
    for cell_px, levels in ((240, 30), (60, 18), (12, 14), (3, 10)):
        shape = (height // cell_px + 2, width // cell_px + 2, 1)
        patch = random.uniform(-levels, levels, shape).astype(np.float32)
        ground += cv2.resize(patch, size_wh, interpolation=cv2.INTER_CUBIC)[..., None]
    top = int(height * ROAD_TOP)
    ground[:top] += (120, 130, 140)
    ground[top:] = ground[top:] * 0.5 + 95
    picture = np.asarray(ground.clip(20, 235), np.uint8)
    for x in range(width // 24, width, width // 8):
        for y in range(height // 16, int(height * 0.36), height // 7):
            corner = (x + width // 16, y + height // 11)
            cv2.rectangle(picture, (x, y), corner, (70, 62, 55), cv2.FILLED)
            cv2.rectangle(picture, (x, y), corner, (205, 205, 205), max(width // 640, 1))
    kerb = int(height * KERB_TOP)
    cv2.rectangle(picture, (0, kerb), (width, top), (150, 150, 150), cv2.FILLED)
    picture[kerb:top] = cv2.addWeighted(
        picture[kerb:top], 0.6, np.asarray(ground[kerb:top].clip(0, 255), np.uint8), 0.4, 0
    )
    for x in range(0, width, width // 10):
        y = int(height * 0.86)
        cv2.rectangle(picture, (x, y), (x + width // 20, y + height // 90), (215,) * 3, cv2.FILLED)
    return picture


def _noise(random: np.random.Generator, size_wh: tuple[int, int]) -> npt.NDArray[np.int16]:
    shape = (size_wh[1] + NOISE_SHIFT_PX, size_wh[0] + NOISE_SHIFT_PX, 1)
    levels = random.normal(0, NOISE_LEVELS, shape).round().astype(np.int16)
    return np.repeat(levels, 3, axis=2)


def _draw_parking(picture: Picture, progress: float) -> None:
    """Draw the car that turns in from the left and stays."""
    if progress < PARKS_AT:
        return
    driven = min((progress - PARKS_AT) / (STANDS_AT - PARKS_AT), 1.0)
    _draw_car(picture, -0.2 + 0.55 * driven, 0.69, (0.17, 0.065), (150, 80, 30))


def _draw_mover(picture: Picture, mover: Mover, progress: float) -> None:
    way = (mover.begins + abs(mover.crossings) * progress) % 1.0
    x = 1.2 * (way if mover.crossings > 0 else 1 - way) - 0.2
    if mover.person:
        _draw_person(picture, x, mover, step=np.sin(way * abs(mover.crossings) * 400))
    else:
        _draw_car(picture, x, mover.foot, mover.size, mover.colour)


def _draw_car(
    picture: Picture, x: float, foot: float, size: tuple[float, float], colour: Colour
) -> None:
    height, width = picture.shape[:2]
    w, h = size[0] * width, size[1] * width
    left, bottom = x * width, foot * height

    def at(right: float, up: float) -> tuple[int, int]:
        return round(left + right * w), round(bottom - up * h)

    dark = (30, 28, 26)
    body = [at(*p) for p in ((0, 0.15), (0, 0.5), (0.18, 0.58), (0.3, 1), (0.72, 1), (0.88, 0.58))]
    body += [at(1, 0.5), at(1, 0.15)]
    cv2.ellipse(picture, at(0.5, 0.02), (round(w / 2), round(h * 0.1)), 0, 0, 360, dark, cv2.FILLED)
    cv2.fillPoly(picture, [np.array(body, np.int32)], colour, cv2.LINE_AA)
    for window in (
        ((0.23, 0.6), (0.33, 0.93), (0.49, 0.93), (0.49, 0.6)),
        ((0.52, 0.6), (0.52, 0.93), (0.69, 0.93), (0.81, 0.6)),
    ):
        cv2.fillPoly(picture, [np.array([at(*p) for p in window], np.int32)], (70, 60, 50))
    for wheel in (0.2, 0.8):
        cv2.circle(picture, at(wheel, 0.15), round(h * 0.19), dark, cv2.FILLED, cv2.LINE_AA)
        cv2.circle(picture, at(wheel, 0.15), round(h * 0.1), (150, 150, 150), cv2.FILLED)
    cv2.rectangle(picture, at(0.95, 0.5), at(1.0, 0.4), (40, 40, 220), cv2.FILLED)
    cv2.rectangle(picture, at(0.0, 0.5), at(0.05, 0.4), (220, 240, 250), cv2.FILLED)


def _draw_person(picture: Picture, x: float, mover: Mover, *, step: float) -> None:
    height, width = picture.shape[:2]
    w, h = mover.size[0] * width, mover.size[1] * width
    left, bottom = x * width, mover.foot * height

    def at(right: float, up: float) -> tuple[int, int]:
        return round(left + right * w), round(bottom - up * h)

    thick = max(round(w * 0.25), 1)
    for side in (-1, 1):
        cv2.line(picture, at(0.5, 0.5), at(0.5 + side * 0.3 * step, 0), (60, 45, 40), thick)
        cv2.line(picture, at(0.5, 0.78), at(0.5 - side * 0.4 * step, 0.45), mover.colour, thick)
    cv2.line(picture, at(0.5, 0.76), at(0.5, 0.5), mover.colour, round(w * 0.55))
    cv2.circle(picture, at(0.5, 0.92), round(h * 0.075), (120, 150, 200), cv2.FILLED, cv2.LINE_AA)
    cv2.circle(picture, at(0.5, 0.95), round(h * 0.07), (30, 30, 35), cv2.FILLED, cv2.LINE_AA)
