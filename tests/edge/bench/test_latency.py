"""How busy a box is made, and what is told of it; the whole once in short."""

import os
from pathlib import Path

import pytest

from edge.bench.cast import Cast
from edge.bench.latency import bench_latency, filled, of_load
from edge.bench.machine import on_processors
from edge.bench.service_alone import Alone
from edge.bench.service_box import Seen, Share, Watch, Whole
from edge.bench.service_vitals import Tally
from edge.demo.people import find_portraits
from models.faces import FacePack
from tests.benches import SeesNothing, by_name


def test_busy_streets_fill_what_gates_leave() -> None:
    alone = {"gate": Alone(0.1, 0.08, ""), "busy": Alone(0.25, 0.2, "")}
    whole = filled(1.6, 4, alone)
    assert (whole.gates, whole.busy, whole.quiet) == (4, 5, 0)
    assert filled(0.3, 4, alone).busy == 0


def test_the_load_is_what_the_service_took_and_too_little_of_it_shows_nothing() -> None:
    seen = Seen(shares=[Share(1.6, 1.5, 0.1), Share(1.5, 1.4, 0.1), Share(1.4, 1.3, 0.1)])
    seen.vitals.tallies["gate-00"] = Tally(2.0, decoded=50, analysed=9, due=10)
    found = by_name(of_load(Whole("under load", gates=1, busy=5), seen))
    load = found["under load: of 2 processors, the service"]
    assert (load.value, load.least, load.most) == (75.0, 70.0, 80.0)
    assert load.held is True
    assert found["under load: gates, analysed"].ratio == pytest.approx(0.9)
    idle = by_name(of_load(Whole("under load", gates=1), Seen(shares=[Share(1.2, 1.1, 0.1)])))
    assert idle["under load: of 2 processors, the service"].held is False


def test_what_is_started_meanwhile_has_so_many_processors() -> None:
    before = os.sched_getaffinity(0)
    with on_processors(1):
        assert len(os.sched_getaffinity(0)) == 1
    assert os.sched_getaffinity(0) == before


@pytest.mark.e2e
@pytest.mark.timeout(120)
def test_people_are_told_by_a_box_that_has_other_work(
    tmp_path: Path, make_rtsp_server: object, open_pack: FacePack
) -> None:
    figures = bench_latency(
        tmp_path,
        Cast(
            open_pack,
            [one.picture for one in find_portraits(open_pack.detector)],
            SeesNothing(),
            network="none",
        ),
        gates=1,
        loaded=0.1,
        watch=Watch(settles_s=3.0, slices=2, slice_s=5.0),
        gate_s=6,
        size_wh=(320, 180),
    )
    found = by_name(figures)
    assert len(found) == len(figures)
    load = found["under load: of 2 processors, the service"]
    assert load.least > 0
    assert found["under load: gates, analysed"].value > 0
    assert found["under load: people told"].limit in {1, 2}
