import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain import geometry
from edge.domain.geometry import Box, Point

SQUARE: tuple[Point, ...] = ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8))
ARROW: tuple[Point, ...] = ((0, 0), (1, 0), (0.5, 0.4), (1, 1), (0, 1))
BOW_TIE: tuple[Point, ...] = ((0, 0), (1, 1), (1, 0), (0, 1))

sides = st.floats(0, 1).map(lambda value: round(value, 3))


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    x1, x2 = sorted((draw(sides), draw(sides)))
    y1, y2 = sorted((draw(sides), draw(sides)))
    return x1, y1, x2, y2


def test_a_thing_stands_at_the_middle_of_its_lower_edge() -> None:
    assert geometry.foot((0.2, 0.1, 0.4, 0.5)) == pytest.approx((0.3, 0.5))
    assert geometry.centre((0.2, 0.1, 0.4, 0.5)) == pytest.approx((0.3, 0.3))


def test_the_area_does_not_depend_on_the_direction_of_the_corners() -> None:
    assert geometry.area(SQUARE) == pytest.approx(0.36)
    assert geometry.area(SQUARE[::-1]) == pytest.approx(0.36)
    assert geometry.area(ARROW) == pytest.approx(0.75)


def test_boxes_that_only_touch_share_nothing() -> None:
    assert geometry.overlap((0, 0, 0.5, 1), (0.5, 0, 1, 1)) == 0
    assert geometry.overlap((0, 0, 0.5, 1), (0.25, 0, 0.75, 1)) == pytest.approx(1 / 3)


def test_empty_boxes_overlap_with_nothing_and_are_covered_by_nothing() -> None:
    empty = (0.3, 0.3, 0.3, 0.3)
    assert geometry.overlap(empty, empty) == 0
    assert geometry.covered(empty, (0, 0, 1, 1)) == 0


def test_covered_asks_for_the_first_box_alone() -> None:
    assert geometry.covered((0.4, 0.4, 0.6, 0.6), (0, 0, 1, 1)) == pytest.approx(1)
    assert geometry.covered((0, 0, 1, 1), (0.4, 0.4, 0.6, 0.6)) == pytest.approx(0.04)


@given(boxes(), boxes())
def test_overlap_is_a_symmetric_share(a: Box, b: Box) -> None:
    assert geometry.overlap(a, b) == pytest.approx(geometry.overlap(b, a))
    assert 0 <= geometry.overlap(a, b) <= 1 + 1e-9
    assert geometry.overlap(a, b) <= min(geometry.covered(a, b), geometry.covered(b, a)) + 1e-9


@pytest.mark.parametrize(
    ("box", "share"),
    [
        ((0.3, 0.3, 0.5, 0.5), 1.0),
        ((0.0, 0.0, 0.1, 0.1), 0.0),
        ((0.0, 0.2, 0.4, 0.8), 0.5),
        ((0.0, 0.0, 1.0, 1.0), 0.36),
        ((0.5, 0.5, 0.5, 0.9), 0.0),
    ],
)
def test_the_share_of_a_box_inside_a_square_is_exact(box: Box, share: float) -> None:
    assert geometry.share_inside(box, SQUARE) == pytest.approx(share)


@given(boxes())
def test_the_share_of_a_box_inside_a_polygon_with_a_notch_is_that_of_its_points(box: Box) -> None:
    grid = (np.arange(30) + 0.5) / 30
    points = [
        (box[0] + (box[2] - box[0]) * u, box[1] + (box[3] - box[1]) * v) for u in grid for v in grid
    ]
    inside = np.mean([geometry.contains(ARROW, point) for point in points])
    if geometry.box_area(box) > 0:
        assert geometry.share_inside(box, ARROW) == pytest.approx(inside, abs=0.05)


def test_boxes_on_top_of_each_other_cover_a_polygon_once() -> None:
    left = (0.2, 0.2, 0.5, 0.8)
    assert geometry.share_covered(SQUARE, [left, left]) == pytest.approx(0.5, abs=0.03)
    assert geometry.share_covered(SQUARE, [left, (0.5, 0.0, 1, 1)]) == pytest.approx(1)
    assert geometry.share_covered(SQUARE, []) == 0


@pytest.mark.parametrize("polygon", [SQUARE, SQUARE[::-1], ARROW, ((0, 0), (1, 0), (0, 1))])
def test_a_simple_polygon_does_not_cross_itself(polygon: tuple[Point, ...]) -> None:
    assert not geometry.crosses_itself(polygon)


@pytest.mark.parametrize(
    "polygon",
    [
        BOW_TIE,
        (*SQUARE, SQUARE[0]),
        ((0, 0), (1, 0), (1, 1), (0.5, 0), (0, 1)),
        ((0, 0), (1, 0), (0.5, 0), (0.5, 1)),
        ((0, 0), (1, 0), (1, 1), (0.7, 0.7), (0.7, 0), (0.3, 0), (0.3, 1)),
    ],
)
def test_a_polygon_that_meets_itself_is_found_out(polygon: tuple[Point, ...]) -> None:
    assert geometry.crosses_itself(polygon)
