"""Rules on recordings, in stream time: minutes of a street in seconds of a test."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from edge.cli.main import main
from models.faces import Picture
from streams.film import write_film

PUT_DOWN_S, TAKEN_AWAY_S, LENGTH_S = 30, 230, 300
LONGER_THAN_A_WARNING_S = 100

CONFIG = """\
box: {{id: box-01, time_zone: Asia/Shanghai, home: ./var}}
models: {{street: none}}
calendar: {{holidays: ["2026-10-01"]}}
cameras:
  - id: lane
    url: rtsp://192.0.2.1/cam
    zones:
      - id: lane
        polygon: [[0.2, 0.3], [0.8, 0.3], [0.8, 0.9], [0.2, 0.9]]
        rules: [{rule}]
"""


def pictures(taken_away_s: int) -> Iterator[Picture]:
    """A drawn lane, one picture a second; a crate stands on it for some time."""
    source = np.random.default_rng(5)
    height, width = 180, 320
    coarse = source.normal(112, 10, (height // 4, width // 4, 1)).astype(np.float32)
    lane = cv2.resize(coarse, (width, height))[..., None].repeat(3, axis=2)
    crate = np.full((56, 80, 3), (60, 110, 160), np.float32)
    crate[::8] -= 35
    crate[:3], crate[-3:], crate[:, :3], crate[:, -3:] = 30, 30, 30, 30
    for second in range(LENGTH_S):
        picture = lane.copy()
        if PUT_DOWN_S <= second < taken_away_s:
            picture[80:136, 120:200] = crate
        noisy = picture + source.normal(0, 1.5, picture.shape)
        yield np.clip(noisy, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """By when the crate is taken away."""
    folder = tmp_path_factory.mktemp("lane")
    paths = {}
    for taken_away_s in (LONGER_THAN_A_WARNING_S, TAKEN_AWAY_S):
        paths[taken_away_s] = folder / f"{taken_away_s}.mp4"
        write_film(paths[taken_away_s], pictures(taken_away_s), fps=1)
    return paths


def replayed(folder: Path, recording: Path, rule: str, start: str) -> bytes:
    config, out = folder / "gridwatch.yaml", folder / "out.jsonl"
    config.write_text(CONFIG.format(rule=rule))
    words = ["replay", "--config", str(config), "--camera", f"lane={recording}", "--start", start]
    assert main([*words, "--json", str(out)]) == 0
    return out.read_bytes()


def incidents(content: bytes) -> list[dict[str, Any]]:
    messages = [json.loads(line) for line in content.splitlines()]
    return [one for one in messages if one.get("schema") == "gridwatch.incident/1"]


def actions(content: bytes) -> list[tuple[str, str]]:
    return [(one["action"], one["reason"]) for one in incidents(content)]


PILE = "{type: material_pile, dwell: 30s, clear: 10s"


def test_a_rule_applies_by_its_hours_and_ends_with_them(
    recordings: dict[int, Path], tmp_path: Path
) -> None:
    rule = PILE + ', schedule: [{hours: "07:00-22:00"}]}'
    recording = recordings[TAKEN_AWAY_S]
    by_day = replayed(tmp_path, recording, rule, "2026-11-24T12:00+08:00")
    assert actions(by_day) == [("opened", ""), ("cleared", "")]
    late = replayed(tmp_path, recording, rule, "2026-11-24T21:58+08:00")
    assert actions(late) == [("opened", ""), ("cleared", "schedule")]
    assert incidents(late)[1]["observed_at"].startswith("2026-11-24T14:00:0")
    assert replayed(tmp_path, recording, rule, "2026-11-24T22:30+08:00") == b""


def test_what_stands_when_the_hours_begin_has_its_dwell_from_then_on(
    recordings: dict[int, Path], tmp_path: Path
) -> None:
    rule = PILE + ', schedule: [{hours: "07:00-22:00"}]}'
    early = replayed(tmp_path, recordings[TAKEN_AWAY_S], rule, "2026-11-24T06:58+08:00")
    opened = incidents(early)[0]
    assert "2026-11-23T23:00:29" < opened["opened_at"] < "2026-11-23T23:00:40"
    assert opened["dwell_s"] < 40


def test_a_rule_for_workdays_rests_on_a_public_holiday(
    recordings: dict[int, Path], tmp_path: Path
) -> None:
    rule = PILE + ", schedule: [{days: workday}]}"
    recording = recordings[TAKEN_AWAY_S]
    thursday_off = replayed(tmp_path, recording, rule, "2026-10-01T12:00+08:00")
    assert thursday_off == b""
    assert incidents(replayed(tmp_path, recording, rule, "2026-10-08T12:00+08:00"))


def test_a_permit_allows_its_place_at_its_hours_and_nothing_else(
    recordings: dict[int, Path], tmp_path: Path
) -> None:
    recording = recordings[TAKEN_AWAY_S]
    here = "[[0.3, 0.4], [0.7, 0.4], [0.7, 0.8], [0.3, 0.8]]"
    elsewhere = "[[0.0, 0.0], [0.2, 0.0], [0.2, 0.2], [0.0, 0.2]]"

    def rule(polygon: str) -> str:
        hours = f'hours: "06:00-09:00", permit: cart-17, code: "0491", polygon: {polygon}'
        return PILE + ", except: [{" + hours + "}]}"

    morning = "2026-11-24T07:00+08:00"
    assert replayed(tmp_path, recording, rule(here), morning) == b""
    assert actions(replayed(tmp_path, recording, rule(elsewhere), morning))[0] == ("opened", "")
    overdue = incidents(replayed(tmp_path, recording, rule(here), "2026-11-24T08:58+08:00"))
    assert overdue[0]["action"] == "opened"
    assert "2026-11-24T01:00:29" < overdue[0]["opened_at"] < "2026-11-24T01:00:40"


def test_an_incident_that_a_permit_explains_is_withdrawn(
    recordings: dict[int, Path], tmp_path: Path
) -> None:
    rule = PILE + ', except: [{hours: "06:00-09:00", permit: cart-17, code: "0491"}]}'
    early = replayed(tmp_path, recordings[TAKEN_AWAY_S], rule, "2026-11-24T05:58+08:00")
    told = actions(early)
    assert [action for action, _ in told] == ["opened", "withdrawn"]
    assert "cart-17" in told[1][1]


LANE = "{type: fire_lane_blocked, warn: 20s, dwell: 120s, clear: 10s, cover: 0.1}"


def test_who_clears_the_lane_after_the_warning_has_no_case(
    recordings: dict[int, Path], tmp_path: Path
) -> None:
    start = "2026-11-24T12:00+08:00"
    soon = incidents(replayed(tmp_path, recordings[LONGER_THAN_A_WARNING_S], LANE, start))
    assert [(one["action"], one["stage"]) for one in soon] == [
        ("opened", "warning"),
        ("cleared", "warning"),
    ]
    late = incidents(replayed(tmp_path, recordings[TAKEN_AWAY_S], LANE, start))
    assert [(one["action"], one["stage"]) for one in late] == [
        ("opened", "warning"),
        ("updated", "case"),
        ("cleared", "case"),
    ]
    assert len({one["id"] for one in late}) == 1
    assert [one["revision"] for one in late] == [1, 2, 3]


def test_the_same_recording_gives_the_same_bytes(
    recordings: dict[int, Path], tmp_path: Path
) -> None:
    start = "2026-11-24T12:00+08:00"
    first, second = (replayed(tmp_path, recordings[TAKEN_AWAY_S], LANE, start) for _ in range(2))
    assert first == second
    assert first
    leaves = [json.loads(line).get("leaf", "") for line in first.splitlines()]
    assert any(leaf.endswith("/first.jpg") for leaf in leaves)
