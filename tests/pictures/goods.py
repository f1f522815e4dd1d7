"""What people put down: stalls, crates, boxes, bags, bins and piles."""

from math import cos, pi, sin

from edge.domain.geometry import Point
from tests.pictures.ink import Ink, tinted

FRUIT = ("#e4572e", "#f3a712", "#7fb069", "#d7263d", "#f46036")


def cart(x: float, z: float) -> Ink:
    """Return a vendor's cart with fruit under an umbrella."""
    ink = Ink()
    ink.shadow(x + 0.95, z + 0.5, 2.5, 1.4)
    _wheeled(ink, x, z)
    ink.slab((x, x + 1.9), (0.62, 0.86), (z, z + 0.95), "#9a6a3c")
    for row in range(3):
        depth = z + 0.78 - row * 0.3
        for column in range(9):
            ink.disc((x + 0.15 + column * 0.2, 0.93, depth), 0.1, FRUIT[(column // 2 + row) % 5])
    ink.line([(x + 0.95, 0.86, z + 0.5), (x + 0.95, 2.25, z + 0.5)], 0.06, "#8d99a6")
    _umbrella(ink, x + 0.95, z + 0.5)
    return ink


def tarpaulin(x: float, z: float) -> Ink:
    """Return a cart that is shut down and covered."""
    ink = Ink()
    ink.shadow(x + 0.9, z + 0.5, 2.2, 1.3)
    _wheeled(ink, x, z)
    outline = ((0.0, 0.3), (1.85, 0.3), (1.8, 1.05), (1.3, 1.22), (0.5, 1.2), (0.05, 1.0))
    ink.solid([(x + dx, y) for dx, y in outline], z, z + 0.9, "#7b8b6f")
    for fold in (0.45, 0.95, 1.4):
        ink.line([(x + fold, 0.34, z), (x + fold + 0.06, 1.1, z)], 0.03, "#65745b")
    ink.line([(x, 0.62, z), (x + 1.82, 0.66, z)], 0.03, "#e9e3d2")
    return ink


def stall(x: float, z: float) -> Ink:
    """Return a market stall: a table of goods under a striped roof."""
    ink = Ink()
    ink.shadow(x + 1.5, z + 0.7, 3.7, 2.0)
    for post in (x + 0.05, x + 2.95):
        ink.line([(post, 0.0, z + 1.3), (post, 2.3, z + 1.3)], 0.07, "#7b8794")
    ink.slab((x + 0.1, x + 2.9), (0.0, 0.78), (z + 0.3, z + 1.2), "#4f7cac")
    for row in range(2):
        for column in range(9):
            colour = FRUIT[(column + 2 * row) % 5]
            left = x + 0.18 + column * 0.3
            depth = z + 0.85 - row * 0.45
            ink.slab((left, left + 0.24), (0.78, 0.98), (depth, depth + 0.25), colour)
    for post in (x + 0.05, x + 2.95):
        ink.line([(post, 0.0, z), (post, 2.15, z)], 0.07, "#9aa5b1")
    for stripe in range(8):
        left, right = (x - 0.1 + one * 0.4 for one in (stripe, stripe + 1))
        colour = "#d1495b" if stripe % 2 else "#fff7ef"
        ink.face(
            [
                (left, 2.15, z - 0.15),
                (right, 2.15, z - 0.15),
                (right, 2.6, z + 1.4),
                (left, 2.6, z + 1.4),
            ],
            colour,
        )
        ink.flat(
            [(left, 1.95), (right, 1.95), (right, 2.15), (left, 2.15)],
            z - 0.15,
            tinted(colour, -0.12),
        )
    return ink


def crates(x: float, z: float, columns: int = 2, rows: int = 2) -> Ink:
    """Return crates of fruit, stacked."""
    ink = Ink()
    ink.shadow(x + columns * 0.36, z + 0.25, columns * 0.72 + 0.4, 0.9)
    for row in range(rows):
        for column in range(columns):
            left, low = x + column * 0.72, row * 0.34
            ink.slab((left, left + 0.68), (low, low + 0.3), (z, z + 0.5), "#c89b5e")
            ink.line([(left + 0.05, low + 0.15, z), (left + 0.63, low + 0.15, z)], 0.03, "#a97c42")
    top = rows * 0.34
    for column in range(columns):
        for fruit in range(6):
            left = x + column * 0.72 + 0.12 + (fruit % 3) * 0.22
            depth = z + (0.36 if fruit < 3 else 0.14)
            ink.disc((left, top + 0.04, depth), 0.11, FRUIT[column % 5])
    return ink


def plant(x: float, z: float) -> Ink:
    """Return a plant in a pot."""
    ink = Ink()
    ink.shadow(x, z, 0.7, 0.4)
    ink.flat([(x - 0.17, 0), (x + 0.17, 0), (x + 0.24, 0.42), (x - 0.24, 0.42)], z, "#b5654a")
    for turn in range(7):
        angle = pi * (0.12 + 0.127 * turn)
        tip = (x + 0.45 * cos(angle), 0.45 + 0.65 * sin(angle), z)
        ink.line([(x, 0.42, z), tip], 0.09, "#4f8f57" if turn % 2 else "#68a96e")
    return ink


def bag(x: float, z: float, colour: str = "#2f3640", size: float = 1.0) -> Ink:
    """Return a rubbish bag, tied."""
    ink = Ink()
    ink.shadow(x, z, 0.9 * size, 0.5 * size)
    outline = (
        *((-0.36, 0.0), (0.36, 0.0), (0.42, 0.2), (0.33, 0.44), (0.1, 0.58), (0.16, 0.72)),
        *((-0.12, 0.72), (-0.08, 0.58), (-0.32, 0.42), (-0.42, 0.2)),
    )
    ink.flat([(x + dx * size, y * size) for dx, y in outline], z, colour)
    for dx, y, top in ((-0.14, 0.1, 0.45), (0.12, 0.15, 0.4)):
        ink.line(
            [(x + dx * size, y * size, z), (x + dx * 0.5 * size, top * size, z)],
            0.035,
            tinted(colour, 0.25),
        )
    return ink


def bin_(x: float, z: float, colour: str) -> Ink:
    """Return a wheeled bin."""
    ink = Ink()
    ink.shadow(x + 0.3, z + 0.3, 0.9, 0.8)
    ink.solid([(x + 0.05, 0.08), (x + 0.57, 0.08), (x + 0.64, 0.95), (x, 0.95)], z, z + 0.6, colour)
    ink.slab((x - 0.03, x + 0.67), (0.95, 1.04), (z - 0.03, z + 0.62), tinted(colour, -0.15))
    ink.disc((x + 0.32, 0.55, z), 0.13, tinted(colour, 0.6))
    return ink


def pallet(x: float, z: float) -> Ink:
    """Return bricks on a pallet and cement bags beside them."""
    ink = Ink()
    ink.shadow(x + 1.2, z + 0.5, 3.1, 1.7)
    ink.slab((x, x + 1.3), (0.0, 0.12), (z, z + 1.0), "#a9825a")
    ink.slab((x + 0.05, x + 1.25), (0.12, 0.98), (z + 0.05, z + 0.95), "#c4694a")
    for row in range(5):
        y = 0.12 + (row + 1) * 0.172
        ink.line([(x + 0.06, y, z + 0.05), (x + 1.24, y, z + 0.05)], 0.018, "#e9cbb9")
        for column in range(4):
            left = x + 0.2 + column * 0.3 + (row % 2) * 0.13
            ink.line([(left, y - 0.172, z + 0.05), (left, y, z + 0.05)], 0.018, "#e9cbb9")
    for row, (start, count) in enumerate(((1.42, 2), (1.42, 2), (1.72, 1))):
        for column in range(count):
            left, low = x + start + column * 0.62, row * 0.2
            ink.slab((left, left + 0.58), (low, low + 0.18), (z, z + 0.45), "#d9d4c8")
            ink.slab((left + 0.18, left + 0.4), (low + 0.04, low + 0.14), (z - 0.01, z), "#5b7db1")
    return ink


def boards(x: float, z: float) -> Ink:
    """Return long boards."""
    ink = Ink()
    ink.shadow(x + 1.4, z + 0.3, 3.2, 1.0)
    for row in range(3):
        for column in range(2):
            depth = z + 0.5 - column * 0.3
            shift = 0.12 * ((row + column) % 2)
            ink.slab(
                (x + shift, x + 2.8 + shift),
                (row * 0.11, row * 0.11 + 0.1),
                (depth, depth + 0.26),
                "#d2a56d" if (row + column) % 2 else "#c4935a",
            )
    return ink


def _wheeled(ink: Ink, x: float, z: float) -> None:
    for wheel in (0.4, 1.5):
        ink.disc((x + wheel, 0.3, z), 0.3, "none", rim=("#2b3036", 0.08))
        ink.disc((x + wheel, 0.3, z), 0.07, "#4a5460")


def _umbrella(ink: Ink, x: float, z: float) -> None:
    ring: list[Point] = [(x - 1.35 + n * 0.45, 1.95 + 0.07 * (n % 2)) for n in range(7)]
    top = (x, 2.65)
    for n in range(6):
        colour = "#d1495b" if n % 2 else "#fff1e0"
        shoulder = [
            (x + (one[0] - x) * 0.62, 2.42 - abs(one[0] - x) * 0.07) for one in ring[n : n + 2]
        ]
        ink.flat([ring[n], ring[n + 1], shoulder[1], top, shoulder[0]], z, colour)
