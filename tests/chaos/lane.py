"""A drawn lane on which a crate is put down and stays: films for cameras of experiments."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from models.faces import Picture
from streams.film import write_film
from tests.chaos.rtp import Film, read_film

FPS = 10
EMPTY_S, LENGTH_S = 8, 16
USUAL, LARGE = (320, 180), (640, 360)
CORNERS = [[0.3, 0.3], [0.7, 0.3], [0.7, 0.9], [0.3, 0.9]]


def lane(size_wh: tuple[int, int] = USUAL) -> Iterator[Picture]:
    """Yield the pictures of a film: an empty lane, then one with a crate."""
    source = np.random.default_rng(5)
    coarse = source.normal(112, 10, (45, 80, 1)).astype(np.float32)
    empty = cv2.resize(coarse, USUAL)[..., None].repeat(3, axis=2)
    for number in range(LENGTH_S * FPS):
        picture = empty.copy()
        if number >= EMPTY_S * FPS:
            picture[80:136, 120:200] = (60, 110, 160)
            picture[80:136:8, 120:200] -= 35
        noisy = picture + source.normal(0, 1.5, picture.shape)
        yield np.asarray(cv2.resize(np.clip(noisy, 0, 255), size_wh), np.uint8)


def films(folder: Path) -> dict[str, Film]:
    """Return the film as cameras send it, in two sizes and two codecs; the crate stays for good."""
    kinds = {"usual": ("h264", USUAL), "large": ("h264", LARGE), "hevc": ("hevc", USUAL)}
    made = {}
    for name, (codec, size_wh) in kinds.items():
        path = folder / f"{name}.mp4"
        write_film(path, lane(size_wh), fps=FPS, codec=codec, gop_s=1.0)
        made[name] = read_film(path, again_from_s=EMPTY_S + 1)
    return made
