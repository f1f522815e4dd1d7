"""A camera on a pole: from metres on a street to pixels of a picture."""

from dataclasses import dataclass
from math import cos, radians, sin

from edge.domain.geometry import Box, Point

Metres = tuple[float, float, float]
"""To the right of the pole, above the ground, away from the pole."""

WIDTH, HEIGHT = 960, 540


@dataclass(frozen=True, slots=True)
class Camera:
    """A pinhole; it looks straight across the street and down.

    Attributes:
        focal: Focal length in widths of the picture.
    """

    height_m: float = 5.5
    tilt_deg: float = 17.0
    focal: float = 0.85

    def depth_m(self, at: Metres) -> float:
        """Return how far in front of the pinhole something is."""
        tilt = radians(self.tilt_deg)
        return at[2] * cos(tilt) + (self.height_m - at[1]) * sin(tilt)

    def pixel(self, at: Metres) -> Point:
        """Return where something is seen."""
        tilt = radians(self.tilt_deg)
        scale = self.scale(at)
        up = (at[1] - self.height_m) * cos(tilt) + at[2] * sin(tilt)
        return (WIDTH / 2 + scale * at[0], HEIGHT / 2 - scale * up)

    def scale(self, at: Metres) -> float:
        """Return how many pixels a metre is there."""
        return self.focal * WIDTH / self.depth_m(at)

    def on_ground(self, *corners: Point) -> tuple[Point, ...]:
        """Return a polygon on the ground, x and z in metres, as shares of the picture."""
        pixels = (self.pixel((x, 0.0, z)) for x, z in corners)
        return tuple((round(u / WIDTH, 4), round(v / HEIGHT, 4)) for u, v in pixels)


def as_shares(left: float, top: float, right: float, bottom: float) -> Box:
    """Return a box in pixels as shares of the picture, cut at its edges."""
    return (
        round(max(left, 0) / WIDTH, 4),
        round(max(top, 0) / HEIGHT, 4),
        round(min(right, WIDTH) / WIDTH, 4),
        round(min(bottom, HEIGHT) / HEIGHT, 4),
    )
