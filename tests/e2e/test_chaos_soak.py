"""Minutes of eight cameras in one process: the short form of the experiment."""

from pathlib import Path

import pytest

from tests.chaos.soak import run
from tests.chaos.trend import trend


@pytest.mark.e2e
def test_nothing_grows_while_cameras_are_replayed(tmp_path: Path, models_ready: None) -> None:
    report = run(tmp_path, short=True)
    assert report.broken == []


def test_a_line_through_measurements_says_what_grows() -> None:
    times = [float(second) for second in range(100)]
    grows = trend(times, [200.0 if at < 20 else 100 + at / 10 for at in times], warm_up=20)
    assert grows.rise == pytest.approx(7.9)
    assert grows.growth_percent == pytest.approx(7.7, abs=0.1)
    assert trend(times, [100.0] * 100, warm_up=20).rise == 0


def test_a_process_that_comes_for_a_moment_does_not_tilt_the_line() -> None:
    times = [float(second) for second in range(100)]
    visited = [190.0 if 85 <= at < 95 else 100 + at / 100 for at in times]
    assert trend(times, visited, warm_up=20).growth_percent == pytest.approx(0.79, abs=0.1)


def test_too_few_measurements_say_nothing() -> None:
    with pytest.raises(ValueError, match="only 4 measurements"):
        trend([0.0, 1.0, 2.0, 3.0], [1.0] * 4, warm_up=0)
