from edge.domain.scene import Subject, Thing
from edge.street.strollers import known_to_move
from tests.scenes import a_person, standing_at

CAR = Thing(Subject.VEHICLE, "car", standing_at((0.2, 0.7), (0.1, 0.1)), 0.9)


def test_who_was_elsewhere_has_moved_and_who_stood_there_has_not() -> None:
    waiting, walking = known_to_move(
        [a_person((0.3, 0.7)), a_person((0.6, 0.7))],
        before=[a_person((0.305, 0.7)), a_person((0.5, 0.7))],
    )
    assert (waiting.moving, walking.moving) == (False, True)


def test_who_was_missed_at_one_look_is_known_by_the_one_before() -> None:
    last, last_but_one = [a_person((0.9, 0.7))], [a_person((0.3, 0.7))]
    (somebody,) = known_to_move([a_person((0.3, 0.7))], before=[*last, *last_but_one])
    assert not somebody.moving


def test_on_a_first_look_nobody_is_known_to_have_moved() -> None:
    (somebody,) = known_to_move([a_person()], before=[])
    assert not somebody.moving


def test_a_car_where_somebody_stood_says_nothing_about_people() -> None:
    (somebody,) = known_to_move([a_person((0.2, 0.7))], before=[CAR])
    assert not somebody.moving
    (somebody,) = known_to_move([a_person((0.2, 0.7))], before=[CAR, a_person((0.6, 0.7))])
    assert somebody.moving


def test_other_things_stay_as_they_were() -> None:
    assert known_to_move([CAR], before=[a_person()]) == (CAR,)
