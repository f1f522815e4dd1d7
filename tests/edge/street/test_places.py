"""Places that a network names; those that merely stand out are in ``test_places_patches.py``."""

from dataclasses import replace

import numpy as np
import pytest

from edge.domain.scene import Evidence, Presence, Subject, Thing
from edge.street.places import FORGET_S, MOST_PLACES
from tests.asphalt import BOX_PX, DARK, WHITE, noisy, put
from tests.kerb import CAR, STREET, Kerb, a_view, named, shares, somebody

X1, Y1, X2, Y2 = BOX_PX
OTHER_CAR = put(STREET, colour=WHITE, seed=7)
WALKER_PX = (X1 + 5, Y1 - 25, X1 + 32, Y2 + 4)
BUS_PX = (60, 56, 260, 160)
NEXT_PX = (200, 90, 245, 130)


def test_a_vehicle_that_stands_is_a_place() -> None:
    place = Kerb().park(CAR, named(score=0.7), looks=6)
    assert (place.id, place.subject, place.label) == (1, Subject.VEHICLE, "car")
    assert place.box == pytest.approx(shares(BOX_PX))
    assert (place.since_s, place.seen_s) == (6.0, 11.0)
    assert place.presence is Presence.PRESENT
    assert place.score == pytest.approx(0.7)
    assert place.steadiness == 1.0
    assert place.evidence == (Evidence.DETECTOR,)
    assert place.missing == (Evidence.STATIC_FOREGROUND,)


def test_one_look_is_no_evidence() -> None:
    place = Kerb().park(CAR, named(), looks=1)
    assert place.evidence == ()


def test_missed_detections_make_a_place_less_steady_but_do_not_end_it() -> None:
    kerb = Kerb()
    before = kerb.park(CAR, named())
    (after,) = kerb.see(CAR, looks=60)
    assert (after.id, after.since_s, after.presence) == (before.id, before.since_s, "present")
    assert after.steadiness < before.steadiness
    assert after.score == before.score


def test_what_was_not_looked_at_is_not_missed() -> None:
    kerb = Kerb()
    kerb.park(CAR, named())
    (place,) = kerb.see(CAR, looks=60, parts=((0.0, 0.0, 0.3, 1.0),))
    assert place.steadiness == 1.0


@pytest.mark.parametrize(
    "in_front",
    [somebody(WALKER_PX), named(BUS_PX, label="bus"), named(BUS_PX, Subject.SMOKE, label="smoke")],
)
def test_what_is_in_front_hides_a_place_and_nothing_more(in_front: Thing) -> None:
    kerb = Kerb()
    before = kerb.park(CAR, named())
    box_px = WALKER_PX if in_front.subject is Subject.PERSON else BUS_PX
    covered = put(CAR, box_px, DARK, seed=9)
    shown = kerb.see(covered, in_front, looks=4)
    (place,) = (one for one in shown if one.id == before.id)
    assert place.presence is not Presence.ABSENT
    shown = kerb.see(CAR, named(), looks=12)
    (after,) = (one for one in shown if one.id == before.id)
    assert (after.since_s, after.presence) == (before.since_s, Presence.PRESENT)


def test_a_bus_that_nobody_names_hides_a_place_too() -> None:
    kerb = Kerb()
    before = kerb.park(CAR, named())
    (hidden,) = kerb.see(put(CAR, BUS_PX, DARK, seed=9), looks=90, parts=())
    assert (hidden.id, hidden.presence) == (before.id, Presence.OCCLUDED)
    (after,) = kerb.see(CAR, named())
    assert (after.id, after.presence) == (before.id, Presence.PRESENT)


def test_a_picture_that_cannot_be_used_says_nothing() -> None:
    kerb = Kerb()
    kerb.park(CAR, named())
    (place,) = kerb.see(STREET, looks=90, usable=False, parts=())
    assert place.presence is Presence.OCCLUDED


