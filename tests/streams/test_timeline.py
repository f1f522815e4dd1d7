import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.timeline import LARGEST_GAP_S, Timeline


def test_stream_time_follows_the_time_stamps_from_its_start() -> None:
    timeline = Timeline(start_s=7.0, nominal_fps=25)
    assert [timeline.advance(pts) for pts in (100.0, 100.04, 100.12)] == pytest.approx(
        [7.0, 7.04, 7.12]
    )
    assert timeline.jumps == 0


@pytest.mark.parametrize("leap_s", [-3600.0, -0.5, 3600.0, LARGEST_GAP_S + 1])
def test_a_camera_that_sets_its_clock_does_not_move_stream_time(leap_s: float) -> None:
    timeline = Timeline(start_s=0.0, nominal_fps=10)
    timeline.advance(50.0)
    assert timeline.advance(50.0 + leap_s) == pytest.approx(0.1)
    assert timeline.advance(50.3 + leap_s) == pytest.approx(0.4)
    assert timeline.jumps == 1


def test_frames_without_a_time_stamp_are_a_nominal_step_apart() -> None:
    timeline = Timeline(start_s=0.0, nominal_fps=5)
    assert [timeline.advance(None) for _ in range(3)] == pytest.approx([0.0, 0.2, 0.4])


@given(st.lists(st.none() | st.floats(-1e6, 1e6), min_size=2, max_size=60))
def test_stream_time_always_rises_and_never_leaps(stamps: list[float | None]) -> None:
    timeline = Timeline(start_s=3.0, nominal_fps=25)
    times = [timeline.advance(pts) for pts in stamps]
    steps = [after - before for before, after in itertools.pairwise(times)]
    assert times[0] == 3.0
    assert all(0 < step <= LARGEST_GAP_S + 1e-6 for step in steps)
