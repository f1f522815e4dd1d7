"""YuNet 2023mar: a face detector of 75,000 weights that gives boxes and five points.

W. Wu, H. Peng, S. Yu: YuNet: A Tiny Millisecond-level Face Detector. MIR 2023. The points of one
anchor are noisy; the weighted mean over all anchors that see the same face is the cheapest gain in
recognition accuracy there is (measured), and a second look at the face at its best size adds more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from models.faces import Faces, Floats, Picture
from models.letterbox import fit, to_padded_batch
from models.second_look import Look, central_row, look_again
from models.session import Network

Rows = npt.NDArray[np.intp]

STRIDES = (8, 16, 32)
CANDIDATE_SCORE = 0.05
"""Anchors below this do not vote."""

CANDIDATE_PRODUCT = 0.99 * CANDIDATE_SCORE**2
"""Of both outputs whose geometric mean is the score; a hair less, as that is rounded."""

NMS_IOU = 0.3
VOTE_IOU = 0.7
LOOK_IOU = 0.6
LOOK_SCORE = 0.3
QUICK = (Look(128, 80, mirrored=False), Look(128, 80, mirrored=True))
"""For live video: 0.9 ms a face."""

EXACT = (*QUICK, Look(320, 224, mirrored=False), Look(320, 224, mirrored=True))
"""For enrolment and single pictures: 4.7 ms a face."""


class YuNet:
    """Faces of a picture."""

    def __init__(
        self,
        network: Network,
        *,
        canvas_px: int = 640,
        least_score: float = 0.6,
        looks: Sequence[Look] = QUICK,
    ) -> None:
        """Use a network prepared with free height and width.

        Args:
            network: The prepared network.
            canvas_px: Longer side of the picture as the network sees it.
            least_score: Faces below are not returned.
            looks: What ``refine`` does.
        """
        self._network = network
        self.canvas_px = canvas_px
        self._least_score = least_score
        self._looks = tuple(looks)

    def detect(self, picture: Picture) -> Faces:
        """Return the faces of a picture, best score first."""
        canvas, scale = fit(picture, longer_px=self.canvas_px)
        anchors = self._anchors(canvas, least_score=self._least_score)
        faces = _vote(anchors, least_score=self._least_score)
        return faces if scale == 1 else faces.scaled(1 / scale)

    def refine(self, picture: Picture, faces: Faces) -> Faces:
        """Return the same faces with more exact points."""
        return look_again(picture, faces, self._looks, self._find)

    def _find(self, canvas: Picture, look: Look) -> Floats | None:
        anchors = self._anchors(canvas, least_score=LOOK_SCORE)
        row = central_row(anchors, look, least_score=LOOK_SCORE)
        if row is None:
            return None
        overlaps = _overlap_with(anchors.boxes_xyxy, anchors.boxes_xyxy[row])
        return _weighted_points(anchors, overlaps > LOOK_IOU)

    def _anchors(self, canvas: Picture, *, least_score: float) -> Faces:
        """Return every anchor above ``CANDIDATE_SCORE`` as a face, in canvas pixels.

        None where no anchor has ``least_score``: of most pictures nothing is made.
        """
        batch = to_padded_batch(canvas, multiple=STRIDES[-1])
        outputs = dict(zip(self._network.output_names, self._network.run(batch), strict=True))
        rows, scores = _candidates(outputs)
        if not (scores >= least_score).any():
            return Faces.none()
        return _decode(outputs, rows, scores, _grid(*batch.shape[2:]))


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """Where the anchors of all strides are on a canvas, in the order of the outputs.

    Attributes:
        cells: ``(A, 2)`` column and row, in strides.
        strides: ``(A, 1)`` pixels.
        edges: Where each stride's anchors begin, and where the last ones end.
    """

    cells: Floats
    strides: Floats
    edges: Rows


@lru_cache(maxsize=16)
def _grid(height: int, width: int) -> _Grid:
    cells, strides = [], []
    for stride in STRIDES:
        rows, columns = np.mgrid[: height // stride, : width // stride]
        cells.append(np.stack([columns.ravel(), rows.ravel()], axis=1).astype(np.float32))
        strides.append(np.full((len(cells[-1]), 1), stride, np.float32))
    edges = np.cumsum([0, *map(len, cells)])
    return _Grid(np.concatenate(cells), np.concatenate(strides), edges)


def _candidates(outputs: Mapping[str, Floats]) -> tuple[Rows, Floats]:
    """Return rows and scores of all anchors above ``CANDIDATE_SCORE``, all strides in one."""
    classes, objects = (
        np.concatenate([outputs[f"{name}_{stride}"][0, :, 0] for stride in STRIDES])
        for name in ("cls", "obj")
    )
    # Of thousands a few: the exact score is asked of those only that can have it.
    rows = np.flatnonzero(classes * objects > CANDIDATE_PRODUCT)
    scores = np.sqrt(np.clip(classes[rows], 0, 1) * np.clip(objects[rows], 0, 1))
    above = scores > CANDIDATE_SCORE
    return rows[above], scores[above]


def _decode(outputs: Mapping[str, Floats], rows: Rows, scores: Floats, grid: _Grid) -> Faces:
    """Return anchors as faces, in canvas pixels."""
    cells, strides = grid.cells[rows], grid.strides[rows]
    chosen = _of_each_stride(rows, grid)
    box = np.concatenate([outputs[f"bbox_{stride}"][0, own] for stride, own in chosen])
    points = np.concatenate([outputs[f"kps_{stride}"][0, own] for stride, own in chosen])
    centres = (cells + box[:, :2]) * strides
    halves = np.exp(box[:, 2:]) * strides / 2
    return Faces(
        np.concatenate([centres - halves, centres + halves], axis=1),
        scores,
        (cells[:, None] + points.reshape(-1, 5, 2)) * strides[:, None],
    )


def _of_each_stride(rows: Rows, grid: _Grid) -> list[tuple[int, Rows]]:
    """Return which of the ascending rows are whose, counted from the stride's first anchor."""
    bounds = np.searchsorted(rows, grid.edges).tolist()
    return [
        (stride, rows[begin:end] - first)
        for stride, begin, end, first in zip(
            STRIDES, bounds[:-1], bounds[1:], grid.edges[:-1], strict=True
        )
        if begin < end
    ]


