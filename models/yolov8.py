"""The usual export of people's own networks: ``[1, 4 + classes, N]``, as YOLOv8 writes it."""

from collections.abc import Mapping

import cv2
import numpy as np

from models.detections import Detections, Thresholds, finished
from models.errors import ModelFileError
from models.faces import Floats, Picture
from models.session import Network
from models.yolox import GREY, answer_shape, square_side

BOX_ROWS = 4
AXES = 3
ENDED = 6
"""Columns of an export that has suppressed duplicates itself: corners, score, class."""


class YoloV8:
    """A network with this export; may be used by many threads."""

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
        answered, rows = answer_shape(network), BOX_ROWS + len(labels)
        if answered[2:] == (ENDED,) and answered[1] != rows:
            raise ModelFileError(
                f"{network.path}: answers {answered}, boxes that were already chosen; "
                "export it with nms=False"
            )
        if answered[:2] != (1, rows) or len(answered) != AXES:
            raise ModelFileError(
                f"{network.path}: answers {answered}, but with {len(labels)} classes it would be "
                f"(1, {rows}, places); give the labels it was trained with, "
                "or export it as YOLOv8 does"
            )

    def detect(self, picture: Picture) -> Detections:
        """Return the objects of a ``(H, W, 3)`` BGR picture, best score first."""
        batch, scale, origin_xy = preprocess(picture, self.input_px)
        raw = self._network.run(batch)[0]
        return postprocess(
            raw[0],
            scale=scale,
            origin_xy=origin_xy,
            size_wh=(picture.shape[1], picture.shape[0]),
            labels=self.labels,
            thresholds=self._thresholds,
        )


def preprocess(picture: Picture, side_px: int) -> tuple[Floats, float, tuple[int, int]]:
    """Fit a picture into the middle of the network's canvas.

    Returns:
        ``(1, 3, side, side)`` RGB in [0, 1]; canvas pixels per picture pixel; where the picture's
        corner lies on the canvas.
    """
    height, width = picture.shape[:2]
    scale = side_px / max(height, width)
    inner_wh = (max(round(width * scale), 1), max(round(height * scale), 1))
    left, top = (side_px - inner_wh[0]) // 2, (side_px - inner_wh[1]) // 2
    canvas = np.full((side_px, side_px, 3), GREY, np.uint8)
    shrunk = cv2.resize(picture, inner_wh, interpolation=cv2.INTER_LINEAR)
    canvas[top : top + inner_wh[1], left : left + inner_wh[0]] = shrunk
    batch = np.ascontiguousarray(canvas[..., ::-1].transpose(2, 0, 1)[None], dtype=np.float32)
    return batch / np.float32(255), scale, (left, top)


def postprocess(
    raw: Floats,
    *,
    scale: float,
    origin_xy: tuple[int, int],
    size_wh: tuple[int, int],
    labels: tuple[str, ...],
    thresholds: Thresholds,
) -> Detections:
    """Return what a network's answer means.

    Args:
        raw: ``(4 + classes, N)``: centre and size in pixels of the canvas, then class scores.
        scale: Canvas pixels per picture pixel.
        origin_xy: Where the picture's corner lies on the canvas.
        size_wh: Of the picture.
        labels: The network's words.
        thresholds: Least scores.
    """
    likely = raw[BOX_ROWS:].max(axis=0) >= thresholds.lowest
    rows = raw[:, likely].T
    centres = rows[:, :2] - np.asarray(origin_xy, np.float32)
    halves = rows[:, 2:4] / 2
    boxes = np.concatenate([centres - halves, centres + halves], axis=1) / scale
    return finished(
        np.asarray(boxes, np.float32),
        rows[:, BOX_ROWS:],
        labels=labels,
        thresholds=thresholds,
        size_wh=size_wh,
    )
