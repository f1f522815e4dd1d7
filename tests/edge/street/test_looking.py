from collections.abc import Sequence

import pytest

from edge.domain.geometry import Box, around, covered
from edge.domain.scene import Subject
from edge.street.looking import (
    CLOSE_LOOK_MARGINS,
    MOST_QUESTIONS,
    MOVING_S,
    PENDING_S,
    QUIET_S,
    Doubt,
    Look,
    Lookout,
    meanings,
)
from tests.fake_detector import FakeDetector, a_frame

WHOLE: Box = (0.0, 0.0, 1.0, 1.0)
LEFT: Box = (0.1, 0.5, 0.3, 0.7)


def looked(
    *seen: tuple[str, Box, float],
    zones: Sequence[Box] = (WHOLE,),
    close: Sequence[Box] = (),
    doubtful: Sequence[Doubt] = (),
) -> Look:
    lookout = Lookout(FakeDetector(*seen), zones, close=close)
    return lookout.look(a_frame(), 0.0, doubtful=doubtful)


@pytest.mark.parametrize(
    ("moving", "pending", "interval_s"),
    [
        (True, True, MOVING_S),
        (True, False, MOVING_S),
        (False, True, PENDING_S),
        (False, False, QUIET_S),
    ],
)
def test_the_less_happens_the_less_is_looked(
    moving: bool, pending: bool, interval_s: float
) -> None:
    lookout = Lookout(FakeDetector(), [WHOLE])
    assert lookout.due(0.0, moving=moving, pending=pending)
    lookout.look(a_frame(), 0.0, doubtful=())
    assert not lookout.due(interval_s - 0.1, moving=moving, pending=pending)
    assert lookout.due(interval_s - 0.01, moving=moving, pending=pending)


def test_how_often_it_looks_at_what_moves_can_be_chosen() -> None:
    lookout = Lookout(FakeDetector(), [WHOLE], every_s=0.2)
    lookout.look(a_frame(), 0.0, doubtful=())
    assert lookout.due(0.2, moving=True, pending=False)


def test_words_become_what_they_mean_and_unknown_ones_nothing() -> None:
    look = looked(("car", LEFT, 0.9), ("surfboard", (0.5, 0.1, 0.6, 0.5), 0.8))
    (thing,) = look.things
    assert (thing.subject, thing.label) == (Subject.VEHICLE, "car")
    assert thing.box == pytest.approx(LEFT, abs=1e-3)
    assert thing.score == pytest.approx(0.9)


def test_a_sites_own_words_are_added_and_may_differ() -> None:
    words = {"surfboard": Subject.STALL, "chair": Subject.OBJECT}
    lookout = Lookout(
        FakeDetector(("surfboard", LEFT, 0.9), ("chair", (0.5, 0.5, 0.6, 0.6), 0.9)),
        [WHOLE],
        words=words,
    )
    things = lookout.look(a_frame(), 0.0, doubtful=()).things
    assert [thing.subject for thing in things] == [Subject.STALL, Subject.OBJECT]
    assert meanings()["chair"] is Subject.GOODS


def test_every_usual_word_means_one_thing() -> None:
    assert meanings()["bicycle"] is Subject.BIKE
    assert meanings()["garbage_bag"] is Subject.GARBAGE
    assert meanings()["dog"] is Subject.OTHER
    assert Subject.OBJECT not in meanings().values()


def test_one_vehicle_that_is_called_a_car_and_a_truck_is_one() -> None:
    (thing,) = looked(("car", LEFT, 0.9), ("truck", (0.11, 0.5, 0.3, 0.7), 0.5)).things
    assert thing.label == "car"


def test_a_person_in_front_of_a_car_is_another_thing() -> None:
    assert len(looked(("car", LEFT, 0.9), ("person", LEFT, 0.5)).things) == 2


def test_an_awning_within_its_stall_is_no_second_stall_but_a_car_before_a_lorry_is_a_car() -> None:
    whole, upper = (0.2, 0.2, 0.5, 0.9), (0.22, 0.22, 0.48, 0.45)
    assert len(looked(("stall", whole, 0.9), ("stall", upper, 0.8)).things) == 1
    assert len(looked(("truck", whole, 0.9), ("car", upper, 0.8)).things) == 2


def test_two_cars_side_by_side_are_two() -> None:
    assert len(looked(("car", LEFT, 0.9), ("car", (0.31, 0.5, 0.5, 0.7), 0.8)).things) == 2


def test_a_small_zone_is_looked_at_on_its_own() -> None:
    look = looked(("car", WHOLE, 0.9), zones=[LEFT])
    (part,) = look.parts
    assert covered(LEFT, part) == 1
    assert part == pytest.approx((0.08, 0.48, 0.32, 0.72))
    assert look.things[0].box == pytest.approx(part, abs=0.01)


def test_zones_far_apart_are_looked_at_with_the_whole_picture() -> None:
    look = looked(zones=[(0.0, 0.0, 0.1, 0.9), (0.9, 0.1, 1.0, 1.0)])
    assert look.parts == (WHOLE,)


def test_without_zones_the_whole_picture_is_looked_at() -> None:
    assert looked(zones=[]).parts == (WHOLE,)


def test_where_things_are_small_it_looks_closely_besides() -> None:
    assert looked(close=[LEFT, (-0.1, 0.0, 0.2, 0.2)]).parts == (
        WHOLE,
        LEFT,
        (0.0, 0.0, 0.2, 0.2),
    )


def test_a_doubtful_thing_is_looked_at_closely_each_time_with_another_margin() -> None:
    small = (0.45, 0.45, 0.5, 0.5)
    parts = [looked(doubtful=[Doubt(small, asked)]).parts[-1] for asked in range(MOST_QUESTIONS)]
    assert len(set(parts)) == MOST_QUESTIONS == len(CLOSE_LOOK_MARGINS)
    assert all(covered(small, part) == pytest.approx(1) for part in parts)
    assert covered(around(parts), WHOLE) == 1


def test_what_is_seen_in_two_parts_is_one_thing() -> None:
    detector = FakeDetector(("car", (0.25, 0.25, 0.75, 0.75), 0.9))
    lookout = Lookout(detector, [WHOLE], close=[WHOLE])
    look = lookout.look(a_frame(), 0.0, doubtful=())
    assert len(detector.shown) == 2
    assert len(look.things) == 1


def test_a_large_picture_is_shrunk_to_what_the_network_needs() -> None:
    detector = FakeDetector()
    Lookout(detector, [WHOLE]).look(a_frame(size_wh=(1920, 1080)), 0.0, doubtful=())
    assert detector.shown == [(416, 234)]


def test_a_small_part_of_a_large_picture_is_seen_at_its_full_size() -> None:
    detector = FakeDetector()
    zone = (0.4, 0.4, 0.55, 0.6)
    Lookout(detector, [zone]).look(a_frame(size_wh=(1920, 1080)), 0.0, doubtful=())
    ((width, height),) = detector.shown
    assert (width, height) == pytest.approx((346, 260), abs=4)


def test_boxes_beyond_the_picture_are_cut_off() -> None:
    (thing,) = looked(("car", (-0.2, 0.5, 0.3, 1.2), 0.9)).things
    assert thing.box == pytest.approx((0.0, 0.5, 0.3, 1.0), abs=1e-3)
