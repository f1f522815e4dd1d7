from edge.domain.scene import Subject, Thing
from edge.street.strollers import IDLES_S, Idlers, known_to_move, stays
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


def test_who_strolls_stays_from_look_to_look_and_does_not_idle() -> None:
    idlers = Idlers()
    for look in range(20):
        standing, strolling = a_person((0.3, 0.7)), a_person((0.4 + 0.012 * look, 0.7))
        idle = idlers.among([standing, strolling, CAR], look * 0.5)
        assert stays(strolling, [a_person((0.4 + 0.012 * (look - 1), 0.7))])
        assert idle == ([standing.box] if look * 0.5 >= IDLES_S else [])


def test_who_stays_is_known_at_any_rate_of_looks() -> None:
    for every_s in (0.5, 2.0, 10.0):
        idlers = Idlers()
        seen = [idlers.among([a_person()], look * every_s) for look in range(20)]
        assert seen[-1] == [a_person().box]


def test_who_was_missed_at_one_look_idles_all_the_same() -> None:
    idlers = Idlers()
    idle = [idlers.among([a_person()] if look % 2 else [], look * 2.0) for look in range(8)]
    assert idle[-1] == [a_person().box]
