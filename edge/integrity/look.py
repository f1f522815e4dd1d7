"""What one picture says about its camera: brightness, contrast, sharpness, where its edges are."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

WIDEST_PX = 320
EDGES_WH = (160, 90)
TILES_WH = (16, 9)
ROWS = 45
"""Rows in full resolution that sharpness is measured on."""

CAPTION = 0.12
"""Share of the height, above and below, where cameras write clock and name: these stay sharp and
go on changing whatever happens to the lens."""

EDGE_FLOOR = 6.0
"""Gradient in luma levels below which an edge is noise."""

DARK_FLOOR = 10.0
NEAR_NOISE = 6
"""Luma levels between neighbours that night's noise makes too."""

WIDE_NOISE = 12
BRIGHT = 70
"""Luma that a lamp exceeds and a covered or dead sensor does not."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One picture, measured.

    Attributes:
        sample: ``(h, w)`` luma of the uncaptioned part, thinned out, not smoothed.
        level: Mean luma.
        spread: Standard deviation of the smoothed luma.
        bright: Share of the picture that is brighter than any dark one.
        contrast: ``(9, 16)`` mean gradient of each tile over its brightness: a gain cancels out.
        near: ``(9, 16)`` mean steps from one sample to the next, of the uncaptioned part.
        wide: ``(9, 16)`` mean steps over 1/64 of the width: haze takes from both alike, a blurred
            lens from ``near``.
        edges: ``(90, 160)`` gradient over its neighbourhood's, in [0, 4].
    """

    sample: Grey
    level: float
    spread: float
    bright: float
    contrast: Floats
    near: Floats
    wide: Floats
    edges: Floats


def look(luma: Grey) -> Look:
    """Return the measures of a picture.

    Args:
        luma: ``(H, W)``, at least 64 samples wide and high.
    """
    width = luma.shape[1]
    step = max(-(-width // WIDEST_PX), 1)
    thin = np.ascontiguousarray(luma[step // 2 :: step, step // 2 :: step])
    small = np.asarray(cv2.resize(thin, EDGES_WH, interpolation=cv2.INTER_AREA), np.uint8)
    gradient = _gradient(small)
    tiles = cv2.resize(gradient, TILES_WH, interpolation=cv2.INTER_AREA)
    levels = cv2.resize(small, TILES_WH, interpolation=cv2.INTER_AREA)
    mean, deviation = cv2.meanStdDev(small)
    # A whole camera that compresses its black differs from one that does not by 16 levels.
    contrast = tiles / (levels.astype(np.float32) + np.float32(DARK_FLOOR))
    near = cv2.blur(gradient, (15, 15), borderType=cv2.BORDER_REFLECT)
    edges = np.minimum(gradient / (near + np.float32(EDGE_FLOOR)), np.float32(4))
    near_steps, wide_steps = _steepness(luma)
    caption = round(thin.shape[0] * CAPTION)
    return Look(
        sample=thin[caption : thin.shape[0] - caption],
        level=float(mean.item()),
        spread=float(deviation.item()),
        bright=float(np.count_nonzero(small > BRIGHT)) / small.size,
        contrast=np.asarray(contrast, np.float32),
        near=near_steps,
        wide=wide_steps,
        edges=np.asarray(edges, np.float32),
    )


def _gradient(small: Grey) -> Floats:
    across = cv2.Sobel(small, cv2.CV_32F, 1, 0, scale=1 / 4)
    down = cv2.Sobel(small, cv2.CV_32F, 0, 1, scale=1 / 4)
    return np.asarray(cv2.magnitude(across, down), np.float32)


def _steepness(luma: Grey) -> tuple[Floats, Floats]:
    height, width = luma.shape
    caption = int(height * CAPTION)
    rows = luma[caption : height - caption : max(height // ROWS, 1)]
    far = max(width // 64, 4)
    near = cv2.absdiff(rows[:, 1:], rows[:, :-1])
    wide = cv2.absdiff(rows[:, far:], rows[:, :-far])
    return _tiled(np.asarray(near, np.uint8), NEAR_NOISE), _tiled(
        np.asarray(wide, np.uint8), WIDE_NOISE
    )


def _tiled(differences: Grey, noise: int) -> Floats:
    """Return the mean of what exceeds the noise, per tile."""
    across, down = TILES_WH
    height, width = differences.shape
    # Whole numbers of samples a tile: four times as fast, and the rest is a few samples.
    even = differences[: max(height // down, 1) * down, : width // across * across]
    above = np.maximum(even, np.uint8(noise)) - np.uint8(noise)
    tiles = cv2.resize(above.astype(np.float32), TILES_WH, interpolation=cv2.INTER_AREA)
    return np.asarray(tiles, np.float32)
