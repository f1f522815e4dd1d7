from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from models.faces import FacePack, Faces
from models.picture import decode_picture
from models.yunet import STRIDES, _candidates, _decode, _grid, _vote


def anchors(*rows: tuple[float, float, float]) -> Faces:
    """Faces of 40 x 50 pixels at (x, y) with a score; their points sit at the box's corner."""
    boxes = [[x, y, x + 40, y + 50] for x, y, _ in rows]
    points = [[[x, y]] * 5 for x, y, _ in rows]
    return Faces(
        np.asarray(boxes, np.float32),
        np.asarray([score for _, _, score in rows], np.float32),
        np.asarray(points, np.float32),
    )


def test_an_anchor_is_decoded_by_its_place_in_the_grid() -> None:
    grid = _grid(64, 96)
    counts = dict(zip(STRIDES, (96, 24, 6), strict=True))

    def columns(stride: int, values: list[float]) -> npt.NDArray[np.float32]:
        out = np.zeros((1, counts[stride], len(values)), np.float32)
        if stride == 16:
            out[0, 7] = values  # row 1, column 1 of a grid of 6 columns
        return out

    outputs = {
        f"{name}_{stride}": columns(stride, values)
        for stride in STRIDES
        for name, values in (
            ("cls", [0.81]),
            ("obj", [1.0]),
            ("bbox", [0.5, 0.25, np.log(2.0), np.log(4.0)]),
            ("kps", [0.5] * 10),
        )
    }
    rows, scores = _candidates(outputs)
    assert list(rows) == [96 + 7]
    faces = _decode(outputs, rows, scores, grid)
    assert faces.scores == pytest.approx([0.9])
    np.testing.assert_allclose(faces.boxes_xyxy, [[24 - 16, 20 - 32, 24 + 16, 20 + 32]])
    np.testing.assert_allclose(faces.landmarks, np.full((1, 5, 2), 24.0))


def test_every_anchor_that_sees_a_face_votes_by_the_square_of_its_score() -> None:
    faces = _vote(anchors((100, 100, 0.9), (102, 100, 0.3), (300, 100, 0.8)), least_score=0.6)
    assert len(faces) == 2
    expected = (0.81 * 100 + 0.09 * 102) / 0.9
    np.testing.assert_allclose(faces.landmarks[0, :, 0], expected, rtol=1e-6)
    np.testing.assert_allclose(faces.landmarks[1, :, 0], 300)


def test_two_boxes_of_one_face_are_one_face() -> None:
    assert len(_vote(anchors((100, 100, 0.9), (110, 105, 0.85)), least_score=0.6)) == 1


def test_below_the_least_score_there_is_no_face() -> None:
    assert len(_vote(anchors((100, 100, 0.5)), least_score=0.6)) == 0


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "count"), [("000_5", 5), ("011_3", 3), ("013_4", 4), ("017_0", 0)]
)
def test_everybody_on_a_real_photo_is_found(
    shared: Path, open_pack: FacePack, name: str, count: int
) -> None:
    picture = decode_picture((shared / f"dev/faces_group/compreface_{name}.jpg").read_bytes())
    assert picture is not None
    assert len(open_pack.detector.detect(picture)) == count


@pytest.mark.shared
def test_refining_keeps_the_faces_and_their_order(shared: Path, exact_pack: FacePack) -> None:
    picture = decode_picture((shared / "dev/faces_group/compreface_000_5.jpg").read_bytes())
    assert picture is not None
    faces = exact_pack.detector.detect(picture)
    refined = exact_pack.detector.refine(picture, faces)
    np.testing.assert_array_equal(refined.boxes_xyxy, faces.boxes_xyxy)
    widths = faces.boxes_xyxy[:, 2] - faces.boxes_xyxy[:, 0]
    moved = np.abs(refined.landmarks - faces.landmarks).max(axis=(1, 2))
    assert (moved > 0).all()
    assert (moved < 0.2 * widths).all()
