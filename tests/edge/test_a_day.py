"""Twenty-four hours at a kerb: one car, one incident, one clearing."""

import json
import random
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from edge.bootstrap import parts
from edge.bootstrap.camera.cameras import Surroundings, build_worker, open_site
from edge.clock import ClockState
from edge.domain.camera import CameraReport
from edge.settings import load_settings
from edge.store.journal import Journal
from edge.store.outbox import Outbox
from streams.decode import Decode
from streams.recording import open_recording
from tests.a_day import ARRIVES_S, HOUR_S, LEAVES_S, kerb_of, write_day
from tests.conftest import FakeClock

MIDNIGHT = datetime(2026, 1, 1, tzinfo=UTC)
HALVES_S = ((0, 12 * HOUR_S), (12 * HOUR_S + 240, 24 * HOUR_S))
"""The box is off for four minutes in the middle."""

CONFIG = """\
box: {id: box-01, home: ./var}
models: {street: none}
cameras:
  - id: kerb
    url: rtsp://192.0.2.1/cam
    decode: keyframes
    zones:
      - id: kerb
        polygon: [[0.05, 0.06], [0.95, 0.06], [0.95, 0.98], [0.05, 0.98]]
        rules: [{type: motor_parking, dwell: 5m, clear: 1m}]
"""


class Unreported:
    def report(self, report: CameraReport) -> None:
        pass


def run_half(folder: Path, clip: Path, begin_s: int) -> None:
    """Run the camera as one process would, from its memory to its memory."""
    settings = load_settings(folder / "gridwatch.yaml")
    clock = FakeClock()
    journal = Journal(folder / "journal.db", clock)
    camera = settings.camera("kerb")
    site = open_site(settings, [camera], lambda: pytest.fail("a street has no residents"))
    start = MIDNIGHT + timedelta(seconds=begin_s)
    new_id = parts.id_source(random.Random(begin_s))
    around = Surroundings(journal, Unreported(), new_id, clock, ClockState)
    opener = partial(_open, clip, start)
    build_worker(site, camera, opener, around=around).run(Event())


def _open(clip: Path, start: datetime, start_mono_s: float) -> Any:
    return open_recording(
        clip, start_utc=start, decode=Decode.KEYFRAMES, quiet_after_s=5, start_mono_s=start_mono_s
    )


def test_a_car_that_stands_from_one_till_twenty_two_is_one_incident_and_one_clearing(
    shared: Path, tmp_path: Path
) -> None:
    kerb = kerb_of(shared / "dev/videos/illegal_parking_comp_60s.mp4")
    (tmp_path / "gridwatch.yaml").write_text(CONFIG)
    for begin_s, end_s in HALVES_S:
        clip = tmp_path / f"from-{begin_s}.mp4"
        write_day(clip, kerb, begin_s, end_s)
        run_half(tmp_path, clip, begin_s)
    waiting = Outbox(tmp_path / "journal.db", FakeClock()).waiting(limit=1000)
    messages = [json.loads(one.payload) for one in waiting if one.leaf == "incidents"]

    assert [one["action"] for one in messages] == ["opened", "cleared"]
    opened, cleared = messages
    assert opened["id"] == cleared["id"]
    assert second_of(opened["first_seen_at"]) == pytest.approx(ARRIVES_S, abs=60)
    assert second_of(opened["opened_at"]) == pytest.approx(ARRIVES_S + 300, abs=120)
    assert second_of(cleared["cleared_at"]) == pytest.approx(LEAVES_S, abs=120)
    assert cleared["dwell_s"] == pytest.approx(LEAVES_S - ARRIVES_S, abs=180)


def second_of(text: str) -> float:
    return (datetime.fromisoformat(text) - MIDNIGHT).total_seconds()
