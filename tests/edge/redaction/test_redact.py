"""Pictures that may be shown."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.bootstrap.workshop.workbench import CANVASES_PX, face_finders
from edge.redaction.faces import FaceFinder, heads_of
from edge.redaction.redact import LOOK_EVERY, Redactor, encoded, frames_between_looks
from edge.redaction.squares import SQUARES, coarsened
from edge.stills import Picture
from models.detections import Detections, ObjectDetector
from models.faces import FaceDetector, Faces, Floats
from models.keen import load_keen_detectors
from models.picture import decode_picture
from streams.film import write_film
from streams.retouch import pictures_of

LEAST_FACE_PX = 20
STRICT_SCORE = 0.6
FAR_FACE_PX = 10


class _OneFace:
    """Sees what is white."""

    def __init__(self, canvas_px: int = 640) -> None:
        self.canvas_px = canvas_px

    def detect(self, picture: Picture) -> Faces:
        ys, xs = np.nonzero(picture[..., 1] > 200)
        if not len(ys):
            return Faces.none()
        box = np.array([[xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]], np.float32)
        return Faces(box, np.ones(1, np.float32), np.zeros((1, 5, 2), np.float32))

    def refine(self, picture: Picture, faces: Faces) -> Faces:
        return faces


class _OnePerson:
    name, sha256, labels, input_px = "fake", "", ("person", "car"), 416

    def detect(self, picture: Picture) -> Detections:
        boxes = np.array([[10, 10, 30, 90], [50, 50, 90, 80]], np.float32)
        return Detections(boxes, np.ones(2, np.float32), np.array([0, 1]), self.labels)


class _OnePlate:
    def __init__(self) -> None:
        self.parts: list[list[float]] = []

    def places(self, picture: Picture, vehicle_xyxy: Floats) -> Floats:
        self.parts.append([float(edge) for edge in vehicle_xyxy])
        return np.array([[60, 70, 80, 76]], np.float32)


def _noise(seed: int = 0) -> Picture:
    return np.random.default_rng(seed).integers(0, 180, (100, 100, 3), np.uint8)


def test_a_covered_part_is_a_few_squares_and_the_rest_is_as_it_was() -> None:
    picture = _noise()
    redacted = coarsened(picture, [(0.2, 0.2, 0.5, 0.8)])
    part = redacted[20:80, 20:50].reshape(-1, 3)
    assert len(np.unique(part, axis=0)) <= SQUARES**2
    redacted[20:80, 20:50] = picture[20:80, 20:50]
    assert np.array_equal(redacted, picture)


def test_a_box_beyond_the_edge_is_covered_as_far_as_there_is_a_picture() -> None:
    redacted = coarsened(_noise(), [(-0.5, -0.5, 0.3, 0.3), (0.9, 1.2, 1.5, 1.5)])
    assert len(np.unique(redacted[:30, :30].reshape(-1, 3), axis=0)) <= SQUARES**2


def test_heads_are_covered_where_no_face_is_seen() -> None:
    redactor = Redactor(FaceFinder([_OneFace()]), FaceFinder([_OneFace()]), _OnePerson())
    picture = _noise()
    changed = (redactor.still(picture, plates=True) != picture).any(axis=2)
    ys, xs = np.nonzero(changed)
    edges = (xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)
    assert edges == pytest.approx((10, 7.6, 30, 34), abs=1)


def test_the_head_of_somebody_whose_legs_are_not_seen_is_more_than_a_third() -> None:
    sitting = Detections(
        np.array([[20, 40, 60, 90], [80, 40, 99, 46]], np.float32),
        np.ones(2, np.float32),
        np.array([0, 0]),
        ("p",),
    )
    (_, top, _, bottom), (_, _, _, low) = heads_of(sitting, _noise(), frozenset({"p"}))
    assert (top, bottom) == pytest.approx((0.376, 0.64))
    assert low == pytest.approx(0.46), "no further than what is seen of them"


def test_of_the_canvas_for_far_faces_only_what_is_small_there_is_taken() -> None:
    picture = np.zeros((400, 640, 3), np.uint8)
    picture[50:330, 100:380] = 255
    finder = FaceFinder([_OneFace()], far=_OneFace(1280))
    assert len(finder.find(picture)) == 1
    picture[:, 150:] = 0
    picture[120:] = 0
    assert len(finder.find(picture)) == 2


@pytest.mark.parametrize(
    ("rate", "frames"), [(25, 5), (50, 5), (12.5, 2), (10, 2), (4, 1), (1, 1), (None, 1)]
)
def test_a_slow_clip_is_looked_at_as_often_as_a_fast_one(rate: float | None, frames: int) -> None:
    assert frames_between_looks(rate) == frames


def test_somebody_who_passes_a_slow_camera_is_covered(tmp_path: Path) -> None:
    pictures = [np.zeros((96, 320, 3), np.uint8) for _ in range(20)]
    # Seen in two frames only, two seconds after the beginning: between looks at every fifth.
    for index in (11, 12):
        pictures[index][30:60:2, 100:130] = 255
    write_film(tmp_path / "clear.mp4", pictures, fps=5)
    redactor = Redactor(FaceFinder([_OneFace()]), FaceFinder([_OneFace()]))
    redactor.clip(tmp_path / "clear.mp4", tmp_path / "shown.mp4", plates=True)
    assert max(int(picture.max()) for picture in pictures_of(tmp_path / "clear.mp4")) > 230
    assert max(int(picture.max()) for picture in pictures_of(tmp_path / "shown.mp4")) < 190


def test_a_plate_on_what_no_network_sees_is_looked_for_in_parts_of_a_still() -> None:
    places = _OnePlate()
    redactor = Redactor(FaceFinder([]), FaceFinder([]), plates=places)
    redactor.still(np.zeros((600, 1200, 3), np.uint8), plates=True)
    assert places.parts == [
        [0, 0, 1200, 600],
        [0, 0, 640, 600],
        [280, 0, 920, 600],
        [560, 0, 1200, 600],
    ]


def test_plates_are_covered_only_where_they_are_not_what_it_is_about() -> None:
    places = _OnePlate()
    plain = Redactor(FaceFinder([]), FaceFinder([]), _OnePerson(), people=frozenset())
    redactor = replace(plain, plates=places)
    picture = _noise()
    assert np.array_equal(redactor.still(picture, plates=False), picture)
    changed = (redactor.still(picture, plates=True) != picture).any(axis=2)
    assert changed[70:76, 60:80].all()
    assert places.parts[:2] == [[0, 0, 100, 100], [50, 50, 90, 80]]


def test_a_far_face_is_looked_for_in_parts_of_a_large_picture() -> None:
    picture = np.zeros((700, 1500, 3), np.uint8)
    picture[300:330, 1400:1430] = 255
    (box,) = FaceFinder([], tile=_OneFace()).find(picture)[:1]
    assert box[0] * 1500 < 1400
    assert box[2] * 1500 > 1430
    assert box[1] * 700 < 300
    assert box[3] * 700 > 330


def test_what_moves_through_a_clip_is_covered_in_every_frame(tmp_path: Path) -> None:
    pictures = []
    for index in range(4 * LOOK_EVERY + 3):
        picture = np.zeros((96, 320, 3), np.uint8)
        # A cross, so that a part of it that is not covered would be as white as before.
        picture[30:60, 20 + 6 * index : 50 + 6 * index] = 255
        picture[::2] = 0
        pictures.append(picture)
    write_film(tmp_path / "clear.mp4", pictures, fps=25)
    redactor = Redactor(FaceFinder([_OneFace()]), FaceFinder([_OneFace()]))
    redactor.clip(tmp_path / "clear.mp4", tmp_path / "shown.mp4", plates=True)
    before = list(pictures_of(tmp_path / "clear.mp4"))
    shown = list(pictures_of(tmp_path / "shown.mp4"))
    assert len(shown) == len(before)
    assert min(int(picture.max()) for picture in before) > 230
    assert max(int(picture.max()) for picture in shown) < 190


@pytest.fixture(scope="module")
def keen(models_ready: None) -> tuple[FaceDetector, ...]:
    return load_keen_detectors("open", CANVASES_PX)


def _as_on_a_box(keen: Sequence[FaceDetector], objects: ObjectDetector | None = None) -> Redactor:
    return Redactor(*face_finders(keen), objects)


def _widths_px(picture: Picture, judges: Sequence[FaceDetector]) -> list[float]:
    """Return the widths of faces that a detector, as strict as a gate's, finds."""
    return [float(box[2] - box[0]) for box in _found(picture, judges)]


