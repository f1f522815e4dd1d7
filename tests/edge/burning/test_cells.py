import cv2
import numpy as np
import pytest

from edge.burning.cells import CellEye, CellFrame, outline
from tests.burning_scenes import STREET, Pixels


def picture(shift: tuple[int, int] = (0, 0), gain: float = 1.0) -> Pixels:
    moved = np.roll(STREET * gain, shift, (0, 1))
    return np.clip(cv2.GaussianBlur(moved, (0, 0), 2), 0, 255).astype(np.uint8)


def compared(before: Pixels, after: Pixels) -> CellFrame:
    eye = CellEye()
    assert eye.observe(before, 0.0).restarted
    frame = eye.observe(after, 0.2).frame
    assert frame is not None
    return frame


def test_the_same_picture_again_is_no_frame() -> None:
    eye = CellEye()
    eye.observe(picture(), 0.0)
    again = eye.observe(picture(), 0.2)
    assert again.frame is None
    assert not again.restarted


def test_another_scene_restarts() -> None:
    eye = CellEye()
    eye.observe(picture(), 0.0)
    assert eye.observe(255 - picture(), 0.2).restarted


def partly(shift: tuple[int, int]) -> Pixels:
    """Return the picture with its lower right third displaced."""
    part = picture()
    part[64:, 176:] = picture(shift)[64:, 176:]
    return part


def test_a_camera_that_changes_its_gain_sees_no_change() -> None:
    assert float(np.median(compared(picture(), picture(gain=1.15)).change)) < 1.0


def test_a_camera_that_shakes_sees_no_change() -> None:
    inside = np.s_[2:-2, 2:-2]
    assert float(np.median(compared(picture(), picture((3, 2))).change[inside])) < 0.5
    assert float(np.median(compared(picture(), partly((3, 2))).change[10:-2, 24:-2])) > 2.0


@pytest.mark.parametrize(("down", "right"), [(-1, 0), (1, 0), (0, 1), (0, -1)])
def test_the_flow_points_where_the_texture_goes(down: int, right: int) -> None:
    frame = compared(picture(), partly((down, right)))
    inside = np.s_[10:-2, 24:-2]
    assert np.median(frame.down[inside]) == pytest.approx(down, abs=0.4)
    assert np.median(frame.right[inside]) == pytest.approx(right, abs=0.4)


def test_a_veil_takes_edges_away_and_adds_none() -> None:
    frame = compared(picture(), (picture() * 0.6 + 60).astype(np.uint8))
    assert float(np.median(frame.edges / frame.background_edges)) < 0.5
    assert float(np.median(frame.new_edges)) < 0.05
    moved = compared(picture(), partly((4, 4)))
    assert float(np.median(moved.new_edges[10:-2, 24:-2])) > 0.1


@pytest.mark.parametrize("bgr", [(30, 140, 240), (80, 55, 145)], ids=["orange", "sooty red"])
def test_the_colours_of_fire_appear_and_vanish(bgr: tuple[int, int, int]) -> None:
    lit = picture()
    lit[40:80, 80:120] = bgr
    frame = compared(picture(), lit)
    assert frame.flame[6, 12] == pytest.approx(1.0, abs=0.01)
    assert frame.lit[6, 12] > 0.7
    assert frame.died.max() == 0
    assert compared(lit, picture()).died[6, 12] > 0.7


def test_colour_that_only_crosses_the_limit_by_noise_is_no_turnover() -> None:
    dull, bright = picture(), picture()
    dull[40:80, 80:120] = (40, 100, 148)
    bright[40:80, 80:120] = (40, 105, 154)
    frame = compared(dull, bright)
    assert frame.lit.max() == 0


def test_the_outline_is_what_is_watched_less_what_is_ignored() -> None:
    left = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
    top = ((0.0, 0.0), (1.0, 0.0), (1.0, 0.5), (0.0, 0.5))
    watched = outline((20, 40), [top], [left])
    assert not watched[:9].any()
    assert not watched[:, 21:].any()
    assert watched[12:, :19].all()
    assert outline((20, 40), [], []).all()
