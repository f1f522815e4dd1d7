from pathlib import Path

import numpy as np
import pytest

from edge.bench.fleet import NotTogetherError, bench_fleet
from edge.bench.scene import film_street
from edge.bench.street import bench_street
from edge.bench.streets import bench_streets
from models.detections import Detections
from models.faces import Picture

SIZE_WH = (320, 180)


class Counted:
    """A network that sees a car in the middle of everything, and counts."""

    name, sha256, labels, input_px = "counted", "ab" * 32, ("car",), 96

    def __init__(self) -> None:
        self.pictures = 0

    def detect(self, picture: Picture) -> Detections:
        self.pictures += 1
        height, width = picture.shape[:2]
        box = np.array([[0.4, 0.4, 0.6, 0.6]], np.float32) * [width, height, width, height]
        return Detections(
            box.astype(np.float32), np.ones(1, np.float32), np.zeros(1, np.intp), self.labels
        )


@pytest.mark.parametrize("busy", [False, True], ids=["quiet", "busy"])
def test_both_sides_decode_and_look_as_often(tmp_path: Path, busy: bool) -> None:
    film = tmp_path / "film.mp4"
    film_street(film, busy=busy, seconds=4, size_wh=SIZE_WH)
    network = Counted()
    found = bench_street(
        film,
        tmp_path,
        scene="busy" if busy else "quiet",
        rules="dwell and smoke",
        seconds=12,
        turns=2,
        detector=network,
    )
    assert found.packets == 12 * 25
    assert found.stream_s == 12.0
    assert found.dropped == 0
    if busy:
        # Keyframes until the first motion, then every picture; five of 25 are analysed.
        assert 10 * 25 <= found.decoded < 12 * 25
        assert found.analysed == pytest.approx(found.decoded / 5, abs=2)
    else:
        assert found.decoded == found.analysed == 6
    assert found.looks > 0
    # Once to warm up over the short film, then both sides twice.
    assert network.pictures >= 4 * found.looks
    assert found.ratio == found.street_cpu_s / found.limit_cpu_s > 0
    assert found.cameras == int(2 / found.cpu_share)


def test_a_fleet_runs_on_the_service_and_is_watched(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film_street(film, busy=False, seconds=4, size_wh=SIZE_WH)
    together = tmp_path / "together"
    together.mkdir()
    found = bench_fleet(
        film,
        together,
        network="none",
        names=("material_pile",),
        count=3,
        seconds=7,
        settling_s=0.0,
    )
    assert (found.cameras, found.workers) == (3, 2)
    # Keyframes only, of 25 pictures a second; the first report counts the start.
    assert 0.2 < found.decoded_fps < 2.5
    assert found.watched_s >= 2.0
    assert 0 < found.cores < 2
    assert found.memory_mib > 10


def test_single_cameras_are_told_of_even_if_a_fleet_is_never_online_together(
    tmp_path: Path,
) -> None:
    found = bench_streets(
        tmp_path, Counted(), network="none", size_wh=SIZE_WH, cases=(), fleet=2, fleet_s=4
    )
    assert found.single == ()
    assert isinstance(found.fleet, NotTogetherError)
    assert "2 cameras" in str(found.fleet)
