"""YOLOX (Ge et al., 2021): a square canvas, three strides, no anchors."""

from collections.abc import Mapping
from functools import cache

import cv2
import numpy as np

from models.detections import Detections, Thresholds, finished
from models.errors import ModelFileError
from models.faces import Floats, Picture
from models.session import Network

STRIDES = (8, 16, 32)
GREY = 114
"""What the canvas is filled with beyond the picture, as in training."""

BOX_ROWS = 5
COLOURS = 3
FLOAT32 = "tensor(float)"


class YoloX:
    """A YOLOX network; may be used by many threads."""

    def __init__(
        self,
        network: Network,
        *,
        name: str,
        sha256: str,
        labels: tuple[str, ...],
        thresholds: Mapping[str, float],
    ) -> None:
        """Check that the network fits its labels.

        Raises:
            ModelFileError: Its output has another shape.
        """
        self._network = network
        self.name, self.sha256, self.labels = name, sha256, labels
        self.input_px = square_side(network)
        self._thresholds = Thresholds(labels, thresholds)
        rows = len(grid(self.input_px)[0])
        answered, wanted = answer_shape(network), (1, rows, BOX_ROWS + len(labels))
        if answered != wanted:
            raise ModelFileError(
                f"{network.path}: answers {answered}, but YOLOX with {len(labels)} classes "
                f"answers {wanted}; give the labels it was trained with"
            )

    def detect(self, picture: Picture) -> Detections:
        """Return the objects of a ``(H, W, 3)`` BGR picture, best score first."""
        batch, scale = preprocess(picture, self.input_px)
        raw = self._network.run(batch)[0]
        return postprocess(
            raw[0],
            side_px=self.input_px,
            scale=scale,
            size_wh=(picture.shape[1], picture.shape[0]),
            labels=self.labels,
            thresholds=self._thresholds,
        )


def square_side(network: Network) -> int:
    """Return the side of the square that a network takes; raises ModelFileError if it does not."""
    shape = network.input_shape
    kind = network.session.get_inputs()[0].type
    if kind != FLOAT32:
        raise ModelFileError(
            f"{network.path}: takes {kind}, but an object detector takes {FLOAT32}; "
            "export it in full precision"
        )
    side = shape[-1] if shape else None
    if not isinstance(side, int) or shape[1:] != [COLOURS, side, side]:
        raise ModelFileError(
            f"{network.path}: takes {shape}, but an object detector takes [1, 3, side, side]; "
            "export it with a fixed square input"
        )
    return side


def answer_shape(network: Network) -> tuple[int, ...]:
    """Return the shape of what a network answers to an empty picture; its file may not say it."""
    side = square_side(network)
    blank = network.run(np.zeros((1, COLOURS, side, side), np.float32))[0]
    return blank.shape


def preprocess(picture: Picture, side_px: int) -> tuple[Floats, float]:
    """Return the ``(1, 3, side, side)`` batch, BGR 0..255, and canvas pixels per picture pixel."""
    height, width = picture.shape[:2]
    scale = side_px / max(height, width)
    inner_wh = (max(round(width * scale), 1), max(round(height * scale), 1))
    canvas = np.full((side_px, side_px, 3), GREY, np.uint8)
    shrunk = cv2.resize(picture, inner_wh, interpolation=cv2.INTER_LINEAR)
    canvas[: inner_wh[1], : inner_wh[0]] = shrunk
    batch = np.ascontiguousarray(canvas.transpose(2, 0, 1)[None], dtype=np.float32)
    return batch, scale


def postprocess(
    raw: Floats,
    *,
    side_px: int,
    scale: float,
    size_wh: tuple[int, int],
    labels: tuple[str, ...],
    thresholds: Thresholds,
) -> Detections:
    """Return what a network's answer means.

    Args:
        raw: ``(rows, 5 + classes)``: centre and size in strides, objectness, class scores.
        side_px: Of the canvas.
        scale: Canvas pixels per picture pixel.
        size_wh: Of the picture.
        labels: The network's words.
        thresholds: Least scores, of objectness times class score.
    """
    likely = raw[:, 4] >= thresholds.lowest
    rows = raw[likely]
    corners, strides = grid(side_px)
    stride = strides[likely, None]
    centres = (rows[:, :2] + corners[likely]) * stride
    halves = np.exp(rows[:, 2:4]) * stride / 2
    boxes = np.concatenate([centres - halves, centres + halves], axis=1) / scale
    return finished(
        np.asarray(boxes, np.float32),
        rows[:, 5:] * rows[:, 4:5],
        labels=labels,
        thresholds=thresholds,
        size_wh=size_wh,
    )


@cache
def grid(side_px: int) -> tuple[Floats, Floats]:
    """Return ``(rows, 2)`` cell corners in strides and ``(rows,)`` strides in pixels."""
    corners, strides = [], []
    for stride in STRIDES:
        cells = side_px // stride
        y, x = np.mgrid[:cells, :cells]
        corners.append(np.stack([x.ravel(), y.ravel()], axis=1))
        strides.append(np.full(cells * cells, stride))
    return np.concatenate(corners).astype(np.float32), np.concatenate(strides).astype(np.float32)
