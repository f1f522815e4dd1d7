"""Which pixels have the colours of fire, and which of them come and go.

All pictures are ``(h, w, 3)`` uint8 BGR, all masks ``(h, w)`` uint8 of 0 and 255.
"""

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]

ORANGE_RED, ORANGE_OVER_GREEN, ORANGE_OVER_BLUE = 150, 15, 70
SOOTY_RED, SOOTY_OVER_GREEN, SOOTY_OVER_BLUE = 110, 50, 40
CORE_RED, CORE_LUMA, CORE_OVER_BLUE = 225, 170, 25
"""Levels, measured on public clips; the red-leads-green-leads-blue order is Chen's (2004)."""

TURNOVER_LEVELS = 30
"""Twice what a codec does to a still orange wall, half of what a flame does."""


def flame_coloured(picture: Pixels) -> Pixels:
    """Return 255 where a pixel has a flame's colour: orange, or the deep red of a sooty one."""
    blue, green, red = cv2.split(picture)
    over_green, over_blue = cv2.subtract(red, green), cv2.subtract(red, blue)
    least = min(ORANGE_OVER_GREEN, SOOTY_OVER_GREEN), min(ORANGE_OVER_BLUE, SOOTY_OVER_BLUE)
    found = np.zeros(red.shape, np.uint8)
    # Most streets are grey: two comparisons tell, and the rest is asked of few pixels.
    likely = np.flatnonzero((over_green > least[0]) & (over_blue > least[1]))
    if likely.size == 0:
        return found
    blue, green, red = blue.take(likely), green.take(likely), red.take(likely)
    over_green, over_blue = over_green.take(likely), over_blue.take(likely)
    orange = (red > ORANGE_RED) & (over_green > ORANGE_OVER_GREEN) & (over_blue > ORANGE_OVER_BLUE)
    sooty = (red > SOOTY_RED) & (over_green > SOOTY_OVER_GREEN) & (over_blue > SOOTY_OVER_BLUE)
    found.reshape(-1)[likely[(orange & (green > blue)) | sooty]] = 255
    return found


def flame_core(picture: Pixels, luma: Pixels) -> Pixels:
    """Return 255 where a flame's colour is close to burning out the sensor."""
    core = np.zeros(luma.shape, np.uint8)
    bright = luma > CORE_LUMA
    if not bright.any():
        return core
    where = np.flatnonzero(bright & (cv2.extractChannel(picture, 2) > CORE_RED))
    blue, green, red = picture.reshape(-1, 3)[where].astype(np.int16).T
    ordered = (red >= green) & (green >= blue)
    core.reshape(-1)[where[ordered & (red - blue > CORE_OVER_BLUE)]] = 255
    return core


def turnover(
    picture: Pixels, before: Pixels, flame: Pixels, was_flame: Pixels
) -> tuple[Pixels, Pixels]:
    """Return 255 where flame appeared and where it vanished."""
    turned = np.asarray(cv2.bitwise_xor(flame, was_flame), np.uint8)
    if cv2.countNonZero(turned):
        where = np.flatnonzero(turned > 0)
        step = cv2.absdiff(picture.reshape(-1, 3)[where], before.reshape(-1, 3)[where])
        turned.reshape(-1)[where[step.max(axis=1) <= TURNOVER_LEVELS]] = 0
    lit, died = cv2.bitwise_and(turned, flame), cv2.bitwise_and(turned, was_flame)
    return np.asarray(lit, np.uint8), np.asarray(died, np.uint8)
