"""Where faces are, and heads that may have one."""

from collections.abc import Sequence

import numpy as np

from edge.domain.geometry import Box
from edge.redaction.squares import widened
from edge.stills import HEAD_SHARE, Picture
from models.detections import Detections
from models.faces import FaceDetector, Floats

BESIDE, ABOVE, BELOW = 0.25, 0.35, 0.2
"""Beyond a face: hair and chin, and what a person moves between two looks."""

TILE_OVERLAP = 0.2
"""Of a tile's side: a face on the cut is whole in one of them, if it is no larger than this."""


class FaceFinder:
    """Finds faces with one network at several scales."""

    def __init__(
        self, detectors: Sequence[FaceDetector], *, tile: FaceDetector | None = None
    ) -> None:
        """Use detectors.

        Args:
            detectors: Of the whole picture: a small canvas finds faces that fill it, a large one
                finds far ones.
            tile: Also looks at parts of a picture that is larger than its canvas, unscaled.
        """
        self._detectors = tuple(detectors)
        self._tile = tile

    def find(self, picture: Picture) -> list[Box]:
        """Return the faces and what surrounds them, as shares of the picture; some twice."""
        found = [detector.detect(picture).boxes_xyxy for detector in self._detectors]
        if self._tile is not None and max(picture.shape[:2]) > self._tile.canvas_px:
            found += _in_tiles(picture, self._tile)
        return [
            widened(box, beside=BESIDE, above=ABOVE, below=BELOW)
            for boxes_xyxy in found
            for box in as_shares(boxes_xyxy, picture)
        ]


def heads_of(people: Detections, picture: Picture, words: frozenset[str]) -> list[Box]:
    """Return the upper part of everybody, as shares of the picture.

    Args:
        people: What an object detector sees.
        picture: Where it sees it.
        words: The detector's words for a person.
    """
    rows = [row for row in range(len(people)) if people.label_of(row) in words]
    boxes = as_shares(people.boxes_xyxy[rows], picture)
    return [(x1, y1, x2, y1 + (y2 - y1) * HEAD_SHARE) for x1, y1, x2, y2 in boxes]


def as_shares(boxes_xyxy: Floats, picture: Picture) -> list[Box]:
    """Return ``(N, 4)`` pixels as shares of the picture."""
    height, width = picture.shape[:2]
    shares = boxes_xyxy / np.array([width, height, width, height], np.float32)
    return [(float(x1), float(y1), float(x2), float(y2)) for x1, y1, x2, y2 in shares]


def _in_tiles(picture: Picture, detector: FaceDetector) -> list[Floats]:
    side_px = detector.canvas_px
    height, width = picture.shape[:2]
    found = []
    for top in _starts(height, side_px):
        for left in _starts(width, side_px):
            tile = np.ascontiguousarray(picture[top : top + side_px, left : left + side_px])
            boxes_xyxy = detector.detect(tile).boxes_xyxy
            found.append(boxes_xyxy + np.array([left, top, left, top], np.float32))
    return found


def _starts(length_px: int, side_px: int) -> list[int]:
    """Return where tiles begin so that they cover a length and overlap."""
    if length_px <= side_px:
        return [0]
    count = int(np.ceil((length_px - side_px) / (side_px * (1 - TILE_OVERLAP)))) + 1
    return [round(at) for at in np.linspace(0, length_px - side_px, count)]
