"""Coarse squares: what they cover cannot be brought back."""

from collections.abc import Sequence

import cv2
import numpy as np

from edge.domain.geometry import Box
from edge.stills import Picture

SQUARES = 3
"""Across a box and down; between the eyes of a face lies one square."""


def coarsened(picture: Picture, boxes: Sequence[Box]) -> Picture:
    """Return a copy in which every box is a few squares of one colour each.

    Args:
        picture: ``(H, W, 3)`` BGR.
        boxes: As shares of the picture; may reach beyond it.
    """
    redacted = np.ascontiguousarray(picture).copy()
    height, width = picture.shape[:2]
    for x1, y1, x2, y2 in boxes:
        left, right = max(int(x1 * width), 0), min(int(np.ceil(x2 * width)), width)
        top, bottom = max(int(y1 * height), 0), min(int(np.ceil(y2 * height)), height)
        if right <= left or bottom <= top:
            continue
        # From the picture as it was: a second box over the first must not be finer.
        part = picture[top:bottom, left:right]
        small = cv2.resize(part, (SQUARES, SQUARES), interpolation=cv2.INTER_AREA)
        redacted[top:bottom, left:right] = cv2.resize(
            small, (right - left, bottom - top), interpolation=cv2.INTER_NEAREST
        )
    return redacted


def widened(box: Box, *, beside: float, above: float, below: float) -> Box:
    """Return a box grown by shares of its own sides."""
    x1, y1, x2, y2 = box
    width, height = x2 - x1, y2 - y1
    return (x1 - beside * width, y1 - above * height, x2 + beside * width, y2 + below * height)