def _found(picture: Picture, judges: Sequence[FaceDetector]) -> list[Floats]:
    return [
        box
        for faces in (judge.detect(picture) for judge in judges)
        for box, score in zip(faces.boxes_xyxy, faces.scores, strict=True)
        if score >= STRICT_SCORE and box[2] - box[0] > LEAST_FACE_PX
    ]


def _is_as_it_was(before: Picture, after: Picture, box: Floats) -> bool:
    """Return whether a tenth of what lies within a box is unchanged.

    A detector takes squares of skin colour for a face now and then; on those nobody is known.
    """
    x1, y1, x2, y2 = np.maximum(box, 0).astype(int)
    same = (before[y1:y2, x1:x2] == after[y1:y2, x1:x2]).all(axis=2)
    return bool(same.mean() > 0.1)


@pytest.mark.parametrize("folder", ["faces_group", "faces_masked"])
def test_no_face_can_be_seen_on_what_is_shown(
    shared: Path, keen: tuple[FaceDetector, ...], folder: str
) -> None:
    redactor = _as_on_a_box(keen)
    faces = 0
    for path in sorted((shared / "dev" / folder).glob("*.jpg"))[:16]:
        picture = decode_picture(path.read_bytes())
        assert picture is not None
        shown = redactor.still(picture, plates=False)
        before = _found(picture, keen[1:3])
        faces += len(before)
        for box in before + _found(shown, keen[1:3]):
            assert not _is_as_it_was(picture, shown, box), path.name
    assert faces > 15


