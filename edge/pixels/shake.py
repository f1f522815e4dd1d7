"""How far a picture is displaced against a reference: wind and passing lorries shake cameras."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from edge.pixels.median import median

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

REACH_PX = 10.0
"""A larger displacement is no shake; the camera was turned."""

LEVELS = (4, 2)
"""The picture is compared at a quarter and at half its size."""

ITERATIONS = 3
STEEP = 9.0
"""Squared gradient above which a sample tells where the picture is."""

OUTLIERS = (40.0, 25.0, 25.0)
"""Residuals that belong to something that moved, per iteration; luma levels."""

LEAST_SAMPLES = 30
SINGULAR = 1e-3
ARRIVED_PX = 0.02


class Anchor:
    """A picture that others are held against; what is asked of it again is worked out once."""

    def __init__(self, reference: Grey, watched: npt.NDArray[np.bool_] | None = None) -> None:
        """Take a picture.

        Args:
            reference: ``(H, W)``.
            watched: ``(H, W)``, where others show the same things; None for everywhere.
        """
        self._reference, self._watched = reference, watched
        self._steps: dict[int, _Steps] = {}

    def displacement(self, picture: Grey) -> Floats:
        """Return as ``displacement`` does."""
        shift = np.zeros(2, np.float32)
        for level in LEVELS:
            steps = self._steps_at(level)
            if steps.where.size >= LEAST_SAMPLES:
                now = _shrunk(picture, level).astype(np.float32)
                shift = _refine(now, steps, shift / np.float32(level)) * np.float32(level)
            if np.abs(shift).max() > REACH_PX:
                return np.zeros(2, np.float32)
        return shift

    def _steps_at(self, level: int) -> "_Steps":
        if level not in self._steps:
            self._steps[level] = _steps_of(self._reference, self._watched, level)
        return self._steps[level]


@dataclass(frozen=True, slots=True, eq=False)
class _Steps:
    """Samples of a reference that tell where a picture is, ``(N,)`` each.

    Attributes:
        where: Of the flattened picture.
        right, below: Gradient.
        level: Luma.
    """

    where: npt.NDArray[np.intp]
    right: Floats
    below: Floats
    level: Floats


def displacement(
    picture: Grey, reference: Grey, watched: npt.NDArray[np.bool_] | None = None
) -> Floats:
    """Return (x, y) in pixels by which the picture lies right of and below the reference.

    Translation by Lucas and Kanade (1981), coarse to fine, on samples that are not covered.

    Args:
        picture: ``(H, W)``.
        reference: ``(H, W)``.
        watched: ``(H, W)``, where both show the same things; None for everywhere.

    Returns:
        ``(2,)``; zero where nothing can be told or the displacement is out of reach.
    """
    return Anchor(reference, watched).displacement(picture)


def _shrunk(picture: Grey, level: int) -> Grey:
    size_wh = (picture.shape[1] // level, picture.shape[0] // level)
    return np.asarray(cv2.resize(picture, size_wh, interpolation=cv2.INTER_AREA), np.uint8)


def _steps_of(reference: Grey, watched: npt.NDArray[np.bool_] | None, level: int) -> _Steps:
    then = _shrunk(reference, level).astype(np.float32)
    across = cv2.Sobel(then, cv2.CV_32F, 1, 0, scale=1 / 8)
    down = cv2.Sobel(then, cv2.CV_32F, 0, 1, scale=1 / 8)
    # Only these are looked at again and again: half of the cost of whole pictures (measured).
    told = across * across + down * down > STEEP
    if watched is not None:
        size_wh = then.shape[::-1]
        seen = cv2.resize(watched.view(np.uint8), size_wh, interpolation=cv2.INTER_NEAREST)
        told &= seen > 0
    where = np.flatnonzero(told)
    return _Steps(where, *(_floats(one.take(where)) for one in (across, down, then)))


def _refine(now: Floats, steps: _Steps, shift: Floats) -> Floats:
    for outlier in OUTLIERS[:ITERATIONS]:
        residual = _floats(_back(now, shift).take(steps.where)) - steps.level
        residual -= median(residual)
        used = np.flatnonzero(np.abs(residual) < outlier)
        if used.size < LEAST_SAMPLES:
            return shift
        x, y, r = (one.take(used) for one in (steps.right, steps.below, residual))
        xx, xy, yy, xr, yr = (float(a @ b) for a, b in ((x, x), (x, y), (y, y), (x, r), (y, r)))
        determinant = xx * yy - xy * xy
        if determinant < SINGULAR:
            return shift
        step = np.array([yy * xr - xy * yr, xx * yr - xy * xr]) / determinant
        # What lies at p in the reference lies at p + shift now: the residual falls along -step.
        shift = (shift - step).astype(np.float32)
        if np.abs(step).max() < ARRIVED_PX:
            break
    return shift


def _back(now: Floats, shift: Floats) -> Floats:
    if not shift.any():
        return now
    moved = cv2.warpAffine(
        now,
        np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float32),
        (now.shape[1], now.shape[0]),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return _floats(moved)


def undo(picture: npt.NDArray[np.uint8], shift: Floats) -> npt.NDArray[np.uint8]:
    """Return the picture moved back by a displacement."""
    matrix = np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float32)
    moved = cv2.warpAffine(
        picture,
        matrix,
        (picture.shape[1], picture.shape[0]),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(moved, np.uint8)


def _floats(values: npt.NDArray[np.number]) -> Floats:
    return np.asarray(values, np.float32)
