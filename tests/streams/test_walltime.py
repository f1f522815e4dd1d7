from datetime import timedelta

import pytest

from streams.walltime import LEAST_SHIFT, WINDOW_S, WallTime
from tests.conftest import FakeClock


def off_s(wall: WallTime, clock: FakeClock, mono_s: float) -> float:
    return (wall(mono_s) - clock.now).total_seconds()


def stream(
    wall: WallTime,
    clock: FakeClock,
    *,
    seconds: float,
    begins_s: float = 10.0,
    runs: float = 1.0,
    late_s: tuple[float, ...] = (0.0,),
) -> float:
    """Send a picture a second by the camera's clock, each late in turn; return its last time."""
    mono_s, waited_s = begins_s, 0.0
    for number in range(round(seconds)):
        mono_s += runs
        late = late_s[number % len(late_s)]
        clock.advance(1.0 + late - waited_s)
        waited_s = late
        wall.arrived(mono_s)
    clock.advance(-waited_s)
    return mono_s


@pytest.mark.parametrize("runs", [1.0001, 0.9999], ids=["fast", "slow"])
def test_a_camera_whose_clock_drifts_stays_at_the_boxs_time(clock: FakeClock, runs: float) -> None:
    wall = WallTime(clock.utc, start_mono_s=10.0)
    last_s = stream(wall, clock, seconds=86_400, runs=runs)
    assert abs(off_s(wall, clock, last_s)) < LEAST_SHIFT.total_seconds() + 0.02


def test_packets_that_waited_on_the_way_change_nothing(clock: FakeClock) -> None:
    wall = WallTime(clock.utc, start_mono_s=10.0)
    last_s = stream(wall, clock, seconds=600, late_s=(0.0, 0.9, 0.4))
    assert off_s(wall, clock, last_s) == pytest.approx(0.0, abs=1e-6)


def test_a_connection_that_began_late_is_found_out(clock: FakeClock) -> None:
    """The first picture waited three seconds for the login; those after it did not."""
    wall = WallTime(clock.utc, start_mono_s=10.0)
    clock.advance(-3.0)
    last_s = stream(wall, clock, seconds=WINDOW_S + 1)
    assert off_s(wall, clock, last_s) == pytest.approx(0.0, abs=0.1)


def test_a_box_whose_clock_is_set_is_followed_within_a_minute(clock: FakeClock) -> None:
    wall = WallTime(clock.utc, start_mono_s=10.0)
    last_s = stream(wall, clock, seconds=30)
    clock.now += timedelta(hours=7)
    last_s = stream(wall, clock, seconds=2 * WINDOW_S + 2, begins_s=last_s)
    assert off_s(wall, clock, last_s) == pytest.approx(0.0, abs=1e-6)
