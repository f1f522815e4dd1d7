"""SSD (Liu et al., 2016) with MobileNetV2, a TensorFlow graph that OpenCV runs: the fallback."""

from collections.abc import Mapping
from pathlib import Path
from threading import Lock

import cv2
import numpy as np

from models.detections import Detections, Thresholds, finished
from models.errors import ModelFileError
from models.faces import Floats, Picture

SIDE_PX = 300
ANSWER_COLUMNS = 7


class Ssd:
    """An SSD network; may be used by many threads, one at a time."""

    def __init__(
        self,
        graph: Path,
        text: Path,
        *,
        name: str,
        sha256: str,
        labels: tuple[str, ...],
        thresholds: Mapping[str, float],
    ) -> None:
        """Load a graph and its description.

        Raises:
            ModelFileError: OpenCV cannot read them, or the answer is no SSD's.
        """
        self.name, self.sha256, self.labels = name, sha256, labels
        self.input_px = SIDE_PX
        self._thresholds = Thresholds(labels, thresholds)
        self._lock = Lock()
        try:
            self._net = cv2.dnn.readNetFromTensorflow(str(graph), str(text))
            blank = self._answer(np.zeros((SIDE_PX, SIDE_PX, 3), np.uint8))
        except cv2.error as error:
            raise ModelFileError(
                f"{graph}: OpenCV cannot run it ({str(error).splitlines()[0]}); "
                "run 'gridwatch models pull' again"
            ) from error
        if blank.shape[:2] != (1, 1) or blank.shape[3:] != (ANSWER_COLUMNS,):
            raise ModelFileError(
                f"{graph}: answers {blank.shape}, but an SSD answers (1, 1, objects, "
                f"{ANSWER_COLUMNS}); run 'gridwatch models pull' again"
            )

    def detect(self, picture: Picture) -> Detections:
        """Return the objects of a ``(H, W, 3)`` BGR picture, best score first."""
        return postprocess(
            self._answer(picture)[0, 0],
            size_wh=(picture.shape[1], picture.shape[0]),
            labels=self.labels,
            thresholds=self._thresholds,
        )

    def _answer(self, picture: Picture) -> Floats:
        batch = preprocess(picture)
        with self._lock:
            self._net.setInput(batch)
            return np.asarray(self._net.forward(), np.float32)


def preprocess(picture: Picture) -> Floats:
    """Return the ``(1, 3, 300, 300)`` batch, RGB 0..255, stretched: the graph scales it itself."""
    batch = cv2.dnn.blobFromImage(picture, size=(SIDE_PX, SIDE_PX), swapRB=True, crop=False)
    return np.asarray(batch, np.float32)


def postprocess(
    raw: Floats, *, size_wh: tuple[int, int], labels: tuple[str, ...], thresholds: Thresholds
) -> Detections:
    """Return what a network's answer means.

    Args:
        raw: ``(N, 7)``: picture, class, score, x1, y1, x2, y2 as shares of the picture.
        size_wh: Of the picture.
        labels: By class number; numbers beyond it are passed over.
        thresholds: Least scores.
    """
    classes = raw[:, 1].astype(np.intp)
    known = (classes >= 0) & (classes < len(labels)) & (raw[:, 2] >= thresholds.lowest)
    rows, classes = raw[known], classes[known]
    scores = np.zeros((len(rows), len(labels)), np.float32)
    scores[np.arange(len(rows)), classes] = rows[:, 2]
    boxes = rows[:, 3:] * np.array([*size_wh, *size_wh], np.float32)
    return finished(boxes, scores, labels=labels, thresholds=thresholds, size_wh=size_wh)
