"""A real road with real walkers, and a stall drawn on it: no footage of a stall was to be had.

What stands is drawn, but for a van; that and those who stand at it are cut from the same footage,
where two people pause, and move as they did. Walkers who pass nearer to the camera pass in front.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from streams.recording import open_recording

Picture = npt.NDArray[np.uint8]
Colour = tuple[int, int, int]
Point = tuple[int, int]

FPS, EVERY = 5, 2
"""Of the recordings that are made; every second picture of the footage."""

ARRIVES_S, COME_S, GO_S, LEAVES_S, ENDS_S = 6.0, 8.0, 33.0, 35.0, 46.0
STALL_AT: Point = (296, 292)
OUTSTANDS = 28
LEAST_WALKER_PX = 150
BAND = slice(160, 440)
"""Rows of the picture in which something is laid on it, and who walks in front of that."""

FINE = 4
SOFT = 0.8
GRAIN = 7.0


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """Something cut out: ``(h, w, 3)`` pixels and ``(h, w, 1)`` how much of them, in [0, 1]."""

    pixels: npt.NDArray[np.float32]
    alpha: npt.NDArray[np.float32]

    def scaled(self, by: float) -> "Cut":
        """Return it larger or smaller."""
        height, width = self.alpha.shape[:2]
        size_wh = (round(width * by), round(height * by))
        pixels = cv2.resize(self.pixels, size_wh, interpolation=cv2.INTER_AREA)
        alpha = cv2.resize(self.alpha, size_wh, interpolation=cv2.INTER_AREA)
        return Cut(np.asarray(pixels, np.float32), np.asarray(alpha, np.float32)[..., None])


@dataclass(frozen=True, slots=True, eq=False)
class Footage:
    """What the scenes are made of.

    Attributes:
        pictures: At ``FPS``.
        empty: The road without anybody.
        people: Looks of two people who pause, in order.
    """

    pictures: tuple[Picture, ...]
    empty: Picture
    people: tuple[tuple[Cut, ...], tuple[Cut, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A cut with its foot at a point of the picture."""

    cut: Cut
    foot: Point


Plan = Callable[[float], Sequence[Layer]]
"""What is on the road at a moment."""


def footage_of(clip: Path) -> Footage:
    """Return the clip of the pedestrians' road, taken apart."""
    recording = open_recording(clip, start_utc=datetime(2026, 1, 1, tzinfo=UTC))
    pictures = tuple(
        frame.bgr() for number, frame in enumerate(recording.frames()) if number % EVERY == 0
    )
    recording.close()
    empty = np.median(np.stack(pictures[::20]), axis=0).astype(np.uint8)
    man = _cuts(pictures[38:51], empty, (358, 170, 411, 266), height_px=88)
    woman = _cuts(pictures[275:296], empty, (622, 292, 684, 418), height_px=86)
    return Footage(pictures, empty, (man, woman))


def _cuts(
    pictures: Sequence[Picture], empty: Picture, box_px: tuple[int, int, int, int], height_px: int
) -> tuple[Cut, ...]:
    """Return somebody's looks, cut from pictures of a box that holds little else."""
    x1, y1, x2, y2 = box_px
    cuts = []
    for picture in pictures:
        part = picture[y1:y2, x1:x2]
        mask = _outstanding(part, empty[y1:y2, x1:x2], least=2 * OUTSTANDS)
        _, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
        body = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
        top, tall = stats[body, cv2.CC_STAT_TOP], stats[body, cv2.CC_STAT_HEIGHT]
        rows = slice(max(top - 2, 0), top + tall + 1)
        alpha = cv2.GaussianBlur((labels == body).astype(np.float32), (0, 0), SOFT)
        cut = Cut(part[rows].astype(np.float32), np.asarray(alpha[rows], np.float32)[..., None])
        cuts.append(cut.scaled(height_px / tall))
    return tuple(cuts)


