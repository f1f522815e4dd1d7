"""Objects as columns: what an object detector returns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt

from models.faces import Floats, Picture

Indices = npt.NDArray[np.intp]
SAME_OBJECT = 0.45
"""Boxes of one class that overlap more are one object."""

MOST_ROWS = 1000
LEAST_REGION_PX = 16
DEFAULT = "default"


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """``N`` objects of one picture, best score first.

    Attributes:
        boxes_xyxy: ``(N, 4)`` corners in pixels of the picture.
        scores: ``(N,)`` in [0, 1].
        classes: ``(N,)`` rows of ``labels``.
        labels: The network's words.
    """

    boxes_xyxy: Floats
    scores: Floats
    classes: Indices
    labels: tuple[str, ...]

    def __post_init__(self) -> None:
        count = len(self.scores)
        if self.boxes_xyxy.shape != (count, 4) or self.classes.shape != (count,):
            raise ValueError("boxes, scores and classes must have the same number of rows")

    def __len__(self) -> int:
        return len(self.scores)

    def __getitem__(self, rows: npt.NDArray[np.bool_] | Indices | slice) -> Self:
        return type(self)(self.boxes_xyxy[rows], self.scores[rows], self.classes[rows], self.labels)

    def label_of(self, row: int) -> str:
        """Return the network's word for a row."""
        return self.labels[int(self.classes[row])]

    def shifted(self, x: float, y: float) -> Self:
        """Return the same objects on a picture of which this one is a part."""
        by = np.array([x, y, x, y], np.float32)
        return type(self)(self.boxes_xyxy + by, self.scores, self.classes, self.labels)

    @classmethod
    def none(cls, labels: tuple[str, ...]) -> Self:
        """Return zero objects."""
        return cls(
            np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.intp), labels
        )


class ObjectDetector(Protocol):
    """Finds objects in a picture."""

    @property
    def name(self) -> str:
        """What the catalogue or the configuration calls it."""
        ...

    @property
    def sha256(self) -> str:
        """SHA-256 of the network's file."""
        ...

    @property
    def labels(self) -> tuple[str, ...]:
        """The words it knows."""
        ...

    @property
    def input_px(self) -> int:
        """Longer side of a picture as the network sees it."""
        ...

    def detect(self, picture: Picture) -> Detections:
        """Return the objects of a picture, best score first."""
        ...


class Thresholds:
    """Least score per class."""

    def __init__(self, labels: Sequence[str], wanted: Mapping[str, float]) -> None:
        """Spread them over the classes.

        Args:
            labels: The network's words.
            wanted: Score by word; ``default`` is for all that are not named.
        """
        default = wanted.get(DEFAULT, 0.35)
        self._least = np.array([wanted.get(label, default) for label in labels], np.float32)
        self.lowest = float(self._least.min()) if len(self._least) else default

    def pass_(self, scores: Floats, classes: Indices) -> npt.NDArray[np.bool_]:
        """Return ``(N,)``, which rows are sure enough."""
        return np.asarray(scores >= self._least[classes], bool)


def non_maximum_suppression(
    boxes_xyxy: Floats, scores: Floats, classes: Indices, *, iou: float = SAME_OBJECT
) -> Indices:
    """Return the rows that are kept, best first: of one class and one place only the best.

    Only the best ``MOST_ROWS`` are looked at: all pairs are compared at once, which for the hundred
    rows of a crowded street takes a tenth of the time of comparing one row after the other.
    """
    order = np.argsort(-scores, kind="stable")[:MOST_ROWS]
    reach = boxes_xyxy.max(initial=0) - boxes_xyxy.min(initial=0) + 1
    # Classes are moved apart, so that all of them are done at once.
    apart = boxes_xyxy[order] + (classes[order] * reach)[:, None]
    x1, y1, x2, y2 = apart.T
    wide = np.minimum(x2[:, None], x2) - np.maximum(x1[:, None], x1)
    high = np.minimum(y2[:, None], y2) - np.maximum(y1[:, None], y1)
    shared = np.maximum(wide, 0) * np.maximum(high, 0)
    areas = (x2 - x1) * (y2 - y1)
    same = shared > iou * (areas[:, None] + areas - shared)
    gone = np.zeros(len(order), np.bool_)
    kept = []
    for rank, row in enumerate(order):
        if not gone[rank]:
            kept.append(row)
            gone |= same[rank]
    return np.array(kept, np.intp)


def finished(
    boxes_xyxy: Floats,
    class_scores: Floats,
    *,
    labels: tuple[str, ...],
    thresholds: Thresholds,
    size_wh: tuple[int, int],
) -> Detections:
    """Return what a network's rows mean: thresholds, suppression and the picture's edge applied.

    Args:
        boxes_xyxy: ``(N, 4)`` pixels of the picture.
        class_scores: ``(N, classes)`` in [0, 1].
        labels: The network's words.
        thresholds: Least scores.
        size_wh: Of the picture.
    """
    classes = class_scores.argmax(axis=1)
    scores = class_scores[np.arange(len(classes)), classes]
    boxes = np.clip(boxes_xyxy, 0, np.array([*size_wh, *size_wh], np.float32))
    # What lies wholly on the canvas beyond the picture has no extent left.
    inside = (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
    sure = thresholds.pass_(scores, classes) & inside
    boxes, scores, classes = boxes[sure], scores[sure], classes[sure]
    kept = non_maximum_suppression(boxes, scores, classes)
    return Detections(boxes[kept], scores[kept], classes[kept], labels)


def detect_in(detector: ObjectDetector, picture: Picture, region_xyxy: Floats) -> Detections:
    """Return the objects of a part of a picture, in pixels of the whole.

    Args:
        detector: The network.
        picture: ``(H, W, 3)`` BGR.
        region_xyxy: ``(4,)`` pixels; cut off at the picture's edge, empty if too small.
    """
    height, width = picture.shape[:2]
    x1, y1 = (max(int(edge), 0) for edge in region_xyxy[:2])
    x2, y2 = min(round(float(region_xyxy[2])), width), min(round(float(region_xyxy[3])), height)
    if x2 - x1 < LEAST_REGION_PX or y2 - y1 < LEAST_REGION_PX:
        return Detections.none(detector.labels)
    crop = picture[y1:y2, x1:x2]
    return detector.detect(np.ascontiguousarray(crop)).shifted(float(x1), float(y1))


def detect_regions(
    detector: ObjectDetector, picture: Picture, regions_xyxy: Sequence[Floats]
) -> Detections:
    """Return the objects of several parts of a picture, each once."""
    found = [detect_in(detector, picture, region) for region in regions_xyxy]
    if len(found) == 1:
        return found[0]
    if not found:
        return Detections.none(detector.labels)
    boxes = np.concatenate([one.boxes_xyxy for one in found])
    scores = np.concatenate([one.scores for one in found])
    classes = np.concatenate([one.classes for one in found])
    kept = non_maximum_suppression(boxes, scores, classes)
    return Detections(boxes[kept], scores[kept], classes[kept], detector.labels)
