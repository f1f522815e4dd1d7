"""Fit a picture into a network's input without changing its proportions."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from models.faces import Picture


@dataclass(frozen=True, slots=True, eq=False)
class Letterboxed:
    """A picture at the top left of a canvas, black beyond it.

    Attributes:
        canvas: ``(H, W, 3)`` BGR.
        scale: Canvas pixels per picture pixel.
    """

    canvas: Picture
    scale: float


def letterbox(picture: Picture, *, longer_px: int, multiple: int) -> Letterboxed:
    """Return the picture scaled so that its longer side has ``longer_px`` pixels.

    The canvas is only as large as the picture needs, rounded up to a multiple of the network's
    greatest stride: a 16:9 picture costs 40 % less than on a square canvas.
    """
    height, width = picture.shape[:2]
    scale = longer_px / max(height, width)
    inner_wh = (max(round(width * scale), 1), max(round(height * scale), 1))
    resized = (
        picture if scale == 1 else cv2.resize(picture, inner_wh, interpolation=cv2.INTER_LINEAR)
    )
    below = -inner_wh[1] % multiple
    beside = -inner_wh[0] % multiple
    if below or beside:
        resized = cv2.copyMakeBorder(resized, 0, below, 0, beside, cv2.BORDER_CONSTANT)
    return Letterboxed(np.asarray(resized, np.uint8), scale)


def to_batch(
    pictures: npt.NDArray[np.uint8], *, mean: float, std: float, rgb: bool
) -> npt.NDArray[np.float32]:
    """Return ``(N, 3, H, W)`` float32 of ``(N, H, W, 3)`` BGR pictures, ``(x - mean) / std``."""
    count, height, width, channels = pictures.shape
    batch = np.empty((count, channels, height, width), np.float32)
    for picture, planes in zip(pictures, batch, strict=True):
        split = cv2.split(picture)
        for plane, channel in zip(planes, reversed(split) if rgb else split, strict=True):
            plane[...] = channel
    if mean != 0.0:
        batch -= mean
    if std != 1.0:
        batch /= std
    return batch
