from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest

from edge.bench.scene import FPS, draw_street

SIZE_WH = (320, 180)


def street(*, busy: bool) -> list[npt.NDArray[np.float32]]:
    pictures = draw_street(busy=busy, count=2 * FPS, size_wh=SIZE_WH)
    return [picture.astype(np.float32) for picture in pictures]


def test_on_a_quiet_street_nothing_moves_but_the_sensors_noise() -> None:
    first, *_, last = street(busy=False)
    assert first.shape == (180, 320, 3)
    assert 0.5 < float(np.abs(last - first).mean()) < 3.0
    assert float(np.abs(last - first).max()) < 16


def test_on_a_busy_street_people_and_cars_pass_and_a_car_comes_to_stand() -> None:
    pictures = street(busy=True)
    changed = [np.abs(now - before).max(axis=2) > 30 for before, now in pairwise(pictures)]
    assert all(one.any() for one in changed)
    # The kerb lane, where the car stands from a quarter of the film on.
    lane = np.s_[116:122, 120:160]
    assert float(np.abs(pictures[-1][lane] - pictures[0][lane]).mean()) > 20
    assert float(np.abs(pictures[-1][lane] - pictures[30][lane]).mean()) == pytest.approx(0, abs=5)


def test_it_is_the_same_street_each_time() -> None:
    np.testing.assert_array_equal(street(busy=True)[7], street(busy=True)[7])
