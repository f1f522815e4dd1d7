"""Places that stand out of the background, and what a network makes of them."""

import numpy as np
import pytest

from edge.domain.scene import Evidence, Presence, Subject
from edge.street.blobs import Verdict
from edge.street.looking import MOST_CLOSE_LOOKS, MOST_QUESTIONS
from edge.street.places import FORGET_S
from tests.asphalt import BOX_PX, DARK, put, put_bus
from tests.kerb import CAR, STREET, Kerb, a_patch, named, shares, somebody

X1, Y1, X2, Y2 = BOX_PX
BUS_PX = (60, 56, 260, 160)


def a_kerb_with_a_thing(*, looks: int = 6) -> Kerb:
    """Return a kerb on which something stands that nobody has named."""
    kerb = Kerb()
    onset_s = kerb.now_s + 1
    for _ in range(looks):
        kerb.see(CAR, parts=())
        kerb.patch(CAR, a_patch(onset_s=onset_s))
    return kerb


def test_a_patch_is_a_place_since_it_came() -> None:
    kerb = a_kerb_with_a_thing()
    (place,) = kerb.book.places()
    assert (place.subject, place.label, place.score) == (Subject.OBJECT, "", 0.0)
    assert place.since_s == 6.0
    assert place.evidence == (Evidence.STATIC_FOREGROUND,)
    assert place.missing == (Evidence.DETECTOR,)
    assert place.box == pytest.approx(shares(BOX_PX))
    assert place.area == pytest.approx((X2 - X1) * (Y2 - Y1) / (320 * 180))


def test_it_came_when_it_began_to_stand_not_when_that_was_sure() -> None:
    kerb = Kerb()
    kerb.see(CAR, looks=10, parts=())
    kerb.patch(CAR, a_patch(onset_s=6.0))
    assert kerb.book.places()[0].since_s == 6.0


@pytest.mark.parametrize("verdict", [one for one in Verdict if one is not Verdict.THING])
def test_only_a_thing_makes_a_place(verdict: Verdict) -> None:
    kerb = Kerb()
    kerb.patch(CAR, a_patch(onset_s=1.0, verdict=verdict))
    assert kerb.book.places() == ()


def test_somebody_who_stands_is_no_place() -> None:
    kerb = Kerb()
    kerb.patch(CAR, a_patch(onset_s=1.0), things=[somebody((X1 - 2, Y1 - 10, X2 + 2, Y2))])
    assert kerb.book.places() == ()


def test_smoke_is_no_place() -> None:
    kerb = Kerb()
    smoke = named((X1 - 20, Y1 - 20, X2 + 20, Y2 + 20), Subject.SMOKE, label="smoke")
    kerb.patch(CAR, a_patch(onset_s=1.0), things=[smoke])
    assert kerb.book.places() == ()


def test_it_is_seen_to_leave_at_once_as_what_is_behind_it_is_known() -> None:
    kerb = a_kerb_with_a_thing()
    (place,) = kerb.see(STREET, parts=())
    assert place.presence is Presence.ABSENT
    assert kerb.see(STREET, looks=round(FORGET_S), parts=()) == ()


def test_it_is_hidden_by_what_passes() -> None:
    kerb = a_kerb_with_a_thing()
    (place,) = kerb.see(put(CAR, BUS_PX, DARK, seed=9), looks=60, parts=())
    assert place.presence is Presence.OCCLUDED


def test_a_name_turns_it_into_what_it_is() -> None:
    kerb = a_kerb_with_a_thing()
    before = kerb.book.places()[0]
    (after,) = kerb.see(CAR, named(score=0.6), looks=2)
    assert (after.id, after.since_s) == (before.id, before.since_s)
    assert (after.subject, after.label, after.score) == (Subject.VEHICLE, "car", 0.6)
    assert after.evidence == (Evidence.DETECTOR, Evidence.STATIC_FOREGROUND)


def test_a_named_thing_that_comes_to_stand_out_is_still_one_place() -> None:
    kerb = Kerb()
    before = kerb.park(CAR, named())
    kerb.patch(CAR, a_patch((X1 + 3, Y1 + 4, X2 - 3, Y2), onset_s=6.0))
    (after,) = kerb.book.places()
    assert (after.id, after.subject) == (before.id, Subject.VEHICLE)
    assert after.evidence == (Evidence.DETECTOR, Evidence.STATIC_FOREGROUND)
    assert after.box == before.box


