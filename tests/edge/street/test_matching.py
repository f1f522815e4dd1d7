import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.geometry import Box, box_area, covered, overlap
from edge.domain.scene import Subject, Thing
from edge.street.matching import (
    COVERED_BY,
    SAME_BOX,
    as_shares,
    cut_box,
    in_background,
    is_covered,
    is_same,
    is_somebody,
    lies_on,
    part_of,
    pixels_of,
    stands_free,
)
from edge.street.standing import ESTABLISHED, Standing, Tally
from tests.asphalt import BOX_PX, SIZE_WH
from tests.kerb import CAR, STREET, a_view, named, shares

BOX: Box = (0.4, 0.5, 0.6, 0.7)
edges = st.floats(0, 1, allow_subnormal=False)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    x1, x2 = sorted((draw(edges), draw(edges)))
    y1, y2 = sorted((draw(edges), draw(edges)))
    return (x1, y1, x2, y2)


def a_standing(
    box: Box = BOX, subject: Subject = Subject.VEHICLE, *, looks: float = 9, static: bool = False
) -> Standing:
    return Standing(
        id=1,
        subject=subject,
        label="",
        box=box,
        area=box_area(box),
        since_s=0.0,
        seen_s=0.0,
        looks=Tally(looks),
        static=static,
    )


def a_thing(box: Box, subject: Subject = Subject.VEHICLE) -> Thing:
    return Thing(subject, "thing", box, 0.8)


def moved(x: float, y: float = 0.0, box: Box = BOX) -> Box:
    return (box[0] + x, box[1] + y, box[2] + x, box[3] + y)


@given(boxes(), boxes())
def test_shares_of_a_patch_are_shares(a: Box, b: Box) -> None:
    for looks in (0, ESTABLISHED):
        assert 0 <= part_of(a, a_standing(b, looks=looks)) <= 1 + 1e-9


@given(boxes(), boxes())
def test_a_new_place_takes_in_more_than_an_established_one(a: Box, b: Box) -> None:
    assert part_of(a, a_standing(b, looks=0)) >= part_of(a, a_standing(b, looks=ESTABLISHED))


@given(boxes(), boxes())
def test_the_same_place_is_so_whichever_is_older(a: Box, b: Box) -> None:
    one, other = a_standing(a), a_standing(b)
    assert is_same(one, other) is is_same(other, one)


@given(boxes(), boxes())
def test_a_thing_covers_a_place_only_where_it_lies_on_it_and_is_another(a: Box, b: Box) -> None:
    if is_covered(a_standing(a), [a_thing(b)]):
        assert covered(a, b) >= COVERED_BY
        assert overlap(a, b) < SAME_BOX


@given(boxes())
def test_a_box_is_at_least_one_pixel_of_the_picture(box: Box) -> None:
    width, height = SIZE_WH
    left, top, right, bottom = pixels_of(box, width, height)
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height
    looks = cut_box(CAR, box)
    assert looks.mask.any()
    assert looks.crop(CAR).shape == looks.thing.shape


@given(st.integers(0, 300), st.integers(0, 160), st.integers(1, 20), st.integers(1, 20))
def test_pixels_become_shares_and_pixels_again(x: int, y: int, width: int, height: int) -> None:
    box_px = (x, y, x + width, y + height)
    assert pixels_of(as_shares(box_px, *SIZE_WH), *SIZE_WH) == box_px


@pytest.mark.parametrize(("x", "lies"), [(0.0, True), (0.05, True), (0.06, False), (0.2, False)])
def test_a_box_lies_on_a_place_that_it_mostly_is(x: float, lies: bool) -> None:
    assert lies_on(a_thing(moved(x)), a_standing()) is lies


def test_a_bike_does_not_lie_on_a_vehicles_place() -> None:
    bike = a_thing(BOX, Subject.BIKE)
    assert not lies_on(bike, a_standing())
    assert lies_on(bike, a_standing(subject=Subject.OBJECT))


def test_a_patch_may_be_a_part_of_the_thing_but_not_a_speck_of_it() -> None:
    piece = a_standing((0.45, 0.55, 0.55, 0.65), Subject.OBJECT, static=True)
    assert lies_on(a_thing(BOX), piece)
    assert not lies_on(a_thing((0.2, 0.3, 0.8, 0.9)), piece)
    assert not lies_on(a_thing(moved(0.12)), piece)


def test_a_thing_lower_on_the_picture_is_in_front() -> None:
    place = a_standing()
    assert is_covered(place, [a_thing((0.3, 0.4, 0.55, 0.9))])
    assert not is_covered(place, [a_thing((0.3, 0.2, 0.55, 0.62))])
    assert not is_covered(place, [a_thing(moved(0.03, 0.03))])
    assert not is_covered(place, [])


@pytest.mark.parametrize("subject", [Subject.PERSON, Subject.SMOKE, Subject.FLAME])
def test_people_and_smoke_are_in_front_wherever_they_end(subject: Subject) -> None:
    assert is_covered(a_standing(), [a_thing((0.3, 0.2, 0.55, 0.62), subject)])


def test_a_patch_is_somebody_if_most_of_it_is() -> None:
    assert is_somebody(BOX, [a_thing((0.4, 0.3, 0.55, 0.75), Subject.PERSON)])
    assert not is_somebody(BOX, [a_thing((0.4, 0.3, 0.45, 0.75), Subject.PERSON)])
    assert not is_somebody(BOX, [a_thing(BOX)])


def test_a_thing_stands_free_if_the_background_shows_around_it() -> None:
    view = a_view(CAR, 1.0)
    assert stands_free(shares(BOX_PX), view)
    inside = shares((BOX_PX[0] + 15, BOX_PX[1] + 12, BOX_PX[2] - 15, BOX_PX[3] - 12))
    assert not stands_free(inside, view)


def test_the_whole_picture_has_nothing_around_it() -> None:
    assert not stands_free((0.0, 0.0, 1.0, 1.0), a_view(STREET, 1.0))


def test_the_background_shows_what_was_there_before() -> None:
    assert in_background(shares(BOX_PX), a_view(STREET, 1.0))
    assert not in_background(shares(BOX_PX), a_view(CAR, 1.0))


def test_pieces_of_an_unnamed_thing_are_one_and_two_vehicles_are_not() -> None:
    piece = (0.42, 0.52, 0.5, 0.6)
    assert is_same(a_standing(piece, Subject.OBJECT), a_standing())
    assert not is_same(a_standing(piece), a_standing())
    assert not is_same(a_standing(subject=Subject.BIKE), a_standing())


def test_what_a_network_sees_is_the_place_it_was_cut_from() -> None:
    looks = cut_box(CAR, named().box)
    assert np.count_nonzero(looks.mask) == (BOX_PX[2] - BOX_PX[0]) * (BOX_PX[3] - BOX_PX[1])
