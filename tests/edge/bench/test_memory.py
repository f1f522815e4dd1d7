from pathlib import Path

import pytest

from edge.bench.memory import BASE_MB, CAMERA_MB, RING_MB, bench_memory


@pytest.mark.e2e
def test_a_worker_is_weighed_with_one_camera_and_with_more(tmp_path: Path) -> None:
    one, two, more = bench_memory(
        tmp_path, counts=(1, 2), size_wh=(320, 180), settles_s=0.5, watched_s=0.5, network="none"
    )
    assert (one.unit, one.goal) == ("MB", BASE_MB + CAMERA_MB + RING_MB)
    assert two.goal == BASE_MB + 2 * (CAMERA_MB + RING_MB)
    assert 20 < one.value < 2000  # an interpreter with libraries and networks, whatever it takes
    assert more.value == two.value - one.value - RING_MB
    assert more.goal == CAMERA_MB