def test_pieces_of_one_thing_are_one_place() -> None:
    kerb = a_kerb_with_a_thing()
    for _ in range(4):
        kerb.see(CAR, parts=())
        kerb.patch(
            CAR,
            a_patch((X1, Y1, X1 + 20, Y2), onset_s=6.0),
            a_patch((X1 + 30, Y1, X2, Y2), onset_s=6.0),
        )
    assert [one.id for one in kerb.book.places()] == [1]


def test_it_grows_as_long_as_it_is_new() -> None:
    kerb = Kerb()
    small, whole = (X1, Y1, X1 + 25, Y2), BOX_PX
    for box_px in (small, whole, whole):
        kerb.see(CAR, parts=())
        kerb.patch(CAR, a_patch(box_px, onset_s=6.0))
    (place,) = kerb.book.places()
    assert place.box == pytest.approx(shares(whole))


def test_what_is_larger_and_comes_later_stands_in_front_of_it() -> None:
    kerb = a_kerb_with_a_thing()
    in_front = put(CAR, BUS_PX, DARK, seed=9)
    kerb.see(in_front, looks=3, parts=())
    kerb.patch(in_front, a_patch(BUS_PX, onset_s=kerb.now_s))
    assert [one.id for one in kerb.book.places()] == [1, 2]


def test_a_patch_is_that_of_the_place_it_fits_not_of_a_bus_that_stood_in_front() -> None:
    kerb = a_kerb_with_a_thing()
    bus = named(BUS_PX, label="bus")
    kerb.see(put_bus(CAR, BUS_PX), bus, looks=3)
    kerb.see(CAR, parts=())
    kerb.patch(CAR, a_patch((X1 - 1, Y1 - 1, X2 + 1, Y2 + 1), onset_s=6.0))
    parked, passed = kerb.book.standing
    assert (parked.id, parked.presence) == (1, Presence.PRESENT)
    assert (passed.label, passed.static) == ("bus", False)
    kerb.see(CAR, looks=60, parts=())
    assert [one.id for one in kerb.book.places()] == [1]


def test_doubts_about_what_it_is_make_it_less_steady_and_say_nothing_of_its_presence() -> None:
    kerb = a_kerb_with_a_thing()
    kerb.patch(CAR, a_patch(onset_s=6.0, verdict=Verdict.UNCLEAR))
    (place,) = kerb.book.places()
    assert place.presence is Presence.OCCLUDED
    assert place.steadiness < 1
    kerb.patch(CAR, a_patch(onset_s=6.0))
    (place,) = kerb.book.places()
    assert place.presence is Presence.PRESENT


def test_where_a_network_sees_a_person_instead_it_is_less_steady() -> None:
    kerb = a_kerb_with_a_thing()
    (before,) = kerb.book.places()
    (after,) = kerb.see(CAR, somebody((X1 - 4, Y1 - 20, X2 + 4, Y2)), looks=4)
    assert after.steadiness < before.steadiness


def test_nothing_is_learnt_where_it_stands() -> None:
    kerb = a_kerb_with_a_thing()
    held = kerb.book.held(STREET.shape[:2])
    assert held[Y1:Y2, X1:X2].all()
    assert np.count_nonzero(held) == (X2 - X1) * (Y2 - Y1)
    kerb.see(STREET, parts=())
    assert not kerb.book.held(STREET.shape[:2]).any()


def test_a_network_is_asked_about_the_unnamed_but_not_for_ever() -> None:
    kerb = a_kerb_with_a_thing()
    asked = [kerb.book.doubts() for _ in range(MOST_QUESTIONS + 3)]
    assert [one[0].asked for one in asked if one] == list(range(MOST_QUESTIONS))
    assert asked[0][0].box == pytest.approx(shares(BOX_PX))
    assert kerb.book.places()[0].questioned


def test_it_is_not_asked_what_is_named_already() -> None:
    kerb = a_kerb_with_a_thing()
    kerb.see(CAR, named(), looks=2)
    assert kerb.book.doubts() == ()


def test_it_is_asked_about_few_at_a_time_and_about_all_in_turn() -> None:
    kerb = Kerb()
    boxes_px = [(x, 90, x + 25, 120) for x in (10, 70, 130, 190, 250)]
    for _ in range(4):
        kerb.see(CAR, parts=())
        kerb.patch(CAR, *(a_patch(one, onset_s=6.0) for one in boxes_px))
    rounds = [kerb.book.doubts() for _ in range(5)]
    assert {len(one) for one in rounds} == {MOST_CLOSE_LOOKS}
    assert len({doubt.box for one in rounds[:3] for doubt in one}) == len(boxes_px)