def test_after_a_new_beginning_of_the_background_a_place_takes_the_picture_as_it_is() -> None:
    kerb = Kerb()
    before = kerb.park(CAR, named())
    night = CAR // 3 + 80
    (place,) = kerb.see(night, looks=1, rebased=True, parts=())
    (place,) = kerb.see(night, looks=20, parts=())
    assert (place.id, place.presence) == (before.id, Presence.PRESENT)


def test_what_left_while_the_light_changed_is_found_gone() -> None:
    kerb = Kerb()
    kerb.park(CAR, named())
    night = STREET // 3 + 80
    kerb.see(night, looks=1, rebased=True, parts=())
    everywhere = np.ones(night.shape[:2], bool)
    for second in range(25):
        view = a_view(noisy(night, second), kerb.now_s + 1 + second)
        kerb.book.compare(replace(view, is_background=everywhere), ())
    assert [one.presence for one in kerb.book.places()] == [Presence.ABSENT]


def test_a_place_is_empty_once_it_has_looked_empty_for_some_time() -> None:
    kerb = Kerb()
    kerb.park(CAR, named())
    (place,) = kerb.see(STREET, looks=15)
    assert place.presence is Presence.OCCLUDED
    (place,) = kerb.see(STREET, looks=10)
    assert place.presence is Presence.ABSENT
    assert place.seen_s == 15.0


def test_an_empty_place_is_given_up_after_a_while() -> None:
    kerb = Kerb()
    kerb.park(CAR, named())
    assert len(kerb.see(STREET, looks=25)) == 1
    assert kerb.see(STREET, looks=round(FORGET_S)) == ()


def test_the_same_car_again_is_the_same_place() -> None:
    kerb = Kerb()
    before = kerb.park(CAR, named())
    kerb.see(STREET, looks=60)
    again = kerb.park(CAR, named())
    assert again.id == before.id
    assert again.since_s == kerb.now_s - 9
    assert again.arrival_seen


def test_another_car_is_another_place() -> None:
    kerb = Kerb()
    before = kerb.park(CAR, named())
    kerb.see(STREET, looks=60)
    assert kerb.park(OTHER_CAR, named()).id != before.id


def test_what_left_long_ago_is_not_known_again() -> None:
    kerb = Kerb(remember_s=100.0)
    before = kerb.park(CAR, named())
    kerb.see(STREET, looks=160)
    assert kerb.park(CAR, named()).id != before.id


def test_another_car_that_takes_its_place_at_once_is_another_place() -> None:
    kerb = Kerb()
    before = kerb.park(CAR, named(), looks=30)
    shown = kerb.see(OTHER_CAR, named(), looks=10)
    assert [one.id for one in shown] == [before.id]
    (place,) = kerb.see(OTHER_CAR, named(), looks=60)
    assert place.id != before.id
    assert place.since_s >= before.seen_s


def test_traffic_that_passes_one_spot_makes_no_old_place() -> None:
    kerb = Kerb()
    for number in range(30):
        car = put(STREET, colour=((WHITE, DARK)[number % 2]), seed=number)
        shown = kerb.see(car, named(), looks=1)
        assert all(kerb.now_s - one.since_s <= 4 for one in shown)


def test_a_box_that_is_seen_once_was_passing() -> None:
    kerb = Kerb()
    kerb.see(CAR, named())
    assert kerb.see(STREET, looks=9) == ()


def test_a_car_that_rolls_along_is_not_the_place_where_it_was_first_seen() -> None:
    kerb = Kerb()
    for step in range(40):
        box_px = (10 + 6 * step, Y1, 60 + 6 * step, Y2)
        shown = kerb.see(put(STREET, box_px), named(box_px))
        assert all(
            one.steadiness < 0.6 or kerb.now_s - one.since_s < 12
            for one in shown
            if one.presence is Presence.PRESENT
        )


