"""Boxes over real RTSP: the short form end to end, and what is made of what was seen."""

import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge.bench.cast import Cast
from edge.bench.service import bench_service, of_box, of_gates
from edge.bench.service_alone import Alone
from edge.bench.service_box import Seen, Share, Watch, Whole, last_plays_s
from edge.bench.service_films import Reel
from edge.bench.service_tree import (
    anonymous_mib,
    anonymous_of,
    busy_ticks,
    cpu_s,
    family,
    machine_s,
    sum_of_ticks,
)
from edge.bench.service_vitals import (
    Tally,
    Told,
    Vitals,
    latencies_s,
    per_second,
    percentile,
)
from edge.demo.people import find_portraits
from edge.domain.camera import CameraReport, CameraState
from edge.store.journal import SeenCamera
from models.faces import FacePack
from tests.benches import SeesNothing, by_name

MOMENT = datetime(2026, 11, 25, 12, tzinfo=UTC)


def _reported(after_s: float, **values: float) -> list[SeenCamera]:
    report = CameraReport("gate-00", CameraState.ONLINE, **values)  # type: ignore[arg-type]
    return [SeenCamera(report, MOMENT + timedelta(seconds=after_s))]


def test_each_report_counts_once_and_the_first_only_begins() -> None:
    vitals = Vitals()
    vitals.take(_reported(0, fps=25, analysed_fps=5, due_fps=5, dropped=3))
    vitals.take(_reported(2, fps=20, analysed_fps=4, due_fps=5, dropped=4, lag_s=0.5))
    vitals.take(_reported(2, fps=20, analysed_fps=4, due_fps=5, dropped=4, lag_s=0.5))
    (tally,) = vitals.of("gate")
    assert (tally.elapsed_s, tally.decoded, tally.analysed, tally.due) == (2, 40, 8, 10)
    assert (tally.dropped, tally.lags_s) == (1, [0.5])
    assert vitals.of("quiet") == []


def test_cameras_are_summed_up_by_the_second() -> None:
    some = [Tally(elapsed_s=2, decoded=50), Tally(elapsed_s=4, decoded=20), Tally()]
    assert per_second(some, lambda one: one.decoded) == 30


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile([3.0, 1.0, 2.0, 4.0], 0.5) == 2.0
    assert percentile([3.0, 1.0], 0.95) == 3.0


def test_a_passage_belongs_to_the_nearest_face_and_each_face_to_one() -> None:
    usable = {"gate-00": [10.0, 16.0]}
    told = [
        Told("gate-00", appeared_s=15.5, came_s=16.4),
        Told("gate-00", appeared_s=15.6, came_s=17.0),  # the same person once more
        Told("gate-00", appeared_s=13.0, came_s=13.5),  # nobody's
        Told("gate-01", appeared_s=10.0, came_s=10.5),  # another camera's
    ]
    assert latencies_s(told, usable) == [pytest.approx(0.4)]


def test_a_camera_that_began_anew_counts_from_then() -> None:
    assert last_plays_s("/gate-00 10.5\n/quiet-00 11.0\n/gate-00 20.25\n") == {
        "gate-00": 20.25,
        "quiet-00": 11.0,
    }


def test_processor_time_is_read_behind_a_name_with_brackets() -> None:
    stat = "7 (a) b) S 1 7 7 0 -1 0 0 0 0 0 11 22 33 44 20 0"
    assert sum_of_ticks(stat) == 110


def test_a_machine_is_busy_with_all_but_waiting() -> None:
    assert busy_ticks("cpu  10 20 30 1000 500 4 5 6 0 0") == 69
    assert machine_s() > 0


def test_memory_is_what_no_file_is_behind() -> None:
    assert anonymous_of("VmRSS:\t 9000 kB\nRssAnon:\t  2048 kB\nRssFile:\t 1 kB\n") == 2.0
    assert anonymous_of("State:\tZ (zombie)\n") == 0.0


def test_a_family_begins_with_its_head_and_has_what_that_has_started() -> None:
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as child:
        assert family(child.pid) == [child.pid]
        assert family(os.getpid())[0] == os.getpid()
        assert child.pid in family(os.getpid())
    assert cpu_s([os.getpid()]) > 0
    assert cpu_s([child.pid]) == anonymous_mib(child.pid) == 0.0


