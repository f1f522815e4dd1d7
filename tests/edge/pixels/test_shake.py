import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.pixels.shake import REACH_PX, displacement, undo
from tests.asphalt import WHITE, a_street, gained, noisy, put

Grey = npt.NDArray[np.uint8]
STREET = a_street()
GREY: Grey = np.asarray(cv2.blur(STREET[..., 0], (3, 3)), np.uint8)
"""Smoothed, as the background sees it: lines of one pixel are lost at half the size."""


def moved(picture: Grey, x: float, y: float) -> Grey:
    matrix = np.array([[1, 0, x], [0, 1, y]], np.float32)
    size_wh = (picture.shape[1], picture.shape[0])
    after = cv2.warpAffine(picture, matrix, size_wh, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(after, np.uint8)


@settings(max_examples=60, deadline=None)
@given(st.floats(-5, 5), st.floats(-5, 5))
def test_a_shift_is_measured_and_undone(x: float, y: float) -> None:
    shaken = moved(GREY, x, y)
    shift = displacement(shaken, GREY)
    assert shift == pytest.approx((x, y), abs=0.25)
    inside = np.s_[8:-8, 8:-8]
    before = np.abs(shaken[inside].astype(np.int16) - GREY[inside]).mean()
    after = np.abs(undo(shaken, shift)[inside].astype(np.int16) - GREY[inside]).mean()
    assert after <= before + 0.5
    assert after < 4


def test_a_still_camera_is_not_moved() -> None:
    still = noisy(STREET, 3)[..., 0]
    assert displacement(still, GREY) == pytest.approx((0, 0), abs=0.1)


def test_noise_and_light_do_not_matter() -> None:
    other = noisy(gained(STREET, 0.8), 2)[..., 0]
    lit = np.asarray(GREY * np.float32(0.8), np.uint8)
    assert displacement(moved(other, 2.0, -1.5), lit) == pytest.approx((2, -1.5), abs=0.3)


def test_a_lorry_that_drives_by_does_not_move_the_camera() -> None:
    lorry = put(STREET, (120, 60, 240, 150), WHITE)[..., 0]
    assert displacement(lorry, GREY) == pytest.approx((0, 0), abs=0.3)
    watched = np.ones(GREY.shape, bool)
    watched[60:150, 120:240] = False
    assert displacement(moved(lorry, 2, 1), GREY, watched) == pytest.approx((2, 1), abs=0.3)


def test_on_an_even_surface_nothing_can_be_told() -> None:
    even = np.full(GREY.shape, 90, np.uint8)
    assert displacement(even, even).tolist() == [0, 0]
    assert displacement(even, GREY, np.zeros(GREY.shape, bool)).tolist() == [0, 0]


@pytest.mark.parametrize("seed", range(5))
def test_a_turned_camera_is_not_shaken(seed: int) -> None:
    elsewhere = a_street(seed + 20)[::-1, ::-1, 0]
    shift = displacement(np.ascontiguousarray(elsewhere), GREY)
    assert np.abs(shift).max() <= REACH_PX


def test_one_direction_is_told_where_all_lines_run_the_other_way() -> None:
    lines = np.full(GREY.shape, 90, np.uint8)
    lines[:, ::24] = 200
    shift = displacement(moved(lines, 2, 0), lines)
    assert abs(shift[0] - 2) < 0.4 or not shift.any()
