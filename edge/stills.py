"""Pictures that leave the box with a message: small enough, marked, and without faces."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from edge.domain.geometry import Box, Polygon

Picture = npt.NDArray[np.uint8]
"""``(H, W, 3)`` BGR."""

STILL_BYTES = 256 * 1024
QUALITIES = (85, 70, 55, 40)
LONGER_SIDES_PX = (1280, 960, 640)
HEAD_SHARE = 0.3
"""Of a person's box, from above."""

LEAST_HEAD_PX = 4
MARK = (40, 40, 235)
ZONE = (0, 200, 255)
SHADOW = (0, 0, 0)


def encode_still(picture: Picture) -> bytes:
    """Return a JPEG of at most ``STILL_BYTES``: smaller and coarser until it fits."""
    encoded = b""
    for longer_px in LONGER_SIDES_PX:
        scale = min(longer_px / max(picture.shape[:2]), 1.0)
        small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        for quality in QUALITIES:
            encoded = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
            if len(encoded) <= STILL_BYTES:
                return encoded
    return encoded


def without_faces(picture: Picture, people: Sequence[Box]) -> Picture:
    """Return a copy in which the head of every person is a few coarse squares.

    Args:
        picture: ``(H, W, 3)`` BGR.
        people: Boxes as shares of the picture.
    """
    blurred = np.ascontiguousarray(picture).copy()
    height, width = picture.shape[:2]
    for x1, y1, x2, y2 in people:
        left, right = max(int(x1 * width), 0), min(round(x2 * width), width)
        top = max(int(y1 * height), 0)
        bottom = min(round((y1 + (y2 - y1) * HEAD_SHARE) * height), height)
        if right - left < LEAST_HEAD_PX or bottom - top < LEAST_HEAD_PX:
            continue
        head = blurred[top:bottom, left:right]
        coarse = cv2.resize(head, (3, 3), interpolation=cv2.INTER_AREA)
        size_wh = (right - left, bottom - top)
        blurred[top:bottom, left:right] = cv2.resize(
            coarse, size_wh, interpolation=cv2.INTER_NEAREST
        )
    return blurred


def draw_polygon(
    picture: Picture, polygon: Polygon, *, colour: tuple[int, int, int] = ZONE
) -> None:
    """Draw a polygon's outline into a picture; corners are shares of it."""
    size = np.array([picture.shape[1], picture.shape[0]], np.float32)
    corners = (np.asarray(polygon, np.float32) * size).round().astype(np.int32)
    cv2.polylines(picture, [corners], True, SHADOW, 3, cv2.LINE_AA)
    cv2.polylines(picture, [corners], True, colour, 1, cv2.LINE_AA)


def draw_box(
    picture: Picture, box: Box, label: str, *, colour: tuple[int, int, int] = MARK
) -> None:
    """Draw a box and its label, in ASCII, into a picture; corners are shares of it."""
    height, width = picture.shape[:2]
    x1, y1, x2, y2 = (
        round(edge * side) for edge, side in zip(box, (width, height) * 2, strict=True)
    )
    cv2.rectangle(picture, (x1, y1), (x2, y2), SHADOW, 4)
    cv2.rectangle(picture, (x1, y1), (x2, y2), colour, 2)
    draw_label(picture, (max(x1, 0), max(y1 - 8, 16)), label, colour=colour)


def draw_label(
    picture: Picture, at_xy: tuple[int, int], label: str, *, colour: tuple[int, int, int] = MARK
) -> None:
    """Write ASCII into a picture so that it can be read on anything."""
    font, size, thickness = cv2.FONT_HERSHEY_SIMPLEX, 0.5, 1
    (width, height), base = cv2.getTextSize(label, font, size, thickness)
    x = max(min(at_xy[0], picture.shape[1] - width - 2), 2)
    y = max(min(at_xy[1], picture.shape[0] - base - 2), height + 2)
    cv2.rectangle(picture, (x - 2, y - height - 2), (x + width + 2, y + base), SHADOW, cv2.FILLED)
    cv2.putText(picture, label, (x, y), font, size, colour, thickness, cv2.LINE_AA)
