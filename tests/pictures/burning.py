"""Smoke, flames and what burns."""

from math import sin

from edge.domain.geometry import Point
from tests.pictures.ink import Ink

TONGUE: tuple[Point, ...] = (
    (-0.5, 0.0),
    (-0.55, 0.3),
    (-0.35, 0.62),
    (-0.3, 0.4),
    (-0.1, 1.0),
    (0.08, 0.55),
    (0.22, 0.8),
    (0.38, 0.4),
    (0.48, 0.52),
    (0.55, 0.2),
    (0.45, 0.0),
)
"""Outline of flames a metre high."""


def smoke(
    x: float, z: float, low: float, high: float, *, drift: float = 1.0, width: float = 1.0
) -> Ink:
    """Return smoke that rises from one height to another and widens."""
    ink = Ink()
    count = 22
    for puff in range(count):
        share = puff / (count - 1)
        y = low + (high - low) * share
        sway = drift * share**1.5 + 0.35 * width * sin(puff * 2.4) * (0.3 + share)
        grey = round(150 + 55 * share)
        ink.disc(
            (x + sway, y, z),
            width * (0.22 + 0.62 * share),
            f"#{grey:02x}{grey:02x}{grey + 6:02x}",
            opacity=0.62 - 0.36 * share,
        )
    return ink


def flames(x: float, z: float, base: float, size: float) -> Ink:
    """Return flames."""
    ink = Ink()
    for scale, colour in ((1.0, "#f26419"), (0.68, "#f9a03f"), (0.38, "#ffe08a")):
        ink.flat([(x + dx * size * scale, base + y * size * scale) for dx, y in TONGUE], z, colour)
    return ink


def leaves(x: float, z: float) -> Ink:
    """Return a heap of leaves, charred in the middle."""
    ink = Ink()
    ink.shadow(x, z, 2.6, 1.2)
    ink.flat(
        [
            (x - 1.1, 0),
            (x + 1.1, 0),
            (x + 0.8, 0.25),
            (x + 0.3, 0.45),
            (x - 0.35, 0.42),
            (x - 0.8, 0.2),
        ],
        z,
        "#8a5a2b",
    )
    for leaf in range(16):
        at = (x - 0.95 + 0.125 * leaf, 0.06 + 0.14 * abs(sin(leaf * 1.7)), z)
        ink.disc(at, 0.08, ("#c9822f", "#a8642a", "#d9a441", "#5b3a1e")[leaf % 4])
    return ink


def drum(x: float, z: float) -> Ink:
    """Return an iron drum."""
    ink = Ink()
    ink.shadow(x, z, 1.0, 0.7)
    ink.flat([(x - 0.33, 0), (x + 0.33, 0), (x + 0.35, 0.9), (x - 0.35, 0.9)], z, "#5c6670")
    for y in (0.3, 0.6):
        ink.line([(x - 0.33, y, z), (x + 0.33, y, z)], 0.03, "#454d55")
    ink.flat([(x - 0.35, 0.82), (x + 0.35, 0.82), (x + 0.35, 0.9), (x - 0.35, 0.9)], z, "#3b4249")
    return ink


def lantern(x: float, z: float, y: float) -> Ink:
    """Return a red lantern that hangs."""
    ink = Ink()
    ink.line([(x, y + 0.45, z), (x, y, z)], 0.03, "#6b2d2d")
    ink.disc((x, y, z), 0.26, "#d7263d")
    ink.disc((x, y, z), 0.13, "#f2545b")
    ink.line([(x, y - 0.25, z), (x, y - 0.5, z)], 0.04, "#f2c14e")
    return ink
