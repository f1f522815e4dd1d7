"""A picture in the light of its background: camera gain, dusk and clouds taken out."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from edge.pixels.median import median

Picture = npt.NDArray[np.uint8]
"""``(H, W, 3)`` Y, Cr, Cb."""

GRID = 5
"""Every n-th sample in both directions is looked at."""

BINS = 5
LEAST_SAMPLES = 100
LEAST_SLOPE, GREATEST_SLOPE = 0.4, 2.5
STEP_LEVELS = 12.0
"""A curve that jumps by more between two pictures is a step of the light."""

FLAT_SPREAD = 20.0
"""Levels; a background of less says little about contrast."""

BRIGHTEST, DARKEST = 248, 3
"""Samples beyond have lost what they showed."""


@dataclass(frozen=True, slots=True, eq=False)
class Tone:
    """How the light of a picture becomes that of the background.

    Attributes:
        luma: ``(256,)`` uint8 lookup table, monotone.
        chroma_gain: Of the distance from grey.
        chroma_shift: (Cr, Cb) levels added.
    """

    luma: npt.NDArray[np.uint8]
    chroma_gain: float
    chroma_shift: tuple[float, float]

    def apply(self, picture: Picture) -> Picture:
        """Return the picture in the background's light."""
        levels = np.arange(256, dtype=np.float32)
        chroma = 128 + self.chroma_gain * (levels - 128)
        table = np.stack(
            [
                self.luma,
                np.clip(chroma + self.chroma_shift[0], 0, 255),
                np.clip(chroma + self.chroma_shift[1], 0, 255),
            ],
            axis=-1,
        )
        table_u8 = np.ascontiguousarray(table.round().astype(np.uint8).reshape(1, 256, 3))
        return np.asarray(cv2.LUT(picture, table_u8), np.uint8)

    def jump(self, before: "Tone") -> float:
        """Return by how many levels two curves differ at most, in the middle of the range."""
        difference = self.luma[16:240].astype(np.int16) - before.luma[16:240]
        return float(np.abs(difference).max())


def unchanged() -> Tone:
    """Return the tone that changes nothing."""
    return Tone(np.arange(256, dtype=np.uint8), 1.0, (0.0, 0.0))


def match_tone(picture: Picture, background: Picture, seen: npt.NDArray[np.bool_]) -> Tone | None:
    """Return the tone that leads from a picture to its background, None if too little is seen.

    Medians in quantile bins of the background's luma, joined by straight lines: a passer-by, who is
    in the minority in every bin, does not bend it.

    Args:
        picture: Now.
        background: ``(H, W, 3)``, uint8.
        seen: ``(H, W)``, where the background was seen a moment ago.
    """
    grid = np.s_[GRID // 2 :: GRID, GRID // 2 :: GRID]
    now, then = picture[grid][seen[grid]], background[grid][seen[grid]]
    luma = now[:, 0]
    usable = (luma < BRIGHTEST) & (luma > DARKEST)
    if np.count_nonzero(usable) < LEAST_SAMPLES:
        return None
    levels, wanted = now[usable].astype(np.float32), then[usable].astype(np.float32)
    # Of whole levels, which is four times as fast; the order is the same.
    bins = np.array_split(np.argsort(then[usable][:, 0], kind="stable"), BINS)
    xs = np.array([median(levels[one, 0]) for one in bins], np.float32)
    ys = np.array([median(wanted[one, 0]) for one in bins], np.float32)
    slope = _slope(xs, ys)
    return Tone(_curve(xs, ys, slope), slope, _chroma_shift(levels, wanted, slope))


def _slope(xs: npt.NDArray[np.float32], ys: npt.NDArray[np.float32]) -> float:
    """Return luma levels of the background per level of the picture.

    A flat scene, asphalt and nothing else, says little about contrast: there it is taken for a mere
    gain, as an exposure is.
    """
    gain = (float(median(ys)) + 1) / (float(median(xs)) + 1)
    dx, dy = float(xs.max() - xs.min()), float(ys.max() - ys.min())
    slope = (dx * dy + FLAT_SPREAD**2 * gain) / (dx * dx + FLAT_SPREAD**2)
    return float(np.clip(slope, LEAST_SLOPE, GREATEST_SLOPE))


def _curve(
    xs: npt.NDArray[np.float32], ys: npt.NDArray[np.float32], slope: float
) -> npt.NDArray[np.uint8]:
    """Return a lookup table through the points, continued with the slope beyond them."""
    order = np.argsort(xs, kind="stable")
    xs, ys = xs[order], np.maximum.accumulate(ys[order])
    if xs[-1] - xs[0] < FLAT_SPREAD:
        xs, ys = np.median(xs, keepdims=True), np.median(ys, keepdims=True)
    xs = np.concatenate([[xs[0] - 256], xs, [xs[-1] + 256]])
    ys = np.concatenate([[ys[0] - 256 * slope], ys, [ys[-1] + 256 * slope]])
    levels = np.interp(np.arange(256), xs, ys)
    return np.asarray(np.clip(levels.round(), 0, 255), np.uint8)


def _chroma_shift(
    now: npt.NDArray[np.float32], then: npt.NDArray[np.float32], gain: float
) -> tuple[float, float]:
    expected = 128 + gain * (now[:, 1:] - 128)
    off = then[:, 1:] - expected
    return float(median(off[:, 0])), float(median(off[:, 1]))
