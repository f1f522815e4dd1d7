"""What is seen on the demo's street, drawn from the side; one unit is a pixel at the kerb."""

from collections.abc import Callable
from math import pi, sin

from edge.demo.brush import Brush, Colour

Draw = Callable[[Brush, float], None]
"""Draws a thing; takes how far it has come in pixels, which turns legs."""

COATS: tuple[Colour, ...] = (
    (60, 50, 140),
    (120, 90, 40),
    (60, 110, 70),
    (90, 90, 95),
    (40, 120, 190),
)
STRIDE = 46.0
TYRE, RIM, GLASS = (36, 34, 32), (150, 150, 150), (96, 84, 66)
FRUIT: tuple[Colour, ...] = ((40, 80, 215), (40, 165, 235), (80, 160, 90))


def person(coat: Colour) -> Draw:
    """Return somebody who walks, without a face."""

    def draw(brush: Brush, way: float) -> None:
        swing = sin(2 * pi * way / STRIDE)
        brush.shadow(0, 60, 16)
        for side in (-1, 1):
            brush.line((0, 52), (side * 15 * swing, 3), 12, (70, 58, 50))
        brush.line((-3 * swing, 92), (-14 * swing, 58), 8, coat)
        brush.polygon([(-13, 48), (13, 48), (15, 96), (8, 104), (-8, 104), (-15, 96)], coat)
        brush.disc(0, 117, 11, (120, 150, 190))
        brush.polygon([(-11, 118), (11, 118), (9, 128), (0, 131), (-9, 128)], (34, 36, 40))

    return draw


def car(paint: Colour) -> Draw:
    """Return a car."""

    def draw(brush: Brush, way: float) -> None:
        brush.shadow(0, 330, 44)
        dark: Colour = (paint[0] * 2 // 3, paint[1] * 2 // 3, paint[2] * 2 // 3)
        body = [(-150, 20), (152, 20), (156, 52), (140, 62), (88, 70), (-140, 72), (-152, 50)]
        brush.polygon(body, paint)
        brush.polygon([(-128, 70), (92, 68), (48, 108), (-78, 110)], dark)
        brush.polygon([(-106, 72), (-26, 72), (-26, 102), (-74, 104)], GLASS)
        brush.polygon([(-16, 72), (74, 70), (42, 101), (-16, 102)], GLASS)
        brush.line((-150, 40), (154, 40), 3, dark)
        brush.box(140, 48, 155, 58, (190, 240, 250))
        brush.box(-152, 46, -142, 58, (40, 40, 170))
        for wheel in (-94, 96):
            brush.disc(wheel, 24, 25, TYRE)
            brush.disc(wheel, 24, 14, RIM)
            for spoke in range(3):
                turn = way / 25 + spoke * pi / 3
                tip = (13 * sin(turn), 13 * sin(turn + pi / 2))
                brush.line((wheel - tip[0], 24 - tip[1]), (wheel + tip[0], 24 + tip[1]), 3, TYRE)

    return draw


def bus(brush: Brush, way: float) -> None:
    """Draw a bus; it hides what is parked behind it."""
    del way
    brush.shadow(0, 640, 50)
    brush.box(-310, 26, 310, 250, (200, 196, 190))
    brush.box(-310, 60, 310, 92, (60, 130, 60))
    for window in range(6):
        left = -290 + window * 97
        brush.box(left, 124, left + 84, 216, GLASS)
    for wheel in (-200, 190):
        brush.disc(wheel, 32, 34, TYRE)
        brush.disc(wheel, 32, 18, RIM)


def cart(brush: Brush, way: float) -> None:
    """Draw a breakfast cart under its umbrella."""
    del way
    brush.shadow(0, 190, 30)
    brush.line((4, 60), (4, 196), 5, (150, 150, 150))
    for panel in range(6):
        left, right = -96 + panel * 33, -63 + panel * 33
        colour: Colour = (60, 70, 205) if panel % 2 else (225, 235, 240)
        brush.polygon([(left, 168), (right, 168), (4, 222)], colour)
    brush.box(-78, 28, 82, 84, (60, 140, 200))
    brush.box(-78, 76, 82, 86, (170, 190, 200))
    brush.box(-66, 86, -20, 106, (215, 220, 225))
    brush.box(-6, 86, 56, 98, (90, 100, 120))
    brush.box(-60, 40, 64, 68, (215, 235, 245))
    for wheel in (-52, 56):
        brush.disc(wheel, 20, 20, TYRE)
        brush.disc(wheel, 20, 11, (90, 90, 90))


def crates(brush: Brush, way: float) -> None:
    """Draw crates of fruit and a sack."""
    del way
    brush.shadow(10, 150, 24)
    for column, row in ((0, 0), (1, 0), (0, 1)):
        left, low = -60 + column * 58, row * 36
        brush.box(left, low, left + 54, low + 32, (70, 130, 180))
        brush.line((left + 3, low + 11), (left + 51, low + 11), 3, (46, 92, 134))
        brush.line((left + 3, low + 22), (left + 51, low + 22), 3, (46, 92, 134))
    for column, low in ((0, 68), (1, 32)):
        for fruit in range(4):
            brush.disc(-52 + column * 58 + fruit * 13, low + 4, 8, FRUIT[(fruit + column) % 3])
    brush.polygon([(62, 0), (100, 0), (104, 30), (90, 54), (72, 54), (58, 28)], (196, 204, 210))
