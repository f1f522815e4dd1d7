"""YuNet 2023mar: a face detector of 75,000 weights that gives boxes and five points.

W. Wu, H. Peng, S. Yu: YuNet: A Tiny Millisecond-level Face Detector. MIR 2023. The points of one
anchor are noisy; the weighted mean over all anchors that see the same face is the cheapest gain in
recognition accuracy there is (measured), and a second look at the face at its best size adds more.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from models.faces import Faces, Floats, Picture
from models.letterbox import letterbox, to_batch
from models.session import Network

STRIDES = (8, 16, 32)
CANDIDATE_SCORE = 0.05
"""Anchors below this do not vote."""

NMS_IOU = 0.3
VOTE_IOU = 0.7
LOOK_IOU = 0.6
LOOK_SCORE = 0.3
MIRRORED = (1, 0, 2, 4, 3)
"""Order of the five points in a mirror image."""


@dataclass(frozen=True, slots=True)
class Look:
    """A second look at one face: turned upright, centred, ``face_px`` wide on a small canvas."""

    canvas_px: int
    face_px: int
    mirrored: bool


QUICK = (Look(128, 80, mirrored=False), Look(128, 80, mirrored=True))
"""For live video: 1.1 ms a face."""

EXACT = (*QUICK, Look(320, 224, mirrored=False), Look(320, 224, mirrored=True))
"""For enrolment and single pictures: 6 ms a face."""


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
        self._canvas_px = canvas_px
        self._least_score = least_score
        self._looks = tuple(looks)

    def detect(self, picture: Picture) -> Faces:
        """Return the faces of a picture, best score first."""
        boxed = letterbox(picture, longer_px=self._canvas_px, multiple=STRIDES[-1])
        anchors = self._anchors(boxed.canvas)
        faces = _vote(anchors, least_score=self._least_score)
        scale = np.float32(1 / boxed.scale)
        return Faces(faces.boxes_xyxy * scale, faces.scores, faces.landmarks * scale)

    def refine(self, picture: Picture, faces: Faces) -> Faces:
        """Return the same faces with the mean points of all second looks that found them."""
        landmarks = faces.landmarks.copy()
        for row in range(len(faces)):
            found = [
                points
                for look in self._looks
                if (points := self._look_again(picture, faces, row, look)) is not None
            ]
            if found:
                landmarks[row] = np.mean(found, axis=0)
        return Faces(faces.boxes_xyxy, faces.scores, landmarks)

    def _look_again(self, picture: Picture, faces: Faces, row: int, look: Look) -> Floats | None:
        """Return the ``(5, 2)`` points of one face in picture pixels, None if it is not found."""
        matrix = _upright(faces.boxes_xyxy[row], faces.landmarks[row], look)
        canvas = cv2.warpAffine(
            picture, matrix, (look.canvas_px, look.canvas_px), flags=cv2.INTER_LINEAR
        )
        if look.mirrored:
            canvas = np.ascontiguousarray(canvas[:, ::-1])
        anchors = self._anchors(canvas)
        points = _central_points(anchors, look)
        if points is None:
            return None
        if look.mirrored:
            points = points[list(MIRRORED)]
            points[:, 0] = look.canvas_px - 1 - points[:, 0]
        back = cv2.invertAffineTransform(matrix)
        return (points @ back[:, :2].T + back[:, 2]).astype(np.float32)

    def _anchors(self, canvas: Picture) -> Faces:
        """Return every anchor above ``CANDIDATE_SCORE`` as a face, in canvas pixels."""
        outputs = self._network.run(to_batch(canvas[None], mean=0.0, std=1.0, rgb=False))
        by_name = dict(zip(self._network.output_names, outputs, strict=True))
        columns = canvas.shape[1]
        parts = [_decode(by_name, stride, columns // stride) for stride in STRIDES]
        return Faces(
            np.concatenate([part.boxes_xyxy for part in parts]),
            np.concatenate([part.scores for part in parts]),
            np.concatenate([part.landmarks for part in parts]),
        )


def _decode(outputs: dict[str, Floats], stride: int, columns: int) -> Faces:
    """Return one stride's anchors above ``CANDIDATE_SCORE`` in canvas pixels."""
    scores = np.sqrt(
        np.clip(outputs[f"cls_{stride}"][0, :, 0], 0, 1)
        * np.clip(outputs[f"obj_{stride}"][0, :, 0], 0, 1)
    )
    rows = np.flatnonzero(scores > CANDIDATE_SCORE)
    grid = np.stack([rows % columns, rows // columns], axis=1).astype(np.float32)
    box = outputs[f"bbox_{stride}"][0, rows]
    centres = (grid + box[:, :2]) * stride
    halves = np.exp(box[:, 2:]) * stride / 2
    points = (grid[:, None] + outputs[f"kps_{stride}"][0, rows].reshape(-1, 5, 2)) * stride
    return Faces(
        np.concatenate([centres - halves, centres + halves], axis=1).astype(np.float32),
        scores[rows].astype(np.float32),
        points.astype(np.float32),
    )


def _vote(anchors: Faces, *, least_score: float) -> Faces:
    """Return the best anchor of every face, its points the weighted mean of all that see it."""
    kept: list[int] = []
    landmarks: list[Floats] = []
    for row in np.argsort(-anchors.scores, kind="stable"):
        if anchors.scores[row] < least_score:
            break
        overlaps = _overlap_with(anchors.boxes_xyxy, anchors.boxes_xyxy[row])
        if any(overlaps[other] > NMS_IOU for other in kept):
            continue
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
    shared = np.prod(np.clip(corner2 - corner1, 0, None), axis=1)
    areas = np.prod(boxes_xyxy[:, 2:] - boxes_xyxy[:, :2], axis=1)
    area = np.prod(box_xyxy[2:] - box_xyxy[:2])
    return np.asarray(shared / np.maximum(areas + area - shared, 1e-9), np.float32)


def _upright(box_xyxy: Floats, landmarks: Floats, look: Look) -> npt.NDArray[np.float64]:
    """Return the ``(2, 3)`` map from the picture to a look's canvas."""
    right = landmarks[1] + landmarks[4] - landmarks[0] - landmarks[3]
    angle_deg = float(np.degrees(np.arctan2(right[1], right[0])))
    size_px = float(np.sqrt(np.prod(box_xyxy[2:] - box_xyxy[:2])))
    centre = (box_xyxy[:2] + box_xyxy[2:]) / 2
    matrix = cv2.getRotationMatrix2D(
        (float(centre[0]), float(centre[1])), angle_deg, look.face_px / max(size_px, 1.0)
    )
    matrix[:, 2] += look.canvas_px / 2 - centre
    return matrix


def _central_points(anchors: Faces, look: Look) -> Floats | None:
    """Return the points of the best face near the canvas's middle, ``(5, 2)``."""
    middle = (anchors.boxes_xyxy[:, :2] + anchors.boxes_xyxy[:, 2:]) / 2 - look.canvas_px / 2
    near = (np.hypot(middle[:, 0], middle[:, 1]) < look.face_px / 2) & (
        anchors.scores >= LOOK_SCORE
    )
    if not near.any():
        return None
    best = int(np.argmax(np.where(near, anchors.scores, 0)))
    return _weighted_points(
        anchors, _overlap_with(anchors.boxes_xyxy, anchors.boxes_xyxy[best]) > LOOK_IOU
    )
