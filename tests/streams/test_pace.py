from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.pace import SPREAD, Lag, Pace


def test_five_of_twenty_five_frames_a_second_are_analysed_evenly() -> None:
    pace = Pace(5)
    chosen = [index for index in range(100) if pace.due(index / 25)]
    assert chosen == list(range(0, 100, 5))
    assert (pace.analysed, pace.skipped, pace.dropped) == (20, 80, 0)


def test_a_slow_camera_is_analysed_whole() -> None:
    pace = Pace(5)
    assert all(pace.due(index * 2.0) for index in range(10))


def test_behind_live_frames_are_let_go_until_the_newest_and_counted() -> None:
    pace = Pace(5)
    assert pace.due(0.0, lag_s=0.0)
    assert not pace.due(0.2, lag_s=1.0)
    assert not pace.due(0.4, lag_s=0.6)
    assert pace.due(0.6, lag_s=0.1)
    assert pace.dropped == 2


def test_the_networks_jitter_is_no_lag() -> None:
    pace = Pace(5)
    assert pace.due(0.0, lag_s=0.0)
    assert pace.due(0.2, lag_s=0.4)
    assert pace.dropped == 0


def test_a_late_keyframe_is_looked_at_while_it_is_the_newest() -> None:
    pace = Pace(5)
    assert pace.due(0.0, lag_s=0.0)
    assert pace.due(2.0, lag_s=1.5)
    assert not pace.due(4.0, lag_s=2.5)
    assert pace.dropped == 1


@given(st.floats(1, 30), st.floats(1, 60))
def test_the_rate_is_never_exceeded_and_nearly_reached(
    wanted_fps: float, camera_fps: float
) -> None:
    pace = Pace(wanted_fps)
    frames = round(20 * camera_fps)
    analysed = sum(pace.due(index / camera_fps) for index in range(frames))
    assert analysed <= 20 * wanted_fps + 2
    assert analysed >= min(frames, 20 * wanted_fps) * 0.5 - 1


def test_lag_is_measured_against_the_quickest_frame() -> None:
    lag = Lag()
    assert lag.observe(0.0, 500.3) == 0.0
    assert lag.observe(0.2, 500.4) == pytest.approx(0.0)
    assert lag.observe(0.4, 501.4) == pytest.approx(0.8, abs=0.01)
    assert lag.seconds == pytest.approx(0.8, abs=0.01)


def test_a_camera_whose_clock_runs_slow_is_not_held_to_be_late_for_ever() -> None:
    lag = Lag()
    for second in range(3600):
        lag.observe(second * 0.9995, second)
    assert lag.seconds < 0.2


@pytest.mark.parametrize("share", [0.9, 0.5, 0.3, 0.1])
def test_a_share_of_the_rate_is_chosen_as_evenly(share: float) -> None:
    pace = Pace(5, lambda: share)
    chosen = [index / 25 for index in range(5000) if pace.due(index / 25)]
    assert len(chosen) == pytest.approx(1000 * share, rel=0.06)
    steps = [later - earlier for earlier, later in pairwise(chosen)]
    assert max(steps) <= 0.2 / share * (1 + 2 * SPREAD) + 0.21
    assert pace.wanted == 1000


def test_a_share_that_changes_every_second_is_kept_on_average() -> None:
    shares = iter([0.2 + 0.01 * (number % 10) for number in range(100_000)])
    pace = Pace(2, lambda: next(shares))
    chosen = sum(pace.due(index / 25) for index in range(25 * 400))
    assert chosen == pytest.approx(800 * 0.245, rel=0.1)


def test_when_there_is_enough_time_again_the_whole_rate_is_chosen_at_once() -> None:
    shares = [0.1] * 100 + [1.0] * 100
    pace = Pace(5, lambda: shares[int(pace.skipped + pace.analysed)])
    chosen = [index for index in range(200) if pace.due(index / 25)]
    assert len([index for index in chosen if index >= 100]) == 20


def test_while_somebody_must_not_wait_twice_as_many_frames_are_analysed() -> None:
    pace = Pace(5, hurried=lambda: 20 <= pace.skipped + pace.analysed < 40)
    chosen = [index for index in range(60) if pace.due(index / 25)]
    assert chosen == [0, 5, 10, 15, 20, 23, 25, 28, 30, 33, 35, 38, 40, 45, 50, 55]
    assert pace.wanted == pace.analysed


def test_a_machine_that_cannot_do_all_does_not_hurry() -> None:
    calm = Pace(5, lambda: 0.5)
    hurried = Pace(5, lambda: 0.5, hurried=lambda: True)
    for index in range(2500):
        calm.due(index / 25)
        hurried.due(index / 25)
    assert calm.wanted == hurried.wanted == 500
    assert hurried.analysed == pytest.approx(calm.analysed, rel=0.1)
