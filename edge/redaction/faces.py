"""Where faces are, and heads that may have one."""

from collections.abc import Iterator, Sequence

import numpy as np

from edge.domain.geometry import Box
from edge.redaction.squares import widened
from edge.stills import HEAD_SHARE, Picture
from models.detections import Detections
from models.faces import FaceDetector, Floats

BESIDE, ABOVE, BELOW = 0.25, 0.35, 0.2
"""Beyond a face: hair and chin, and what a person moves between two looks."""

FAR_PX = 200
"""Longer side, on the canvas for far faces: what is larger there is often a car, and a
face of that size is found on a smaller canvas."""

SHOULDERS = 0.6
"""How high a head is at least, as a share of a person's width: of those who sit or are cut off by
the picture's edge the box has no legs, and its upper part ends above the mouth."""

ABOVE_HEAD = 0.1
"""Of what is covered of a person: a detector's box often begins within the hair."""

TILE_OVERLAP = 0.2
"""Of a tile's side: a face on the cut is whole in one of them, if it is no larger than this."""


class FaceFinder:
    """Finds faces with one network at several scales."""

    def __init__(
        self,
        detectors: Sequence[FaceDetector],
        *,
        far: FaceDetector | None = None,
        tile: FaceDetector | None = None,
    ) -> None:
        """Use detectors.

        Args:
            detectors: Of the whole picture: a small canvas finds faces that fill it, a large one
                finds far ones.
            far: Also looks at the whole picture, on a larger canvas, for what is small there.
            tile: Also looks at parts of a picture that is larger than its canvas, unscaled.
        """
        self._detectors = tuple(detectors)
        self._far = far
        self._tile = tile

    def find(self, picture: Picture) -> list[Box]:
        """Return the faces and what surrounds them, as shares of the picture; some twice."""
        found = [detector.detect(picture).boxes_xyxy for detector in self._detectors]
        longer_px = max(picture.shape[:2])
        if self._far is not None:
            boxes_xyxy = self._far.detect(picture).boxes_xyxy
            sides_px = (boxes_xyxy[:, 2:] - boxes_xyxy[:, :2]).max(axis=1, initial=0.0)
            found.append(boxes_xyxy[sides_px * self._far.canvas_px / longer_px <= FAR_PX])
        if self._tile is not None and longer_px > self._tile.canvas_px:
            for left, top, part in tiles(picture, self._tile.canvas_px):
                boxes_xyxy = self._tile.detect(part).boxes_xyxy
                found.append(boxes_xyxy + np.array([left, top, left, top], np.float32))
        return [
            widened(box, beside=BESIDE, above=ABOVE, below=BELOW)
            for boxes_xyxy in found
            for box in as_shares(boxes_xyxy, picture)
        ]


def heads_of(people: Detections, picture: Picture, words: frozenset[str]) -> list[Box]:
    """Return the upper part of everybody, and what is just above, as shares of the picture.

    Args:
        people: What an object detector sees.
        picture: Where it sees it.
        words: The detector's words for a person.
    """
    rows = [row for row in range(len(people)) if people.label_of(row) in words]
    heads_xyxy = people.boxes_xyxy[rows].copy()
    width_px, height_px = (heads_xyxy[:, 2:] - heads_xyxy[:, :2]).T
    head_px = np.minimum(np.maximum(height_px * HEAD_SHARE, width_px * SHOULDERS), height_px)
    heads_xyxy[:, 3] = heads_xyxy[:, 1] + head_px
    heads_xyxy[:, 1] -= head_px * ABOVE_HEAD
    return as_shares(heads_xyxy, picture)


def as_shares(boxes_xyxy: Floats, picture: Picture) -> list[Box]:
    """Return ``(N, 4)`` pixels as shares of the picture."""
    height, width = picture.shape[:2]
    shares = boxes_xyxy / np.array([width, height, width, height], np.float32)
    return [(float(x1), float(y1), float(x2), float(y2)) for x1, y1, x2, y2 in shares]


def tiles(picture: Picture, side_px: int) -> Iterator[tuple[int, int, Picture]]:
    """Yield parts that overlap and together are the picture: left, top, and what is there."""
    height, width = picture.shape[:2]
    for top in _starts(height, side_px):
        for left in _starts(width, side_px):
            part = picture[top : top + side_px, left : left + side_px]
            yield left, top, np.ascontiguousarray(part)


def _starts(length_px: int, side_px: int) -> list[int]:
    """Return where tiles begin so that they cover a length and overlap."""
    if length_px <= side_px:
        return [0]
    count = int(np.ceil((length_px - side_px) / (side_px * (1 - TILE_OVERLAP)))) + 1
    return [round(at) for at in np.linspace(0, length_px - side_px, count)]
