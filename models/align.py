"""Turn and scale a face so that eyes, nose and mouth come to lie where recognisers expect them."""

import numpy as np
import numpy.typing as npt

from models.faces import Floats, Picture
from models.picture import warp

CROP_PX = 112
TEMPLATE = np.array(
    [
        [38.2946, 51.6963],
        [73.5318, 51.5014],
        [56.0252, 71.7366],
        [41.5493, 92.3655],
        [70.7299, 92.2041],
    ],
    np.float32,
)
"""Where the five points lie in a 112x112 crop: the ArcFace template (Deng et al. 2019)."""

Matrix = npt.NDArray[np.float64]


def similarity_transform(source: Floats, target: Floats) -> Matrix:
    """Return the ``(2, 3)`` rotation, scale and shift that best maps points onto points.

    Least squares over ``(N, 2)`` points without reflection: Umeyama 1991, equations 40 to 42.

    Raises:
        ValueError: All source points coincide.
    """
    from_mean, to_mean = source.mean(axis=0), target.mean(axis=0)
    from_centred = (source - from_mean).astype(np.float64)
    to_centred = (target - to_mean).astype(np.float64)
    variance = (from_centred**2).sum() / len(source)
    if variance == 0:
        raise ValueError("the points of a face coincide")
    u, singular, vt = np.linalg.svd(to_centred.T @ from_centred / len(source))
    signs = np.array([1.0, np.sign(np.linalg.det(u @ vt))])
    rotation = u @ np.diag(signs) @ vt
    scale = (singular * signs).sum() / variance
    shift = to_mean - scale * rotation @ from_mean
    return np.column_stack([scale * rotation, shift])


def align(picture: Picture, landmarks: Floats) -> Picture:
    """Return the aligned ``(112, 112, 3)`` face of one ``(5, 2)`` set of points."""
    matrix = similarity_transform(landmarks, TEMPLATE)
    return warp(picture, matrix, (CROP_PX, CROP_PX))
