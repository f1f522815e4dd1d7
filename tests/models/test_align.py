import numpy as np
import pytest

from models.align import TEMPLATE, align, similarity_transform
from models.faces import Floats


def moved(points: Floats, *, angle_deg: float, scale: float, shift: tuple[float, float]) -> Floats:
    angle = np.deg2rad(angle_deg)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray(scale * points @ turn.T + shift, np.float32)


def test_a_similarity_is_found_again_exactly() -> None:
    source = moved(TEMPLATE, angle_deg=20, scale=2.5, shift=(100, 40))
    matrix = similarity_transform(source, TEMPLATE)
    back = source @ matrix[:, :2].T + matrix[:, 2]
    np.testing.assert_allclose(back, TEMPLATE, atol=1e-3)


def test_no_face_is_ever_mirrored() -> None:
    mirrored = TEMPLATE * [-1, 1] + [112, 0]
    matrix = similarity_transform(mirrored.astype(np.float32), TEMPLATE)
    assert np.linalg.det(matrix[:, :2]) > 0


def test_points_that_coincide_are_no_face() -> None:
    with pytest.raises(ValueError, match="coincide"):
        similarity_transform(np.zeros((5, 2), np.float32), TEMPLATE)


def test_an_aligned_face_has_its_eyes_where_the_template_has_them() -> None:
    points = moved(TEMPLATE, angle_deg=-15, scale=1.5, shift=(60, 90))
    picture = np.zeros((400, 400, 3), np.uint8)
    for x, y in points.round().astype(int)[:2]:
        picture[y - 3 : y + 4, x - 3 : x + 4] = 255
    crop = align(picture, points)
    assert crop.shape == (112, 112, 3)
    for x, y in TEMPLATE[:2].round().astype(int):
        assert crop[y, x].min() > 200
    assert crop[92, 56].max() == 0