def _seen() -> Seen:
    seen = Seen(shares=[Share(0.3, 0.2, 0.05), Share(0.2, 0.1, 0.05), Share(0.1, 0.1, 0.05)])
    seen.vitals.tallies["gate-00"] = Tally(2.0, decoded=50, analysed=8, due=10, dropped=2)
    return seen


def test_the_limit_is_that_of_the_pictures_which_were_analysed() -> None:
    alone = {"gate": Alone(whole=0.15, parts=0.1, of="decoding")}
    found = by_name(
        list(of_box(Whole("1 gate", gates=1, goal=1.15), _seen(), alone, {"gate": 0.02}))
    )
    every = found["1 gate: all processes"]
    assert every.value == 20.0
    assert (every.least, every.most) == (10.0, 30.0)
    assert every.limit == pytest.approx((0.1 * 0.8 + 0.02) * 100)
    assert every.held is False
    analysed = found["1 gate: gate, analysed"]
    assert (analysed.value, analysed.limit) == (4.0, 5.0)
    assert found["1 gate: gate, dropped"].held is False


def test_a_box_without_cameras_has_no_limit() -> None:
    (figure,) = of_box(Whole("no camera"), _seen(), {}, {})
    assert (figure.value, figure.limit) == (20.0, None)


def test_people_are_counted_who_passed_while_it_was_watched() -> None:
    seen = _seen()
    seen.plays_s = {"gate-00": 100.0, "busy-00": 100.0}
    seen.watched = (106.0, 122.0)
    # Usable at 101 (before), 107, 113 and 119: the last is decided when nobody looks any more.
    seen.told = [Told("gate-00", 106.8, 107.25), Told("gate-00", 112.9, 113.75)]
    reel = Reel(Path("once.mp4"), 6, [], [0.0])
    found = by_name(list(of_gates(Whole("g", gates=1), seen, [1.0], reel)))
    assert (found["g: people told"].value, found["g: people told"].limit) == (2, 3)
    assert found["g: usable face to broker, p50"].value == pytest.approx(250)
    assert found["g: usable face to broker, p95"].value == pytest.approx(750)


def test_each_gate_is_ahead_of_the_film_by_its_own_phase() -> None:
    seen = _seen()
    seen.plays_s = {"gate-00": 100.0, "gate-01": 100.0, "gate-02": 100.0}
    seen.watched = (106.0, 116.0)
    seen.told = [
        Told("gate-00", 107, 107.4),
        Told("gate-01", 106.6, 107),
        Told("gate-02", 107, 108),
    ]
    reel = Reel(Path("once.mp4"), 6, [], [0.0, 0.4])
    found = by_name(list(of_gates(Whole("g", gates=3), seen, [1.0], reel)))
    assert found["g: people told"].value == 3
    assert found["g: usable face to broker, p50"].value == pytest.approx(400)
    assert found["g: usable face to broker, p95"].value == pytest.approx(1000)


@pytest.mark.e2e
@pytest.mark.timeout(120)
def test_a_gate_and_a_street_over_rtsp_have_all_their_figures(
    tmp_path: Path,
    make_rtsp_server: object,
    open_pack: FacePack,
) -> None:
    figures = bench_service(
        tmp_path,
        Cast(
            open_pack,
            [one.picture for one in find_portraits(open_pack.detector)],
            SeesNothing(),
            network="none",
        ),
        wholes=(Whole("short", gates=1, quiet=1, goal=1.5),),
        watch=Watch(settles_s=3.0, slices=2, slice_s=4.0),
        gate_s=6,
        size_wh=(320, 180),
    )
    found = by_name(figures)
    every = found["short: all processes"]
    assert every.least > 0
    assert every.limit is not None
    assert every.limit > 0
    # Whatever else the machine does, it is the same film.
    assert found["short: gate, analysed"].value > 0
    assert found["short: quiet, decoded"].value == pytest.approx(0.5, abs=0.3)
    assert found["short: people told"].limit in {1, 2}
    assert found["a gate camera's packets over RTSP, FFmpeg alone"].value > 0
    assert found["short: largest worker, anonymous"].value > 50
    assert len(found) == len(figures)
