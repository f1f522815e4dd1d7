"""Stream time of live pictures: a camera's clock may do what it likes, a dwell stays one."""

import itertools
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.timeline import LARGEST_GAP_S, LEAP_S, WINDOW_S, Timeline

FPS = 10
MINUTE = 60 * FPS


def run(stamp: Callable[[int], float | None], frames: int = MINUTE) -> tuple[Timeline, list[float]]:
    """Return stream times of pictures that come every tenth of a second, one waited for."""
    timeline = Timeline(start_s=0.0, nominal_fps=25)
    return timeline, [
        timeline.advance(stamp(index), arrived_s=500 + index / FPS, waited_s=index / FPS * 0.9)
        for index in range(frames)
    ]


def test_true_stamps_are_believed_to_the_hair() -> None:
    jitter = [0.03, -0.02, 0.0, 0.04, -0.03]
    timeline = Timeline(start_s=7.0, nominal_fps=25)
    times = [
        timeline.advance(
            index / FPS, arrived_s=index / FPS + jitter[index % 5], waited_s=index / 11
        )
        for index in range(MINUTE)
    ]
    assert times == pytest.approx([7.0 + index / FPS for index in range(MINUTE)], abs=1e-6)
    assert (timeline.jumps, timeline.distrusted) == (0, False)


@pytest.mark.parametrize(
    "stamp",
    [
        lambda index: 40.0,
        lambda index: 4000.0 - index / FPS,
        lambda index: index / FPS + (index // 30 % 2) * 4 * 3600,
        lambda index: index / FPS - (index // 30) * 3 * 3600,
        lambda index: index * 9.0,
        lambda index: index / FPS * 3,
        lambda index: index / FPS * 0.3,
        lambda index: index * 1e-5,
        lambda index: None,
    ],
    ids=[
        "stand still",
        "run backwards",
        "leap by hours to and fro",
        "fall back by hours",
        "nine seconds a picture",
        "three times too fast",
        "three times too slow",
        "hardly move",
        "are not there",
    ],
)
def test_a_minute_stays_a_minute_whatever_stamps_do(stamp: Callable[[int], float | None]) -> None:
    _, times = run(stamp)
    assert times[-1] == pytest.approx(60.0, abs=LARGEST_GAP_S + 0.2)
    steps = [after - before for before, after in itertools.pairwise(times)]
    assert all(0 < step <= 2 * WINDOW_S for step in steps)


def test_a_leap_by_hours_is_counted_and_moves_nothing() -> None:
    timeline, times = run(lambda index: index / FPS + (index > 100) * 4 * 3600)
    assert timeline.jumps == 1
    assert times == pytest.approx([index / FPS for index in range(MINUTE)], abs=1e-6)


def test_a_clock_that_runs_wrongly_is_no_longer_believed_until_it_runs_well_again() -> None:
    timeline = Timeline(start_s=0.0, nominal_fps=25)
    pts_s, believed = 0.0, []
    for index in range(4 * MINUTE):
        pts_s += 0.3 / FPS if MINUTE < index < 2 * MINUTE else 1 / FPS
        timeline.advance(pts_s, arrived_s=index / FPS, waited_s=index / FPS * 0.9)
        believed.append(not timeline.distrusted)
    assert believed[MINUTE]
    assert not believed[2 * MINUTE - 1]
    assert believed[3 * MINUTE]


def test_pictures_that_a_network_held_back_keep_their_times() -> None:
    timeline = Timeline(start_s=0.0, nominal_fps=25)
    times = []
    for index in range(MINUTE):
        held = 100 <= index < 140
        arrived_s = 14.0 + index / 1000 if held else index / FPS
        times.append(timeline.advance(index / FPS, arrived_s, waited_s=arrived_s * 0.9))
    assert times == pytest.approx([index / FPS for index in range(MINUTE)], abs=1e-6)
    assert timeline.jumps == 0


def test_what_lies_ready_for_a_busy_box_is_old_and_not_a_slow_clock() -> None:
    timeline = Timeline(start_s=0.0, nominal_fps=25)
    for index in range(MINUTE):
        timeline.advance(index / FPS, arrived_s=index / FPS * 3, waited_s=0.0)
    assert (timeline.jumps, timeline.distrusted) == (0, False)


@given(st.lists(st.floats(-1e7, 1e7), min_size=2, max_size=200))
def test_no_stamps_make_stream_time_run_far_ahead_of_the_clock(stamps: list[float]) -> None:
    timeline = Timeline(start_s=0.0, nominal_fps=25)
    for index, pts_s in enumerate(stamps):
        mono_s = timeline.advance(pts_s, arrived_s=index / FPS, waited_s=index / FPS)
        assert mono_s <= index / FPS + LARGEST_GAP_S + LEAP_S
