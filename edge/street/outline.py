"""How sharply a patch stands out against what is around it."""

import cv2
import numpy as np

from edge.street.background import Floats, Mask

REACH_PX = 6


def outline_strength(picture: Floats, mask: Mask) -> float:
    """Return the mean gradient across a mask's outline, levels.

    Args:
        picture: ``(h, w, 3)``.
        mask: ``(h, w)``; smoothed, so that the direction of the outline is that of the thing.
    """
    top, bottom, left, right = padded(mask, REACH_PX)
    crop, inside = picture[top:bottom, left:right], mask[top:bottom, left:right]
    rim = inside & (cv2.erode(inside.astype(np.uint8), np.ones((3, 3), np.uint8)) == 0)
    if not rim.any():
        return 0.0
    soft = cv2.GaussianBlur(inside.astype(np.float32), (0, 0), 1.5)
    across, down = cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)
    across, down = across[rim], down[rim]
    length = np.sqrt(across * across + down * down) + 1e-6
    total = np.zeros(length.size, np.float32)
    for channel in range(3):
        plane = np.ascontiguousarray(crop[..., channel], np.float32)
        x = cv2.Sobel(plane, cv2.CV_32F, 1, 0)[rim] * (across / length)
        y = cv2.Sobel(plane, cv2.CV_32F, 0, 1)[rim] * (down / length)
        total += np.abs(x + y)
    return float(total.mean()) / 4


def padded(mask: Mask, margin: int) -> tuple[int, int, int, int]:
    """Return top, bottom, left and right of a mask with a margin, cut off at the picture."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    height, width = mask.shape
    return (
        max(int(rows[0]) - margin, 0),
        min(int(rows[-1]) + margin + 1, height),
        max(int(columns[0]) - margin, 0),
        min(int(columns[-1]) + margin + 1, width),
    )