def _outstanding(picture: Picture, empty: Picture, *, least: int = OUTSTANDS) -> Picture:
    blue, green, red = cv2.split(cv2.absdiff(picture, empty))
    differs = cv2.max(cv2.max(blue, green), red) > least
    closed = cv2.morphologyEx(differs.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    return np.asarray(closed, np.uint8)


def filmed(footage: Footage, plan: Plan, *, until_s: float = ENDS_S) -> Iterator[Picture]:
    """Yield the pictures of the footage with what the plan says on the road."""
    for number, picture in enumerate(footage.pictures[: round(until_s * FPS)]):
        layers = sorted(plan(number / FPS), key=lambda layer: layer.foot[1])
        if not layers:
            yield picture
            continue
        before = picture[BAND]
        canvas = before.astype(np.float32)
        for layer in layers:
            _lay(canvas, layer)
        nearer = _nearer(before, footage.empty[BAND], layers[-1].foot[1] - BAND.start)
        made = picture.copy()
        made[BAND] = np.where(nearer, before, np.clip(canvas, 0, 255).astype(np.uint8))
        yield made


def _lay(canvas: npt.NDArray[np.float32], layer: Layer) -> None:
    height, width = layer.cut.alpha.shape[:2]
    left, top = layer.foot[0] - width // 2, layer.foot[1] - height - BAND.start
    inside = slice(max(-left, 0), width - max(left + width - canvas.shape[1], 0))
    if inside.start >= inside.stop:
        return
    part = canvas[top : top + height, max(left, 0) : left + inside.stop]
    alpha = layer.cut.alpha[:, inside]
    part += alpha * (layer.cut.pixels[:, inside] - part)


def _nearer(picture: Picture, empty: Picture, foot_px: int) -> npt.NDArray[np.bool_]:
    """Return ``(h, w, 1)``, where walkers are whose feet are nearer to the camera."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(_outstanding(picture, empty))
    near = [
        number
        for number in range(1, count)
        if stats[number, cv2.CC_STAT_AREA] >= LEAST_WALKER_PX
        and stats[number, cv2.CC_STAT_TOP] + stats[number, cv2.CC_STAT_HEIGHT] > foot_px
    ]
    return np.asarray(np.isin(labels, near)[..., None])


def somebody(footage: Footage, which: int, foot: Point, at_s: float) -> Layer:
    """Return one of the two who pause, as they move to and fro."""
    looks = footage.people[which]
    step = int(at_s * FPS) % (2 * len(looks) - 2)
    return Layer(looks[min(step, 2 * len(looks) - 2 - step)], foot)


class _Sheet:
    """Paper to draw on, four times as fine; y counts up from the ground."""

    def __init__(self, width: int, height: int) -> None:
        self._size = (height * FINE, width * FINE)
        self._ink = np.zeros((*self._size, 3), np.uint8)
        self._mask = np.zeros(self._size, np.uint8)
        self._height = height
        self._chance = np.random.default_rng(11)

    def shape(self, corners: Sequence[tuple[float, float]], colour: Colour) -> None:
        points = [(round(x * FINE), round((self._height - y) * FINE)) for x, y in corners]
        cv2.fillPoly(self._ink, [np.array(points, np.int32)], colour)
        cv2.fillPoly(self._mask, [np.array(points, np.int32)], 255)

    def bar(self, x1: float, y1: float, x2: float, y2: float, colour: Colour) -> None:
        self.shape([(x1, y1), (x2, y1), (x2, y2), (x1, y2)], colour)

    def ball(self, x: float, y: float, radius: float, colour: Colour) -> None:
        turns = np.linspace(0, 2 * np.pi, 24)
        self.shape([(x + radius * np.cos(a), y + radius * np.sin(a)) for a in turns], colour)

    def cut(self) -> Cut:
        """Return what is drawn, grainy, shaded towards the ground and with soft edges."""
        height, width = self._size[0] // FINE, self._size[1] // FINE
        grain = self._chance.normal(0, GRAIN, (height, width, 1))
        shade = np.linspace(12, -18, height)[:, None, None]
        ink = cv2.resize(self._ink, (width, height), interpolation=cv2.INTER_AREA)
        alpha = cv2.resize(self._mask, (width, height), interpolation=cv2.INTER_AREA) / 255
        inked = ink / np.maximum(alpha, 0.05)[..., None]
        soft = cv2.GaussianBlur(alpha, (0, 0), SOFT)
        pixels = cv2.GaussianBlur(np.clip(inked + grain + shade, 0, 255), (0, 0), 0.6)
        return Cut(pixels.astype(np.float32), soft.astype(np.float32)[..., None])


RED, CREAM, WOOD, CLOTH = (48, 44, 176), (200, 222, 232), (58, 92, 132), (120, 70, 44)
STEEL, DARK = (138, 136, 132), (44, 42, 40)
FRUIT: tuple[Colour, ...] = ((36, 66, 205), (30, 150, 232), (64, 150, 84), (70, 200, 226))


def _fruit(sheet: _Sheet, left: float, right: float, y: float) -> None:
    for number, x in enumerate(np.arange(left, right, 5.0)):
        sheet.ball(x, y + (number % 2) * 2, 3.2, FRUIT[number // 3 % len(FRUIT)])


def stall() -> Cut:
    """Return a table of fruit under a striped awning."""
    sheet = _Sheet(104, 112)
    for x in (12, 90):
        sheet.bar(x, 2, x + 3, 92, STEEL)
    sheet.shape([(14, 2), (92, 2), (96, 40), (8, 40)], CLOTH)
    for x in (28, 52, 76):
        sheet.shape([(x, 2), (x + 2, 2), (x + 3, 40), (x + 1, 40)], DARK)
    sheet.shape([(4, 40), (100, 40), (94, 54), (10, 54)], WOOD)
    for y in (44, 49):
        _fruit(sheet, 14, 92, y)
    for stripe in range(8):
        colour = RED if stripe % 2 else CREAM
        low, high = 2 + 12.5 * stripe, 14 + 9.5 * stripe
        sheet.shape([(low, 84), (low + 12.5, 84), (high + 9.5, 108), (high, 108)], colour)
        sheet.shape([(low, 78), (low + 12.5, 78), (low + 12.5, 84), (low, 84)], colour)
    return sheet.cut()


def cart() -> Cut:
    """Return a handcart with goods."""
    sheet = _Sheet(84, 60)
    sheet.shape([(10, 18), (70, 18), (74, 34), (6, 34)], WOOD)
    sheet.shape([(70, 26), (82, 40), (80, 42), (68, 30)], STEEL)
    for y in (36, 41):
        _fruit(sheet, 12, 70, y)
    for x in (24, 56):
        sheet.ball(x, 13, 12, DARK)
        sheet.ball(x, 13, 8, STEEL)
    return sheet.cut()


VAN_PX = (650, 40, 726, 102)
VAN: tuple[Point, ...] = (
    *((656, 50), (662, 45), (710, 45), (715, 52), (721, 70), (722, 88), (714, 90), (712, 94)),
    *((700, 93), (698, 99), (690, 99), (688, 95), (664, 94), (655, 91), (653, 84), (653, 62)),
)
"""Outline of the van that is parked far off, pixels."""


def van(footage: Footage) -> Cut:
    """Return the parked van of the footage, as large as it were at the corner."""
    x1, y1, x2, y2 = VAN_PX
    mask = np.zeros((y2 - y1, x2 - x1), np.float32)
    cv2.fillPoly(mask, [np.array(VAN, np.int32) - (x1, y1)], 1.0)
    alpha = cv2.GaussianBlur(mask, (0, 0), SOFT)
    pixels = footage.empty[y1:y2, x1:x2].astype(np.float32)
    return Cut(pixels, np.asarray(alpha, np.float32)[..., None]).scaled(1.8)


def a_stall_with_customers(footage: Footage, made: Cut) -> Plan:
    """A stall comes, and with it a trader and a customer at either end; all leave."""
    reach = made.alpha.shape[1] // 2
    feet = [(STALL_AT[0] - reach, STALL_AT[1] + 6), (STALL_AT[0] + reach - 6, STALL_AT[1] + 8)]

    def plan(at_s: float) -> Sequence[Layer]:
        if not ARRIVES_S <= at_s < LEAVES_S:
            return ()
        there = COME_S <= at_s < GO_S
        people = [somebody(footage, which, foot, at_s) for which, foot in enumerate(feet)]
        return (Layer(made, STALL_AT), *(people if there else ()))

    return plan


def a_thing_left_alone(made: Cut) -> Plan:
    """Something stands at the same place and time, and nobody is at it."""

    def plan(at_s: float) -> Sequence[Layer]:
        return (Layer(made, STALL_AT),) if ARRIVES_S <= at_s < LEAVES_S else ()

    return plan


Way = tuple[tuple[float, int], ...]
"""When a cart is where, pixels from the left."""

STOPS: Way = (
    (4.0, -40),
    (8.0, 130),
    (13.0, 130),
    (16.0, 270),
    (21.0, 270),
    (24.0, 440),
    (29.0, 440),
    (38.0, 810),
)
STAYS: Way = ((4.0, -40), (8.0, 270), (32.0, 270), (38.0, 810))


def a_cart_on_its_way(footage: Footage, way: Way) -> Plan:
    """Somebody pushes a cart along the road, and stops where the way says."""
    made = cart()
    times_s, lefts = zip(*way, strict=True)

    def plan(at_s: float) -> Sequence[Layer]:
        if not times_s[0] <= at_s < times_s[-1]:
            return ()
        x = round(float(np.interp(at_s, times_s, lefts)))
        return (
            Layer(made, (x, STALL_AT[1])),
            somebody(footage, 0, (x - 50, STALL_AT[1] + 2), at_s),
        )

    return plan
