import pytest

from edge.bench.clip import ClipFigures
from edge.bench.console import ConsoleFigures, PageFigures
from edge.bench.figures_of import (
    of_clips,
    of_console,
    of_fleet,
    of_galleries,
    of_gates,
    of_street,
)
from edge.bench.fleet import FleetFigures
from edge.bench.gallery import GalleryFigures
from edge.bench.gate import GateFigures
from edge.bench.street import StreetFigures
from tests.benches import by_name

RUNS = ((2.2, 1.9), (3.0, 2.1), (2.3, 2.0))
"""Seconds of a gate and of its limit."""


def test_a_gate_is_the_median_of_its_runs_and_may_take_little_more_than_its_limit() -> None:
    runs = [GateFigures(24.0, cpu_s, limit_s, 120, 10, 9, 4) for cpu_s, limit_s in RUNS]
    camera, share = of_gates(runs)
    assert (camera.value, camera.least, camera.most) == (2.3, 2.2, 3.0)
    assert (camera.limit, camera.goal, camera.held) == (2.0, 1.15, True)
    assert camera.of == "decoding 24 s + 120 detections + 10 second looks + 9 embeddings"
    assert share.value == pytest.approx(2.3 / 24 * 100)


@pytest.mark.parametrize(("scene", "held"), [("quiet", True), ("busy", False)])
def test_a_quiet_street_may_take_more_above_its_limit_than_a_busy_one(
    scene: str, held: bool
) -> None:
    found = StreetFigures(scene, "dwell", 60.0, 0.75, 0.6, 1500, 30, 30, 0, 4, 0)
    camera, cameras = of_street(found)
    assert camera.held is held
    assert camera.ratio == pytest.approx(1.25)
    assert cameras.value == 160
    assert cameras.held is (True if scene == "quiet" else None)


def test_many_streets_may_take_the_machine_and_drop_nothing() -> None:
    found = by_name(of_fleet(FleetFigures(60, 2, 30.0, 1.0, 0.5, 0.5, 0.01, 0.2, 3, 900.0)))
    assert found["60 quiet streets at once: cores used"].ratio == 0.5
    assert found["60 quiet streets at once: dropped"].held is False
    assert found["60 quiet streets at once: memory of the workers"].value == 900.0


def test_a_search_and_a_clip_are_held_against_what_they_cannot_do_without() -> None:
    search = of_galleries([GalleryFigures(1000, 128, one, 1.0) for one in (1.2, 1.1)])
    assert search.ratio == pytest.approx(1.15)
    assert (search.goal, search.held) == (1.2, True)
    clip, written, read = of_clips([ClipFigures(5.1, 3.0, 14.0, 16.0)])
    assert clip.ratio == pytest.approx(17 / 16)
    assert (written.value, read.value) == (3.0, 14.0)


def test_no_page_may_take_longer_than_people_notice() -> None:
    pages = [PageFigures("/gate", 4.0, 8.0, 3.0), PageFigures("/reports", 160.0, 190.0, 58.0)]
    found = by_name(of_console(ConsoleFigures(40, 60, 1.3, pages, 0.003, 0.02)))
    assert found["the slowest of 2 pages, median"].held is False
    assert found["of a core, no page open"].held is True
    assert found["of a core, one page open"].held is False
    assert found["/gate, CPU"].value == 3.0