def test_far_faces_of_a_1080p_clip_are_covered(
    shared: Path, keen: tuple[FaceDetector, ...]
) -> None:
    finder = _as_on_a_box(keen).clip_faces
    faces = covered = 0
    for path in sorted((shared / "dev" / "faces_group").glob("ultralight_1*.jpg")):
        near = decode_picture(path.read_bytes())
        assert near is not None
        boxes_xyxy = np.array(_found(near, keen[2:3]))
        scale = FAR_FACE_PX / float(np.median(boxes_xyxy[:, 2] - boxes_xyxy[:, 0]))
        far = cv2.resize(near, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        picture = np.full((1080, 1920, 3), 90, np.uint8)
        picture[300 : 300 + far.shape[0], 700 : 700 + far.shape[1]] = far
        bare = np.ones((1080, 1920), np.uint8)
        for x1, y1, x2, y2 in finder.find(picture):
            bare[int(y1 * 1080) : round(y2 * 1080), int(x1 * 1920) : round(x2 * 1920)] = 0
        for box in boxes_xyxy * scale + np.array([700, 300, 700, 300]):
            left, top, right, bottom = box.astype(int)
            faces += 1
            covered += bool(bare[top:bottom, left:right].mean() < 0.1)
    assert faces > 15
    assert covered / faces > 0.85


def test_no_face_is_found_in_any_frame_of_a_clip_that_is_shown(
    shared: Path, keen: tuple[FaceDetector, ...], tmp_path: Path
) -> None:
    source = shared / "dev" / "videos" / "face_face-demographics-walking.mp4"
    redactor = _as_on_a_box(keen)
    redactor.clip(source, tmp_path / "shown.mp4", plates=False)
    before = [_widths_px(picture, keen[1:2]) for picture in pictures_of(source)]
    assert sum(bool(faces) for faces in before) >= 3
    for picture in pictures_of(tmp_path / "shown.mp4"):
        assert _widths_px(picture, keen[1:2]) == []


def test_a_still_is_read_as_it_was_written() -> None:
    picture = cv2.resize(_noise(), (320, 240), interpolation=cv2.INTER_CUBIC)
    again = decode_picture(encoded(np.asarray(picture, np.uint8)))
    assert again is not None
    assert np.abs(again.astype(int) - picture).mean() < 12
