from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from edge.bootstrap.camera.films import Films, forget_lookbacks, lookback_folder
from edge.settings import Settings
from edge.settings.load import parse_settings
from streams.lookback import files_of
from tests.conftest import FakeClock

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ZONE = """
    zones:
      - id: curb
        polygon: [[0, 0], [1, 0], [1, 1], [0, 1]]
        rules: [{type: motor_parking, dwell: 3m}]
"""


def settings_of(folder: Path, evidence: str = "") -> Settings:
    text = f"""
evidence: {{{evidence}}}
cameras:
  - id: gate-01
    url: rtsp://127.0.0.1:1/gate
    gate: {{}}
  - id: street-01
    url: rtsp://127.0.0.1:1/sub
    record_url: rtsp://127.0.0.1:1/main
{ZONE}
  - id: street-02
    url: rtsp://127.0.0.1:1/street
{ZONE}
"""
    return parse_settings(folder / "gridwatch.yaml", text)


CAMERAS = ("gate-01", "street-01", "street-02")


@pytest.mark.parametrize(
    ("evidence", "ringed", "tapped"),
    [
        ("", [False, True, True], ["street-01 (record_url)"]),
        ("clips: false", [False, True, True], []),
        ("clips: false, lookback: 0", [False, False, False], []),
        ("lookback: 0", [False, True, True], ["street-01 (record_url)"]),
    ],
)
def test_packets_are_kept_of_what_clips_and_the_last_hour_are_made_of(
    tmp_path: Path, clock: FakeClock, evidence: str, ringed: list[bool], tapped: list[str]
) -> None:
    films = Films(settings_of(tmp_path, evidence), CAMERAS)
    assert [films.ring(one) is not None for one in CAMERAS] == ringed
    assert [one.name for one in films.taps(stop=Event(), clock=clock)] == tapped
    assert list(films.by_camera()) == [
        name for name, has in zip(CAMERAS, ringed, strict=True) if has
    ]


def test_the_last_hour_is_forgotten_of_cameras_that_are_gone_too(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, "least_free: 1")
    for camera_id in ("street-01", "gone"):
        folder = lookback_folder(settings, camera_id)
        folder.mkdir(parents=True)
        for minutes in (20, 61):
            moment = NOON - timedelta(minutes=minutes)
            (folder / f"{moment:%Y%m%dT%H%M%S.%fZ}.mp4").touch()
    forget_lookbacks(settings, NOON)
    for camera_id in ("street-01", "gone"):
        left = files_of(lookback_folder(settings, camera_id))
        assert [moment for moment, _ in left] == [NOON - timedelta(minutes=20)]


def test_the_last_hour_makes_room_on_a_full_disk(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, "least_free: 1000000TB")
    folder = lookback_folder(settings, "street-01")
    folder.mkdir(parents=True)
    (folder / "20261124T115900.000000Z.mp4").touch()
    forget_lookbacks(settings, NOON)
    assert files_of(folder) == []
