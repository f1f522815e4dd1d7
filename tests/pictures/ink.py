"""Drawing in metres; what is drawn knows its box."""

from collections.abc import Sequence
from math import cos, pi, sin

from edge.domain.geometry import Box, Point
from tests.pictures.camera import Camera, Metres, as_shares

CAMERA = Camera()


def tinted(colour: str, by: float) -> str:
    """Return ``#rrggbb`` moved towards white (by > 0) or black (by < 0)."""
    channels = [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
    goal = 255 if by > 0 else 0
    return "#" + "".join(f"{round(one + (goal - one) * abs(by)):02x}" for one in channels)


def number(value: float) -> str:
    """Return a number as short as it can be at a tenth of a pixel."""
    return f"{value:.1f}".removesuffix(".0")


def pixels(points: Sequence[Point]) -> str:
    """Return the points of an SVG polygon."""
    return " ".join(f"{number(x)},{number(y)}" for x, y in points)


class Ink:
    """Collects the parts of one thing, from the farthest to the nearest."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._seen: list[Point] = []

    @property
    def svg(self) -> str:
        """Return what was drawn."""
        return "".join(self.parts)

    @property
    def box(self) -> Box:
        """Return what a detector would say, without shadows."""
        xs, ys = zip(*self._seen, strict=True)
        return as_shares(min(xs), min(ys), max(xs), max(ys))

    def add(self, other: "Ink") -> None:
        """Draw another thing as a part of this one."""
        self.parts += other.parts
        self._seen += other._seen

    def face(self, corners: Sequence[Metres], fill: str, *, opacity: float = 1.0) -> None:
        """Draw a polygon."""
        points = [CAMERA.pixel(corner) for corner in corners]
        self._seen += points
        self.parts.append(f'<polygon points="{pixels(points)}" fill="{fill}"{_faint(opacity)}/>')

    def flat(self, corners: Sequence[Point], z: float, fill: str, *, opacity: float = 1.0) -> None:
        """Draw a polygon of x and y that faces the camera's side of the street."""
        self.face([(x, y, z) for x, y in corners], fill, opacity=opacity)

    def ground(self, corners: Sequence[Point], fill: str, *, opacity: float = 1.0) -> None:
        """Draw a polygon of x and z on the ground."""
        self.face([(x, 0.0, z) for x, z in corners], fill, opacity=opacity)

    def line(self, points: Sequence[Metres], width_m: float, colour: str) -> None:
        """Draw a line with round ends."""
        seen = [CAMERA.pixel(point) for point in points]
        width = width_m * CAMERA.scale(points[0])
        for x, y in seen:
            self._seen += [(x - width / 2, y - width / 2), (x + width / 2, y + width / 2)]
        self.parts.append(
            f'<polyline points="{pixels(seen)}" fill="none" stroke="{colour}"'
            f' stroke-width="{number(width)}" stroke-linecap="round" stroke-linejoin="round"/>'
        )

    def disc(
        self,
        at: Metres,
        radius_m: float,
        fill: str,
        *,
        opacity: float = 1.0,
        rim: tuple[str, float] | None = None,
    ) -> None:
        """Draw a circle that faces the camera; the rim has a colour and a width in metres."""
        (x, y), scale = CAMERA.pixel(at), CAMERA.scale(at)
        radius = radius_m * scale
        self._seen += [(x - radius, y - radius), (x + radius, y + radius)]
        stroke = (
            f' stroke="{rim[0]}" stroke-width="{number(max(rim[1] * scale, 0.5))}"' if rim else ""
        )
        self.parts.append(
            f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" fill="{fill}"'
            f"{stroke}{_faint(opacity)}/>"
        )

    def shadow(self, x: float, z: float, width_m: float, depth_m: float) -> None:
        """Draw a soft shadow on the ground; it is no part of the thing."""
        ring = [
            CAMERA.pixel((x + width_m / 2 * cos(t), 0.0, z + depth_m / 2 * sin(t)))
            for t in (2 * pi * n / 20 for n in range(20))
        ]
        self.parts.append(f'<polygon points="{pixels(ring)}" fill="#101828" opacity="0.18"/>')

    def solid(self, profile: Sequence[Point], near_z: float, far_z: float, colour: str) -> None:
        """Draw a prism: a convex outline of x and y, counterclockwise, pulled away from us."""
        sides: list[tuple[float, list[Metres], str]] = []
        for start, end in zip(profile, [*profile[1:], profile[0]], strict=True):
            corners: list[Metres] = [
                (*start, near_z),
                (*end, near_z),
                (*end, far_z),
                (*start, far_z),
            ]
            if _turns([CAMERA.pixel(corner) for corner in corners]) > 0:
                flatness = abs(end[0] - start[0]) / (
                    abs(end[0] - start[0]) + abs(end[1] - start[1])
                )
                shade = tinted(colour, 0.30 * flatness - 0.22 * (1 - flatness))
                sides.append((CAMERA.depth_m(corners[0]), corners, shade))
        for _, corners, shade in sorted(sides, key=lambda side: -side[0]):
            self.face(corners, shade)
        self.flat(profile, near_z, colour)

    def block(self, left: float, width: float, height: float, zs: Point, colour: str) -> None:
        """Draw a box that stands on the ground between two depths."""
        self.solid(
            [(left, 0.0), (left + width, 0.0), (left + width, height), (left, height)], *zs, colour
        )

    def slab(self, xs: Point, ys: Point, zs: Point, colour: str) -> None:
        """Draw a box anywhere."""
        self.solid([(xs[0], ys[0]), (xs[1], ys[0]), (xs[1], ys[1]), (xs[0], ys[1])], *zs, colour)


def _faint(opacity: float) -> str:
    return "" if opacity >= 1 else f' opacity="{opacity:.2g}"'


def _turns(points: Sequence[Point]) -> float:
    return sum(
        x1 * y2 - x2 * y1
        for (x1, y1), (x2, y2) in zip(points, [*points[1:], points[0]], strict=True)
    )
