import pytest

from edge.worker.waking import AWAKE_S, REST_S, Waking

KEYFRAMES_S = [2.0 * number for number in range(400)]


def woken(moving: range, *, hasty: bool) -> list[float]:
    waking = Waking()
    return [at for at in KEYFRAMES_S if waking.wanted(at, moving=int(at) in moving, hasty=hasty)]


def test_without_motion_nothing_wakes() -> None:
    assert woken(range(0), hasty=True) == woken(range(0), hasty=False) == []


def test_whoever_is_hasty_gets_every_picture_for_as_long_as_something_moves() -> None:
    assert woken(range(100, 500), hasty=True) == [at for at in KEYFRAMES_S if 100 <= at < 500]


def test_whoever_is_patient_sees_who_comes_and_is_not_kept_up_by_a_busy_street() -> None:
    awake = woken(range(100, 700), hasty=False)
    assert awake[0] == 100.0
    assert [at for at in awake if at < 100 + AWAKE_S + REST_S] == [
        at for at in KEYFRAMES_S if 100 <= at < 100 + AWAKE_S
    ]
    assert len(awake) * 2 / 600 == pytest.approx(AWAKE_S / (AWAKE_S + REST_S), abs=0.01)


def test_a_short_motion_leaves_the_rest_of_the_time_for_the_next() -> None:
    moving = [100.0, 102.0, 112.0, 118.0, 130.0]
    waking = Waking()
    awake = [at for at in moving if waking.wanted(at, moving=True, hasty=False)]
    assert awake == [100.0, 102.0, 112.0, 118.0]
