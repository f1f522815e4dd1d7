"""The demo's tables and its verdict, on messages written by hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from edge.demo import gate_script, street_script
from edge.demo.show import summarise
from edge.demo.subscriber import Subscriber
from edge.demo.table import INCIDENTS, Message, heading, incident_row

ROOT = "gridwatch/1/box-demo"


def _passage(number: int, decision: str = "resident", persons: int = 1) -> Message:
    return {
        "id": f"p{number}",
        "revision": 1,
        "action": "decided",
        "decision": decision,
        "doubts": [],
        "persons": persons,
        "resident_id": None,
        "similarity": None,
        "margin": 0.25,
        "frames": 3,
        "decided_at": "2026-01-01T00:00:07.000Z",
    }


def _incident(kind: str, action: str = "opened", **others: Any) -> Message:
    return {
        "id": f"i-{kind}",
        "action": action,
        "type": kind,
        "category": {"code": "0409", "name": "机动车乱停放"},
        "severity": "review",
        "stage": "case",
        "dwell_s": 12.4,
        "confidence": 0.5,
        "basis": {"evidence": ["static_foreground"], "missing": ["detector"]},
        "reason": "",
        "evidence": [],
        "observed_at": "2026-01-01T00:00:09.000Z",
    } | others


class Platform:
    """A subscriber, what it said, and a broker for it."""

    def __init__(self, folder: Path, passages: int = 2) -> None:
        self.said: list[str] = []
        self.heard = Subscriber(folder, self.said.append, passages)

    def gets(self, kind: str, message: Message) -> None:
        self.heard.take(f"{ROOT}/{kind}", json.dumps(message).encode())

    def gets_all_expected(self) -> None:
        decisions = [name for name, n in gate_script.EXPECTED.items() for _ in range(n)]
        for number, decision in enumerate(decisions):
            self.gets("passages", _passage(number, decision, persons=2 if number == 0 else 1))
        for kind, actions in street_script.EXPECTED.items():
            for action in actions:
                self.gets("incidents", _incident(kind, action))

    @property
    def right(self) -> bool:
        return summarise(self.heard, Path("out"), self.said.append)


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    return Platform(tmp_path)


def test_the_streets_table_begins_when_the_gates_is_over(platform: Platform) -> None:
    platform.gets("passages", _passage(1))
    platform.gets("incidents", _incident("motor_parking"))
    assert not any("motor_parking" in line for line in platform.said)
    platform.gets("passages", _passage(2))
    assert "on the street" in platform.said[-2]
    assert "motor_parking" in platform.said[-1]
    platform.gets("incidents", _incident("motor_parking", "cleared"))
    assert "cleared" in platform.said[-1]


def test_a_revision_that_only_tells_of_a_clip_is_counted_and_not_shown(platform: Platform) -> None:
    platform.gets_all_expected()
    clip = {"name": "clip.mp4", "media_type": "video/mp4", "bytes": 9, "sha256": "ab" * 32}
    platform.gets("incidents", _incident("smoke_air", "updated", evidence=[clip]))
    assert platform.right
    assert "1 of them with a clip" in platform.said
    assert not any("smoke_air" in line and "updated" in line for line in platform.said)


def test_what_was_kept_back_is_shown_at_the_end_although_a_passage_is_missing(
    platform: Platform,
) -> None:
    platform.gets("incidents", _incident("smoke_air"))
    platform.heard.show_street()
    assert "smoke_air" in platform.said[-1]


def test_stills_are_named_after_what_they_show(platform: Platform, tmp_path: Path) -> None:
    platform.gets("passages", _passage(1, "stranger"))
    platform.gets("incidents", _incident("smoke_air"))
    for topic in ("p1/face.jpg", "i-smoke_air/opened.jpg", "of-nobody/x.jpg"):
        platform.heard.take(f"{ROOT}/evidence/{topic}", b"jpeg")
    names = sorted(still.name for still in tmp_path.iterdir())
    assert names == ["01-stranger.jpg", "02-smoke_air-opened.jpg", "03-passage.jpg"]


def test_health_and_status_are_not_printed(platform: Platform) -> None:
    platform.gets("health", {"cameras": []})
    platform.gets("status", {})
    assert platform.said == []


def test_a_machine_that_was_too_busy_is_told_from_a_mistake(platform: Platform) -> None:
    dropped = {"gate-demo": 60, "street-demo": 3}
    cameras = [{"id": name, "dropped": count} for name, count in dropped.items()]
    platform.gets("health", {"cameras": cameras})
    assert not platform.right
    assert "too busy to look at 63 pictures" in "".join(platform.said)
    assert not any("mistake" in line for line in platform.said)


def test_columns_stay_in_line_behind_chinese() -> None:
    head = heading(INCIDENTS).splitlines()[0]
    row = incident_row(_incident("motor_parking"))
    wide = sum(ord(character) > 0x2E80 for character in row)
    assert wide == 6
    assert head.index("severity") == row.index("review") + wide


def test_what_the_scenes_show_is_right(platform: Platform) -> None:
    platform.gets_all_expected()
    assert platform.right
    assert not any("mistake" in line for line in platform.said)


@pytest.mark.parametrize(
    "unexpected",
    [
        _incident("motor_parking", id="i-again"),
        _incident("material_pile", "updated"),
        _incident("intrusion"),
        _incident("camera_frozen"),
    ],
    ids=["told twice", "told again", "another type", "a camera's own trouble"],
)
def test_any_incident_too_many_is_wrong(platform: Platform, unexpected: Message) -> None:
    platform.gets_all_expected()
    platform.gets("incidents", unexpected)
    assert not platform.right
    assert any("mistake" in line for line in platform.said)


def test_a_missing_incident_is_wrong(platform: Platform) -> None:
    platform.gets_all_expected()
    del platform.heard.incidents["i-smoke_air"]
    assert not platform.right


def test_a_missing_passage_is_wrong(platform: Platform) -> None:
    platform.gets_all_expected()
    del platform.heard.passages["p3"]
    assert not platform.right
