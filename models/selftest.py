"""A recogniser proves itself before it may open gates.

With the wrong normalisation every pair of faces is alike (0.88 to 0.98 for SFace) and the gate
opens for everybody. So two different people must be unlike and one person alike, each time a
recogniser is loaded. The faces are cut from a picture that the insightface package ships; gridwatch
carries no face of anybody.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np

from models.align import align
from models.errors import ModelFileError
from models.faces import FaceRecogniser, Picture
from models.picture import decode_picture, warp

UNLIKE_BELOW = 0.45
"""Cosine of two different people; every recogniser of use is well below with any good face."""

ALIKE_ABOVE = 0.6
"""Cosine of one face with itself, paler, smaller and slightly turned."""

_LANDMARKS = np.array(
    [
        [[761, 400], [803, 400], [774, 426], [766, 443], [802, 442]],
        [[490, 323], [541, 330], [509, 355], [485, 372], [528, 377]],
    ],
    np.float32,
)
"""Five points of two of the people on the picture, rounded to pixels."""

UNREADABLE = "insightface: its picture data/images/t1.jpg cannot be read; install insightface again"


@cache
def built_in_faces() -> Picture:
    """Return aligned crops ``(3, 112, 112, 3)``: one person, the same one changed, another."""
    picture = decode_picture(_shipped_picture())
    if picture is None:
        raise ModelFileError(UNREADABLE)
    first, other = (align(picture, points) for points in _LANDMARKS)
    turn = np.asarray(cv2.getRotationMatrix2D((56, 56), 5, 0.95), np.float64)
    changed = np.asarray(cv2.convertScaleAbs(warp(first, turn, (112, 112)), alpha=0.8, beta=20))
    return np.stack([first, changed, other])


def _shipped_picture() -> bytes:
    # Found, not imported: the package would bring half a second and 100 MB of others with it.
    package = find_spec("insightface")
    if package is None or package.origin is None:
        raise ModelFileError(UNREADABLE)
    try:
        return Path(package.origin).with_name("data").joinpath("images", "t1.jpg").read_bytes()
    except OSError as error:
        raise ModelFileError(UNREADABLE) from error


def passes(recogniser: FaceRecogniser) -> bool:
    """Return whether a recogniser tells the built-in faces apart and knows one again."""
    first, changed, other = recogniser.embed(built_in_faces()).vectors
    return float(first @ changed) > ALIKE_ABOVE and float(first @ other) < UNLIKE_BELOW


def require_pass(recogniser: FaceRecogniser, name: str) -> None:
    """Raise ModelFileError if a recogniser fails its self-test."""
    if not passes(recogniser):
        raise ModelFileError(
            f"model {name}: failed its self-test, it takes two different faces for one person or "
            "does not know a face again; its normalisation in the catalogue or the file is wrong"
        )
