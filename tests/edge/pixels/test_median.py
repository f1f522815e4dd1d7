import numpy as np
import pytest

from edge.pixels.median import median


@pytest.mark.parametrize("count", [1, 2, 3, 4, 99, 100, 1980])
def test_it_is_the_usual_median_to_the_last_bit(count: int) -> None:
    chance = np.random.default_rng(count)
    for samples in (chance.normal(100, 30, count), chance.integers(0, 5, count)):
        levels = samples.astype(np.float32)
        before = levels.copy()
        assert median(levels) == np.float32(np.median(levels))
        np.testing.assert_array_equal(levels, before)
