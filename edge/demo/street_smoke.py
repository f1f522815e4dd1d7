"""Smoke that rises from a heap: clouds of several sizes, pulled upwards at two speeds."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from models.faces import Picture

GREY = 54.0
DENSEST = 0.85
RISE_PX_S, SLOWER = 52.0, 0.65
HALF_PX, WIDENING, LEANING = 30.0, 0.28, 0.12
"""Half its width at the root, and what it gains and how far it leans per pixel of height."""

EDGE_PX = 40.0
REACH_PX = 160
FADE_S = 4.0
FADING_PX = 2.5

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Plume:
    """Where smoke has its root, in pixels, and when it rises."""

    x: int
    y: int
    from_s: float
    until_s: float


class Smoke:
    """Draws one plume."""

    def __init__(self, plume: Plume, chance: np.random.Generator) -> None:
        """Prepare the clouds."""
        self._plume = plume
        self._billows = _billows(chance)
        rows, columns = np.mgrid[0 : plume.y, -REACH_PX:REACH_PX].astype(np.float32)
        self._height = plume.y - rows
        half_px = HALF_PX + WIDENING * self._height
        aside = (columns - LEANING * self._height) / half_px
        self._shape = np.asarray(np.clip(1 - aside**2, 0, 1), np.float32)

    def draw(self, picture: Picture, now_s: float) -> None:
        """Draw it as it is at a moment; at the end it thins out."""
        plume = self._plume
        strength = min(1.0, (plume.until_s - now_s) / FADE_S)
        if now_s < plume.from_s or strength <= 0:
            return
        top_px = 2 * RISE_PX_S * (now_s - plume.from_s)
        begun = np.clip((top_px - self._height) / EDGE_PX, 0, 1)
        clouds = (self._risen(RISE_PX_S * now_s) + self._risen(SLOWER * RISE_PX_S * now_s, -1)) / 2
        opacity = np.clip((clouds - 0.28) * 2.4, 0, DENSEST) * self._shape * begun
        veil = cv2.GaussianBlur(opacity * np.float32(strength), (0, 0), FADING_PX)[..., None]
        part = picture[: plume.y, plume.x - REACH_PX : plume.x + REACH_PX]
        part[:] = (part * (1 - veil) + GREY * veil).astype(np.uint8)

    def _risen(self, by_px: float, side: int = 1) -> Floats:
        return np.roll(self._billows[:, ::side], -int(by_px), 0)[: self._plume.y]


def _billows(chance: np.random.Generator) -> Floats:
    """Return clouds of several sizes, ``(1600, 2 * REACH_PX)`` in [0, 1]."""
    total = np.zeros((1600, 2 * REACH_PX), np.float32)
    for count in (4, 8, 16, 32):
        coarse = chance.normal(0, 1, (5 * count, count)).astype(np.float32)
        fine = cv2.resize(coarse, (320, 1600), interpolation=cv2.INTER_CUBIC)
        total += np.asarray(fine, np.float32) / np.float32(np.sqrt(count))
    return np.asarray((total - total.min()) / np.ptp(total), np.float32)
