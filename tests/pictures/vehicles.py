"""Cars, vans and bikes, drawn from the side."""

from edge.domain.geometry import Point
from tests.pictures.ink import Ink, tinted

GLASS, TYRE, RIM = "#33465a", "#272c33", "#c9d1d9"

BODY: tuple[Point, ...] = (
    (0.05, 0.28),
    (4.30, 0.28),
    (4.42, 0.45),
    (4.36, 0.78),
    (4.20, 0.86),
    (3.30, 0.95),
    (0.30, 0.97),
    (0.08, 0.88),
    (0.0, 0.60),
)
CABIN: tuple[Point, ...] = ((0.45, 0.94), (3.35, 0.92), (2.55, 1.43), (1.15, 1.45), (0.75, 1.30))
WINDOWS: tuple[tuple[Point, ...], ...] = (
    ((0.80, 1.00), (1.72, 1.00), (1.72, 1.36), (1.20, 1.36), (0.98, 1.25)),
    ((1.82, 1.00), (3.08, 0.98), (2.48, 1.36), (1.82, 1.36)),
)


def car(x: float, z: float, colour: str) -> Ink:
    """Return a car of 4.4 m whose left end is at x and whose near side is at z."""
    ink = Ink()
    ink.shadow(x + 2.2, z + 0.9, 4.9, 2.5)
    ink.solid(_at(BODY, x), z, z + 1.8, colour)
    ink.solid(_at(CABIN, x), z + 0.12, z + 1.68, tinted(colour, -0.08))
    for window in WINDOWS:
        ink.flat(_at(window, x), z + 0.12, GLASS)
    ink.flat(
        _at(((0.02, 0.62), (4.37, 0.62), (4.36, 0.68), (0.03, 0.68)), x), z, tinted(colour, -0.2)
    )
    ink.flat(_at(((4.22, 0.66), (4.40, 0.62), (4.37, 0.78), (4.22, 0.80)), x), z, "#fdf3c4")
    ink.flat(_at(((0.0, 0.66), (0.14, 0.66), (0.16, 0.84), (0.06, 0.84)), x), z, "#c0392b")
    for wheel in (0.88, 3.45):
        _wheel(ink, x + wheel, z, 0.34)
    return ink


def van(x: float, z: float, colour: str) -> Ink:
    """Return a delivery van of 4.8 m."""
    ink = Ink()
    ink.shadow(x + 2.4, z + 1.0, 5.2, 2.6)
    outline = ((0.0, 0.3), (4.7, 0.3), (4.8, 0.95), (4.15, 1.2), (3.6, 2.0), (0.05, 2.1))
    ink.solid(_at(outline, x), z, z + 1.9, colour)
    ink.flat(_at(((3.0, 1.2), (4.0, 1.2), (3.52, 1.85), (3.0, 1.88)), x), z, GLASS)
    ink.flat(
        _at(((0.0, 0.55), (4.75, 0.55), (4.77, 0.65), (0.0, 0.65)), x), z, tinted(colour, -0.25)
    )
    for wheel in (0.95, 3.75):
        _wheel(ink, x + wheel, z, 0.36)
    return ink


def bike(x: float, z: float, colour: str) -> Ink:
    """Return a bicycle of 1.7 m."""
    ink = Ink()
    ink.shadow(x + 0.85, z, 1.8, 0.5)
    back, front, seat, crank, bar = (
        (x + 0.33, 0.33, z),
        (x + 1.38, 0.33, z),
        (x + 0.60, 0.88, z),
        (x + 0.78, 0.33, z),
        (x + 1.20, 0.95, z),
    )
    for hub in (back, front):
        ink.disc(hub, 0.31, "none", rim=("#2b3036", 0.06))
        ink.disc(hub, 0.05, "#6b7280")
    ink.line([back, crank, seat, back], 0.05, colour)
    ink.line([crank, (x + 1.22, 0.80, z), (x + 0.63, 0.80, z)], 0.06, colour)
    ink.line([front, bar, (x + 1.10, 1.0, z)], 0.05, "#3b4149")
    ink.line([(x + 0.48, 0.92, z), (x + 0.72, 0.92, z)], 0.09, "#22262b")
    return ink


def ebike(x: float, z: float, colour: str) -> Ink:
    """Return an electric bike with a box behind the seat."""
    ink = Ink()
    ink.shadow(x + 0.9, z, 1.9, 0.5)
    for hub in (0.32, 1.48):
        _wheel(ink, x + hub, z, 0.26)
    ink.flat(
        _at(((0.25, 0.38), (1.05, 0.34), (1.05, 0.5), (0.85, 0.72), (0.2, 0.66)), x), z, colour
    )
    ink.line(
        [(x + 1.48, 0.28, z), (x + 1.22, 1.02, z), (x + 1.08, 1.08, z)], 0.08, tinted(colour, -0.25)
    )
    ink.flat(_at(((1.16, 0.5), (1.42, 0.36), (1.3, 0.9), (1.18, 0.9)), x), z, colour)
    ink.line([(x + 0.4, 0.78, z), (x + 0.85, 0.78, z)], 0.11, "#22262b")
    ink.slab((x - 0.05, x + 0.38), (0.84, 1.22), (z, z + 0.3), "#f0b429")
    return ink


def _wheel(ink: Ink, x: float, z: float, radius: float) -> None:
    ink.disc((x, radius, z), radius, TYRE)
    ink.disc((x, radius, z), radius * 0.55, RIM)
    ink.disc((x, radius, z), radius * 0.18, "#8c96a1")


def _at(outline: tuple[Point, ...], x: float) -> list[Point]:
    return [(x + dx, y) for dx, y in outline]
