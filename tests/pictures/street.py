"""The street that all pictures share: shops, pavement, kerb and road, seen from across it."""

from edge.domain.geometry import Point
from tests.pictures.camera import HEIGHT, WIDTH
from tests.pictures.ink import Ink, tinted

KERB_Z, SHOPS_Z = 13.0, 19.0
LEFT, RIGHT = -13.2, 13.2
ASPHALT, PAVEMENT, WALL = "#aeb6c2", "#e6e2da", "#f3e9dc"
AWNINGS = ("#e07a5f", "#3d8f8a", "#e0a458", "#5b7db1", "#c8553d")
SHOP_M = 5.2


def street(*, gateway: bool = False) -> str:
    """Return the empty street; with a gateway a lane leads through the houses."""
    ink = Ink()
    ink.parts.append(f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{ASPHALT}"/>')
    ink.ground([(LEFT, KERB_Z), (RIGHT, KERB_Z), (RIGHT, SHOPS_Z), (LEFT, SHOPS_Z)], PAVEMENT)
    for column in range(-12, 14):
        ink.face(_strip(column, KERB_Z + 0.25, column + 0.03, SHOPS_Z), "#d9d4ca")
    for row in (14.5, 16.0, 17.5):
        ink.face(_strip(LEFT, row, RIGHT, row + 0.05), "#d9d4ca")
    ink.slab((LEFT, RIGHT), (0, 0.14), (KERB_Z, KERB_Z + 0.25), "#c4beb2")
    for start in range(-11, 12, 3):
        ink.face(_strip(start, 9.6, start + 1.5, 9.75), "#f8fafc")
    _houses(ink, gateway=gateway)
    return ink.svg


def tree(x: float, z: float) -> str:
    """Return a tree on the pavement."""
    ink = Ink()
    ink.shadow(x, z, 2.4, 1.2)
    ink.ground(
        [(x - 0.5, z - 0.5), (x + 0.5, z - 0.5), (x + 0.5, z + 0.5), (x - 0.5, z + 0.5)], "#b8a58c"
    )
    ink.line([(x, 0.0, z), (x, 2.6, z)], 0.18, "#8a6a4b")
    for dx, y, radius, colour in (
        (-0.7, 3.0, 0.85, "#5f9d63"),
        (0.75, 3.1, 0.8, "#5f9d63"),
        (0.0, 3.7, 1.05, "#6cab70"),
        (-0.25, 3.95, 0.6, "#7dbb80"),
    ):
        ink.disc((x + dx, y, z), radius, colour)
    return ink.svg


def hatched(left: float, right: float, near: float, far: float) -> str:
    """Return the yellow marking of a lane that must stay free."""
    ink = Ink()
    ink.ground([(left, near), (right, near), (right, far), (left, far)], "#c6ccd5")
    count = 7
    step = (far - near) / count
    for row in range(count):
        z = near + row * step
        ink.ground(
            [(left, z), (left, z + step * 0.45), (right, z + step), (right, z + step * 0.55)],
            "#f2c14e",
        )
    for side in (left, right):
        ink.face(_strip(side - 0.07, near, side + 0.07, far), "#e0a100")
    return ink.svg


def bay(left: float, right: float, near: float, far: float) -> str:
    """Return the white outline of a marked place."""
    ink = Ink()
    for strip in (
        (left, near, right, near + 0.1),
        (left, far - 0.1, right, far),
        (left, near, left + 0.1, far),
        (right - 0.1, near, right, far),
    ):
        ink.face(_strip(*strip), "#ffffff")
    return ink.svg


def _strip(left: float, near: float, right: float, far: float) -> list[tuple[float, float, float]]:
    return [(left, 0.0, near), (right, 0.0, near), (right, 0.0, far), (left, 0.0, far)]


def _houses(ink: Ink, *, gateway: bool) -> None:
    ink.flat(_plane(LEFT, RIGHT, 0, 12), SHOPS_Z, WALL)
    for shop in range(5):
        left = LEFT + 0.3 + shop * SHOP_M
        if gateway and left < 2 and left + SHOP_M > -2:
            _wall_of_gateway(ink, left)
        else:
            _shop(ink, left, AWNINGS[shop % len(AWNINGS)])
    if gateway:
        ink.flat(_plane(-2.2, 2.2, 0, 4.0), SHOPS_Z, "#d8cdbd")
        ink.flat(_plane(-1.9, 1.9, 0, 3.7), SHOPS_Z, "#6b7280")
        ink.flat(_plane(-1.9, 1.9, 0, 1.4), SHOPS_Z, "#7d8593")


def _wall_of_gateway(ink: Ink, left: float) -> None:
    ink.flat(_plane(left, left + SHOP_M, 4.6, 4.75), SHOPS_Z, tinted(WALL, -0.12))


def _shop(ink: Ink, left: float, colour: str) -> None:
    z, right = SHOPS_Z, left + SHOP_M - 0.4
    ink.flat(_plane(left, right, 0.45, 2.6), z, "#a9c7d6")
    ink.flat(
        [(left + 0.3, 0.45), (left + 1.0, 0.45), (left + 2.0, 2.6), (left + 1.3, 2.6)], z, "#c3dae5"
    )
    door = left + 3.1
    ink.flat(_plane(door, door + 1.1, 0, 2.35), z, "#6f8797")
    ink.flat(_plane(door + 0.12, door + 0.98, 0.25, 2.2), z, "#8fb0c0")
    ink.flat(_plane(left, door, 0, 0.45), z, tinted(WALL, -0.25))
    ink.flat(_plane(left - 0.1, right + 0.1, 3.25, 4.1), z, colour)
    ink.flat(_plane(left + 0.5, right - 0.5, 3.5, 3.85), z, tinted(colour, 0.55))
    count = 8
    step = (right - left + 0.2) / count
    for stripe in range(count):
        start = left - 0.1 + stripe * step
        shade = colour if stripe % 2 else "#fffaf2"
        ink.face(
            [
                (start, 3.2, z),
                (start + step, 3.2, z),
                (start + step, 2.55, z - 0.9),
                (start, 2.55, z - 0.9),
            ],
            shade,
        )
        ink.flat(_plane(start, start + step, 2.35, 2.55), z - 0.9, tinted(shade, -0.12))
    for window in range(2):
        start = left + 0.7 + window * 2.1
        ink.flat(_plane(start, start + 1.3, 4.9, 6.6), z, "#b7c9d3")
        ink.flat(_plane(start + 0.62, start + 0.68, 4.9, 6.6), z, "#ffffff")


def _plane(left: float, right: float, low: float, high: float) -> list[Point]:
    return [(left, low), (right, low), (right, high), (left, high)]
