"""A brush for drawn things: smooth edges, and coordinates of the thing itself."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from models.faces import Picture

Colour = tuple[int, int, int]
"""Blue, green, red."""

BITS = 4
"""Of a pixel's fraction: what moves slowly must not jump from pixel to pixel."""

UNIT = 1 << BITS
SHADE = 0.35


@dataclass(frozen=True, slots=True)
class Brush:
    """Draws into a picture; a thing stands at (0, 0), y up.

    Attributes:
        picture: ``(H, W, 3)`` BGR, drawn into.
        x, y: Where the thing stands, in pixels.
        scale: Pixels of one unit.
    """

    picture: Picture
    x: float
    y: float
    scale: float = 1.0

    def polygon(self, corners: Sequence[tuple[float, float]], colour: Colour) -> None:
        """Fill a polygon."""
        points = np.array([self._at(*corner) for corner in corners], np.int32)
        cv2.fillPoly(self.picture, [points], colour, cv2.LINE_AA, BITS)

    def box(self, left: float, bottom: float, right: float, top: float, colour: Colour) -> None:
        """Fill a rectangle."""
        self.polygon([(left, bottom), (right, bottom), (right, top), (left, top)], colour)

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """Fill a circle."""
        at = self._at(x, y)
        size = round(radius * self.scale * UNIT)
        cv2.circle(self.picture, at, size, colour, cv2.FILLED, cv2.LINE_AA, BITS)

    def line(
        self, begin: tuple[float, float], end: tuple[float, float], width: float, colour: Colour
    ) -> None:
        """Draw a line."""
        thickness = max(round(width * self.scale), 1)
        cv2.line(
            self.picture, self._at(*begin), self._at(*end), colour, thickness, cv2.LINE_AA, BITS
        )

    def shadow(self, x: float, width: float, depth: float) -> None:
        """Darken the ground below the thing, softly."""
        half_w, half_h = width * self.scale / 2, depth * self.scale / 2
        middle_x, middle_y = self.x + x * self.scale, self.y
        height, total = self.picture.shape[:2]
        left, right = max(int(middle_x - half_w), 0), min(int(middle_x + half_w), total)
        top, bottom = max(int(middle_y - half_h), 0), min(int(middle_y + half_h), height)
        if left >= right or top >= bottom:
            return
        ys, xs = np.mgrid[top:bottom, left:right].astype(np.float32)
        away = np.hypot((xs - middle_x) / half_w, (ys - middle_y) / half_h)
        light = 1 - SHADE * np.clip(1.2 - 1.2 * away, 0, 1)
        part = self.picture[top:bottom, left:right]
        part[:] = (part * light[..., None]).astype(np.uint8)

    def _at(self, x: float, y: float) -> tuple[int, int]:
        return (
            round((self.x + x * self.scale) * UNIT),
            round((self.y - y * self.scale) * UNIT),
        )
