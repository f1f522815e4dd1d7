"""YuNet 2023mar: a face detector of 75,000 weights that gives boxes and five points.

W. Wu, H. Peng, S. Yu: YuNet: A Tiny Millisecond-level Face Detector. MIR 2023. The points of one
anchor are noisy; the weighted mean over all anchors that see the same face is the cheapest gain in
recognition accuracy there is (measured), and a second look at the face at its best size adds more.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.faces import Faces, Floats, Picture
from models.letterbox import letterbox, to_batch
from models.second_look import Look, central_row, look_again
from models.session import Network

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
        boxed = letterbox(picture, longer_px=self.canvas_px, multiple=STRIDES[-1])
        anchors = self._anchors(boxed.canvas, least_score=self._least_score)
        faces = _vote(anchors, least_score=self._least_score)
        return faces.scaled(1 / boxed.scale)

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
        outputs = self._network.run(to_batch(canvas[None], mean=0.0, std=1.0, rgb=False))
        by_name = dict(zip(self._network.output_names, outputs, strict=True))
        voters = [_voters(by_name, stride) for stride in STRIDES]
        if not any((one.scores >= least_score).any() for one in voters):
            return Faces.none()
        columns = canvas.shape[1]
        parts = [_decode(by_name, one, columns // one.stride) for one in voters if len(one.scores)]
        return Faces(
            np.concatenate([part.boxes_xyxy for part in parts]),
            np.concatenate([part.scores for part in parts]),
            np.concatenate([part.landmarks for part in parts]),
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Voters:
    """One stride's anchors above ``CANDIDATE_SCORE``.

    Attributes:
        rows: ``(N,)`` of the outputs.
        scores: ``(N,)``.
    """

    stride: int
    rows: npt.NDArray[np.intp]
    scores: Floats


def _voters(outputs: dict[str, Floats], stride: int) -> _Voters:
    classes, objects = (outputs[f"{name}_{stride}"][0, :, 0] for name in ("cls", "obj"))
    # Of thousands a few: the exact score is asked of those only that can have it.
    rows = np.flatnonzero(classes * objects > CANDIDATE_PRODUCT)
    scores = np.sqrt(np.clip(classes[rows], 0, 1) * np.clip(objects[rows], 0, 1))
    above = scores > CANDIDATE_SCORE
    return _Voters(stride, rows[above], scores[above])


def _decode(outputs: dict[str, Floats], voters: _Voters, columns: int) -> Faces:
    """Return one stride's anchors in canvas pixels."""
    stride, rows = voters.stride, voters.rows
    grid = np.stack([rows % columns, rows // columns], axis=1).astype(np.float32)
    box = outputs[f"bbox_{stride}"][0, rows]
    centres = (grid + box[:, :2]) * stride
    halves = np.exp(box[:, 2:]) * stride / 2
    points = (grid[:, None] + outputs[f"kps_{stride}"][0, rows].reshape(-1, 5, 2)) * stride
    return Faces(
        np.concatenate([centres - halves, centres + halves], axis=1).astype(np.float32),
        voters.scores,
        points.astype(np.float32),
    )


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
    points = np.tensordot(weights, anchors.landmarks[voters], axes=1) / weights.sum()
    return np.asarray(points, np.float32)


def _overlap_with(boxes_xyxy: Floats, box_xyxy: Floats) -> Floats:
    """Return intersection over union of ``(N, 4)`` boxes with one, ``(N,)``."""
    corner1 = np.maximum(boxes_xyxy[:, :2], box_xyxy[:2])
    corner2 = np.minimum(boxes_xyxy[:, 2:], box_xyxy[2:])
    shared = _area(np.maximum(corner2 - corner1, 0))
    areas, area = _area(boxes_xyxy[:, 2:] - boxes_xyxy[:, :2]), np.prod(box_xyxy[2:] - box_xyxy[:2])
    return np.asarray(shared / np.maximum(areas + area - shared, 1e-9), np.float32)


def _area(sides: Floats) -> Floats:
    """Return the products of ``(N, 2)`` sides, quicker for two than ``np.prod``."""
    return sides[:, 0] * sides[:, 1]
