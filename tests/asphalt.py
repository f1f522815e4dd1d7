"""Small pictures of a street in Y, Cr and Cb, for tests of what looks at them."""

from collections.abc import Callable
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from edge.street.background import Background, View
from edge.street.blobs import Blob, Verdict, find_blobs
from edge.street.tone import Picture

SIZE_WH = (320, 180)
BOX_PX = (140, 90, 190, 130)
"""Where a thing is put: x1, y1, x2, y2."""

RED = (120, 190, 100)
WHITE = (215, 126, 130)
DARK = (45, 130, 126)
Pixels = tuple[int, int, int, int]
Change = Callable[[Picture, int], Picture]


def _surface(seed: int, size_wh: tuple[int, int], depth: float) -> npt.NDArray[np.float32]:
    width, height = size_wh
    grain = np.random.default_rng(seed).normal(0, 1, (height, width)).astype(np.float32)
    smooth = cv2.GaussianBlur(grain, (0, 0), 1.2)
    return np.asarray(smooth / smooth.std() * depth)


def a_street(seed: int = 3) -> Picture:
    """Return asphalt with a wall behind it, a kerb and lines: ``(180, 320, 3)``."""
    width, height = SIZE_WH
    luma = 105 + _surface(seed, SIZE_WH, 5.0)
    luma[:50] += 45
    luma[50:54] += 85
    luma[:50, 40::60] -= 60
    luma[:50, 41::60] -= 60
    luma[170:173] += 70
    luma[54:, 60:63] += 55
    luma[54:, 250:253] += 55
    street = np.full((height, width, 3), 128, np.float32)
    street[..., 0] = luma
    street[:50, :, 1] += 6
    return np.clip(street, 0, 255).astype(np.uint8)


def put(
    picture: Picture, box_px: Pixels = BOX_PX, colour: tuple[int, int, int] = RED, *, seed: int = 1
) -> Picture:
    """Return a picture with a thing of its own colour and grain in front."""
    x1, y1, x2, y2 = box_px
    x1, y1, x2, y2 = max(x1, 0), max(y1, 0), min(x2, SIZE_WH[0]), min(y2, SIZE_WH[1])
    after = picture.copy()
    if x2 > x1 and y2 > y1:
        thing = np.empty((y2 - y1, x2 - x1, 3), np.float32)
        thing[:] = colour
        thing[..., 0] += _surface(seed, (x2 - x1, y2 - y1), 9.0)
        after[y1:y2, x1:x2] = np.clip(thing, 0, 255)
    return after


@cache
def _grain(number: int, shape: tuple[int, ...]) -> npt.NDArray[np.int16]:
    noise = np.random.default_rng(number).normal(0, 1.5, shape)
    return np.asarray(noise.round(), np.int16)


def noisy(picture: Picture, number: int) -> Picture:
    """Return a picture with a sensor's noise."""
    grain = _grain(number % 16, picture.shape)
    return np.asarray(np.clip(picture + grain, 0, 255), np.uint8)


def gained(picture: Picture, gain: float) -> Picture:
    """Return a picture in more or less light: luma and the distance from grey are scaled."""
    lit = picture.astype(np.float32)
    lit[..., 0] *= gain
    lit[..., 1:] = 128 + gain * (lit[..., 1:] - 128)
    return np.clip(lit, 0, 255).astype(np.uint8)


class Watch:
    """A background that is shown pictures, one a second if nothing else is said."""

    def __init__(self, *, survive_s: float = 20.0) -> None:
        self.background = Background(survive_s=survive_s)
        self.survive_s = survive_s
        self.now_s = 0.0
        self.seen = 0
        self.view: View | None = None

    def see(
        self, picture: Picture, looks: int, *, every_s: float = 1.0, change: Change | None = None
    ) -> View:
        """Return the last view after a number of looks at a picture, each changed in its way."""
        for _ in range(looks):
            self.now_s += every_s
            self.seen += 1
            shown = noisy(picture if change is None else change(picture, self.seen), self.seen)
            self.view = self.background.observe(shown, self.now_s)
        assert self.view is not None
        return self.view

    def blobs(self, *, mature_s: float = 10.0, lenient: bool = True) -> list[Blob]:
        """Return what stands."""
        assert self.view is not None
        return find_blobs(self.background, self.view, mature_s=mature_s, lenient=lenient)

    def things(self, *, mature_s: float = 10.0) -> list[Blob]:
        """Return the things among what stands."""
        return [one for one in self.blobs(mature_s=mature_s) if one.verdict is Verdict.THING]


def put_bus(
    picture: Picture, box_px: Pixels, colour: tuple[int, int, int] = RED, *, seed: int = 2
) -> Picture:
    """Return a picture with a bus in front: a body, a pale roof, dark windows and wheels."""
    x1, y1, x2, y2 = box_px
    high = y2 - y1
    after = put(picture, box_px, colour, seed=seed)
    after = put(after, (x1, y1, x2, y1 + high // 6), WHITE, seed=seed + 1)
    for left in range(x1 + 4, x2 - 14, 20):
        window = (left, y1 + high // 4, left + 14, y1 + high // 2)
        after = put(after, window, DARK, seed=seed + left)
    for left in (x1 + 8, x2 - 32):
        after = put(after, (left, y2 - high // 5, left + 24, y2), (20, 128, 128), seed=seed)
    return after
