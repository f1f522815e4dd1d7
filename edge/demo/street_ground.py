"""The demo's empty street; its surfaces have the grain of a photograph that scikit-image ships."""

from importlib.resources import files

import cv2
import numpy as np

from edge.demo.brush import Brush, Colour
from edge.errors import ConfigError
from models.faces import Picture
from models.picture import decode_picture

WIDTH, HEIGHT = 1280, 720
WALL_Y, KERB_Y, LANE_Y = 236, 404, 604
GRAVEL = "data/gravel.png"
MORTAR: Colour = (120, 132, 158)
JOINT: Colour = (128, 132, 136)


def draw_ground() -> Picture:
    """Return the empty street, ``(HEIGHT, WIDTH, 3)`` BGR: wall, shutters, pavement, kerb, road.

    Raises:
        ConfigError: The photograph is not there: scikit-image was not installed whole.
    """
    picture = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    picture[:WALL_Y] = _grained((96, 112, 150), 0.3, 0.4, (WIDTH, WALL_Y))
    picture[WALL_Y:KERB_Y] = _grained((156, 158, 160), 0.35, 0.3, (WIDTH, KERB_Y - WALL_Y))
    picture[KERB_Y:] = _grained((86, 86, 86), 0.4, 0.5, (WIDTH, HEIGHT - KERB_Y))
    brush = Brush(picture, 0, HEIGHT)
    _lay_bricks(brush)
    _lay_pavement(brush)
    _mark_road(brush)
    return picture


def _lay_bricks(brush: Brush) -> None:
    for course in range(0, WALL_Y, 20):
        low = HEIGHT - WALL_Y + course
        brush.line((0, low), (WIDTH, low), 2, MORTAR)
        for left in range(course % 40, WIDTH, 52):
            brush.line((left, low), (left, low + 20), 2, MORTAR)
    for left in (70, 330, 590):
        brush.box(left, HEIGHT - WALL_Y, left + 190, 700, (120, 116, 110))
        for fold in range(14):
            brush.line((left, 494 + fold * 15), (left + 190, 494 + fold * 15), 2, (92, 88, 84))


def _lay_pavement(brush: Brush) -> None:
    for joint in range(-10, 42):
        brush.line((joint * 44 + 60, HEIGHT - KERB_Y), (joint * 36 + 130, 484), 1, JOINT)
    for row in (346, 388, 434):
        brush.line((0, row), (WIDTH, row), 1, JOINT)
    brush.box(0, HEIGHT - KERB_Y - 14, WIDTH, HEIGHT - KERB_Y, (176, 180, 184))
    for joint in range(0, WIDTH, 90):
        brush.line((joint, HEIGHT - KERB_Y), (joint, HEIGHT - KERB_Y - 14), 2, (120, 122, 126))


def _mark_road(brush: Brush) -> None:
    brush.box(0, HEIGHT - KERB_Y - 26, 800, HEIGHT - KERB_Y - 20, (60, 190, 220))
    for dash in range(20, WIDTH, 170):
        brush.box(dash, HEIGHT - LANE_Y - 4, dash + 90, HEIGHT - LANE_Y + 4, (205, 208, 210))


def draw_heap(brush: Brush, chance: np.random.Generator) -> None:
    """Draw a heap of leaves."""
    brush.shadow(0, 190, 30)
    for _ in range(260):
        x = chance.normal(0, 34)
        low = chance.uniform(0, 1) * max(44 - abs(x) / 2, 3)
        shade = chance.uniform(0.5, 1.1)
        brown = (int(34 * shade), int(70 * shade), int(96 * shade))
        brush.disc(x, low, chance.uniform(3, 6), brown)


def _grained(colour: Colour, contrast: float, scale: float, size_wh: tuple[int, int]) -> Picture:
    """Return a surface of a colour with the grain of gravel, mirrored at its edges: no seam shows.

    Args:
        colour: Its mean.
        contrast: Of the photograph, how much is kept.
        scale: Of the photograph.
        size_wh: Of the surface.
    """
    resource = files("skimage").joinpath(GRAVEL)
    stones = decode_picture(resource.read_bytes()) if resource.is_file() else None
    if stones is None:
        raise ConfigError(
            f"skimage: its picture {GRAVEL} is absent or damaged; install scikit-image again"
        )
    grain = contrast * (stones.astype(np.float32) - stones.mean())
    small = cv2.resize(grain, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    width, height = size_wh
    laid = cv2.copyMakeBorder(small, 0, height, 0, width, cv2.BORDER_REFLECT)[:height, :width]
    return np.asarray(np.clip(laid + np.array(colour), 0, 255), np.uint8)
