"""How far a picture is displaced against a reference: wind and passing lorries shake cameras."""

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
    shift = np.zeros(2, np.float32)
    for level in LEVELS:
        size_wh = (picture.shape[1] // level, picture.shape[0] // level)
        now = cv2.resize(picture, size_wh, interpolation=cv2.INTER_AREA).astype(np.float32)
        then = cv2.resize(reference, size_wh, interpolation=cv2.INTER_AREA).astype(np.float32)
        seen = None
        if watched is not None:
            thin = cv2.resize(watched.astype(np.uint8), size_wh, interpolation=cv2.INTER_NEAREST)
            seen = np.asarray(thin > 0)
        shift = _refine(now, then, seen, shift / np.float32(level)) * np.float32(level)
        if np.abs(shift).max() > REACH_PX:
            return np.zeros(2, np.float32)
    return shift


def _refine(now: Floats, then: Floats, seen: npt.NDArray[np.bool_] | None, shift: Floats) -> Floats:
    across = cv2.Sobel(then, cv2.CV_32F, 1, 0, scale=1 / 8)
    down = cv2.Sobel(then, cv2.CV_32F, 0, 1, scale=1 / 8)
    # Only these are looked at again and again: half of the cost of whole pictures (measured).
    steep = across * across + down * down > STEEP
    where = np.flatnonzero(steep if seen is None else steep & seen)
    if where.size < LEAST_SAMPLES:
        return shift
    right, below, level = (_floats(one.take(where)) for one in (across, down, then))
    for outlier in OUTLIERS[:ITERATIONS]:
        matrix = np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float32)
        back = cv2.warpAffine(
            now,
            matrix,
            (now.shape[1], now.shape[0]),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        residual = _floats(back.take(where)) - level
        residual -= median(residual)
        used = np.flatnonzero(np.abs(residual) < outlier)
        if used.size < LEAST_SAMPLES:
            return shift
        x, y, r = (one.take(used) for one in (right, below, residual))
        normal = np.array([[x @ x, x @ y], [x @ y, y @ y]], np.float64)
        if np.linalg.det(normal) < SINGULAR:
            return shift
        step = np.linalg.solve(normal, np.array([x @ r, y @ r], np.float64))
        # What lies at p in the reference lies at p + shift now: the residual falls along -step.
        shift = (shift - step).astype(np.float32)
        if np.abs(step).max() < ARRIVED_PX:
            break
    return shift


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
