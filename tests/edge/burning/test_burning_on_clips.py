"""The public clips at five pictures a second: what burns is found, what does not stays quiet."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge.burning.plumes import Plume
from edge.burning.watch import Burning, SmokeWatch
from streams.recording import open_recording

STEP_S = 0.18
BURNING = {
    "fire_dollhouse_furg": (8.0, 8.0),
    "fire_highway_tanker": (24.0, 14.0),
    "hpwren_smoke_a": (17.0, None),
    "smoke_comp_vtest": (30.0, None),
}
"""Latest stream time of the first alarm for smoke and for flame; None where there is no flame."""

ONSET_S = {"fire_highway_tanker": 4.0, "hpwren_smoke_a": 6.4, "smoke_comp_vtest": 15.0}
HARMLESS = [
    "abandoned_box_comp_vtest",
    "face_classroom",
    "face_face-demographics-walking",
    "face_head-pose-face-detection-female",
    "face_head-pose-face-detection-female-and-male",
    "face_head-pose-face-detection-male",
    "illegal_parking_comp_60s",
    "lobby_one_by_one_person",
    "short_stop_comp_8s",
    "street_pedestrians_vtest",
    "traffic_highway_bicycle_bgs02",
    "traffic_topdown_intel_car",
    "worker-zone-detection",
    "neg_hpwren_clear_a",
]


def watched(shared: Path, name: str) -> Iterator[tuple[float, Burning]]:
    clip = next((shared / "dev").glob(f"*/{name}.mp4"))
    recording = open_recording(clip, start_utc=datetime(2026, 1, 1, tzinfo=UTC))
    watch, last_s = SmokeWatch(), float("-inf")
    try:
        for frame in recording.frames():
            if frame.mono_s - last_s >= STEP_S:
                last_s = frame.mono_s
                yield last_s, watch.observe(frame.bgr(480), last_s)
    finally:
        recording.close()


def alarms(plumes: tuple[Plume, ...]) -> bool:
    return any(plume.alarm for plume in plumes)


@pytest.mark.shared
@pytest.mark.parametrize("name", BURNING)
def test_what_burns_is_found_in_time_and_not_before(shared: Path, name: str) -> None:
    smoke_by_s, flame_by_s = BURNING[name]
    smoke_s = flame_s = None
    for mono_s, burning in watched(shared, name):
        smoke_s = mono_s if smoke_s is None and alarms(burning.smoke) else smoke_s
        flame_s = mono_s if flame_s is None and alarms(burning.flame) else flame_s
        if smoke_s is not None and (flame_s is not None or flame_by_s is None):
            break
    assert smoke_s is not None
    assert ONSET_S.get(name, 0.0) < smoke_s <= smoke_by_s
    if flame_by_s is None:
        assert flame_s is None
    else:
        assert flame_s is not None
        assert ONSET_S.get(name, 0.0) < flame_s <= flame_by_s


@pytest.mark.shared
@pytest.mark.parametrize("name", HARMLESS)
def test_people_traffic_and_clear_sky_raise_no_alarm(shared: Path, name: str) -> None:
    wrong = [
        mono_s
        for mono_s, burning in watched(shared, name)
        if alarms(burning.smoke) or alarms(burning.flame)
    ]
    assert wrong == []


@pytest.mark.shared
def test_the_flame_of_the_tanker_is_where_it_burns(shared: Path) -> None:
    for _, burning in watched(shared, "fire_highway_tanker"):
        found = [plume for plume in burning.flame if plume.alarm]
        if found:
            left, top, right, bottom = max(found, key=lambda plume: plume.score).box_xyxy
            assert 440 / 800 <= (left + right) / 2 <= 580 / 800
            assert 230 / 600 <= (top + bottom) / 2 <= 320 / 600
            return
    pytest.fail("no alarm")