def _vote(anchors: Faces, *, least_score: float) -> Faces:
    """Return the best anchor of every face, its points the weighted mean of all that see it."""
    kept: list[int] = []
    landmarks: list[Floats] = []
    covered = np.zeros(len(anchors), np.bool_)
    sure = np.flatnonzero(anchors.scores >= least_score)
    for row in sure[np.argsort(-anchors.scores[sure], kind="stable")]:
        if covered[row]:
            continue
        overlaps = _overlap_with(anchors.boxes_xyxy, anchors.boxes_xyxy[row])
        covered |= overlaps > NMS_IOU
        kept.append(int(row))
        landmarks.append(_weighted_points(anchors, overlaps > VOTE_IOU))
    if not kept:
        return Faces.none()
    return Faces(anchors.boxes_xyxy[kept], anchors.scores[kept], np.stack(landmarks))


def _weighted_points(anchors: Faces, voters: npt.NDArray[np.bool_]) -> Floats:
    weights = anchors.scores[voters] ** 2
    points = np.dot(weights[None], anchors.landmarks[voters].reshape(-1, 10)) / weights.sum()
    return np.asarray(points.reshape(5, 2), np.float32)


def _overlap_with(boxes_xyxy: Floats, box_xyxy: Floats) -> Floats:
    """Return intersection over union of ``(N, 4)`` boxes with one, ``(N,)``."""
    corner1 = np.maximum(boxes_xyxy[:, :2], box_xyxy[:2])
    corner2 = np.minimum(boxes_xyxy[:, 2:], box_xyxy[2:])
    shared = _area(np.maximum(corner2 - corner1, 0))
    areas = _area(boxes_xyxy[:, 2:] - boxes_xyxy[:, :2])
    area = (box_xyxy[2] - box_xyxy[0]) * (box_xyxy[3] - box_xyxy[1])
    return np.asarray(shared / np.maximum(areas + area - shared, 1e-9), np.float32)


def _area(sides: Floats) -> Floats:
    """Return the products of ``(N, 2)`` sides, quicker for two than ``np.prod``."""
    return sides[:, 0] * sides[:, 1]