def test_a_neighbour_that_moves_off_is_noted() -> None:
    kerb = Kerb()
    both = put(CAR, NEXT_PX, WHITE, seed=4)
    kerb.see(both, named(), named(NEXT_PX), looks=20)
    stays = put(STREET, NEXT_PX, WHITE, seed=4)
    shown = kerb.see(stays, named(NEXT_PX), looks=60)
    (place,) = (one for one in shown if one.presence is Presence.PRESENT)
    assert place.neighbour_left_s == 25.0


def test_a_bike_that_leaves_is_no_vehicles_neighbour() -> None:
    kerb = Kerb()
    both = put(CAR, NEXT_PX, WHITE, seed=4)
    bike = named(NEXT_PX, Subject.BIKE, label="bicycle")
    kerb.see(both, named(), bike, looks=20)
    shown = kerb.see(CAR, named(), looks=60)
    assert [one.neighbour_left_s for one in shown if one.subject is Subject.VEHICLE] == [None]


def test_what_is_there_when_the_camera_begins_was_not_seen_to_come() -> None:
    assert not Kerb(watched=False).park(CAR, named()).arrival_seen
    assert Kerb().park(CAR, named()).arrival_seen


def test_what_the_background_shows_was_there_before_however_late_it_is_named() -> None:
    kerb = Kerb()
    # The network names a part of the street itself.
    assert not kerb.park(STREET, named()).arrival_seen


def test_people_at_it_are_counted_and_passers_by_are_not() -> None:
    kerb = Kerb()
    kerb.park(CAR, named())
    beside = somebody((X2 + 2, Y1, X2 + 16, Y2 + 8))
    (place,) = kerb.see(CAR, named(), beside, looks=10)
    # Of twenty looks but the one that found it; for two seconds nobody knew who would stay.
    assert place.attended == pytest.approx(8 / 19)
    for step in range(10):
        far = somebody((20 * step, 130, 20 * step + 14, 175))
        kerb.see(CAR, named(), far)
    (place,) = kerb.see(CAR, named())
    assert place.attended == pytest.approx(8 / 30)


def test_people_are_never_places() -> None:
    kerb = Kerb()
    assert kerb.see(CAR, somebody(BOX_PX), looks=100) == ()


def test_one_vehicle_in_two_boxes_is_one_place() -> None:
    wider = (X1 - 4, Y1 - 2, X2 + 4, Y2 + 2)
    shown = Kerb().see(CAR, named(), named(wider, label="truck"), looks=10)
    assert len(shown) == 1


def test_two_vehicles_side_by_side_are_two_places() -> None:
    both = put(CAR, NEXT_PX, WHITE, seed=4)
    shown = Kerb().see(both, named(), named(NEXT_PX), looks=10)
    assert [one.id for one in shown] == [1, 2]


@pytest.mark.parametrize("every_s", [0.5, 2.0, 10.0])
def test_a_look_now_and_then_will_do(every_s: float) -> None:
    kerb = Kerb()
    before = kerb.park(CAR, named(), looks=12, every_s=every_s)
    assert before.steadiness == 1.0
    assert before.evidence == (Evidence.DETECTOR,)
    (place,) = kerb.see(STREET, looks=max(round(25 / every_s), 4), every_s=every_s)
    assert place.presence is Presence.ABSENT


def test_there_is_an_end_to_the_places() -> None:
    kerb = Kerb()
    tiles = [
        named((x, y, x + 12, y + 8), label="car")
        for y in range(60, 170, 10)
        for x in range(0, 300, 15)
    ]
    shown = kerb.see(CAR, *tiles, looks=5)
    assert len(tiles) > 3 * MOST_PLACES
    assert len(shown) == MOST_PLACES


def test_places_come_by_id() -> None:
    kerb = Kerb()
    boxes_px = [(x, 90, x + 30, 120) for x in (200, 20, 110)]
    shown = kerb.see(STREET, *(named(one) for one in boxes_px), looks=3)
    assert [one.id for one in shown] == [1, 2, 3]
