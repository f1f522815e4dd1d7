import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import jsonschema
import pytest

from edge.clock import ClockState
from edge.codes.table import SHIPPED, load_table
from edge.domain.incident import AppliedRule, Incident, Stage, Step
from edge.domain.rule import IncidentType, Severity
from edge.domain.scene import Evidence
from edge.wire.box import BoxIdentity, CameraIdentity
from edge.wire.incident import incident_message
from edge.wire.parts import evidence_of
from tests.messages import schema_of, valid

GB, CJ = SHIPPED
MOMENT = datetime(2026, 11, 24, 3, 12, 5, 120_400, tzinfo=UTC)
BOX = BoxIdentity(
    "box-01",
    "140802003012004",
    {"curb": CameraIdentity("curb", "32050800081326000017", 111.0, 35.0, "North Street 12")},
)
OPENED = Incident(
    id="0193a5b0-0000-7000-8000-000000000003",
    revision=1,
    action=Step.OPENED,
    camera_id="curb",
    type=IncidentType.MOTOR_PARKING,
    stage=Stage.WARNING,
    severity=Severity.NORMAL,
    zone_id="curb",
    place="north-curb",
    box=(0.41, 0.52, 0.58, 0.712345678),
    first_seen_at=MOMENT - timedelta(seconds=184.04),
    opened_at=MOMENT,
    observed_at=MOMENT,
    cleared_at=None,
    dwell_s=184.04,
    confidence=0.83 * 0.95,
    parts=(("detector", 0.83), ("steadiness", 0.95)),
    evidence=(Evidence.DETECTOR,),
    missing=(Evidence.STATIC_FOREGROUND,),
    confirmed=True,
    count=1,
    label="car",
    rule=AppliedRule("motor_parking", f"sha256:{'0f' * 32}", 180.0),
    plate="浙A12345",
)
CLEARED = replace(
    OPENED,
    revision=3,
    action=Step.CLEARED,
    stage=Stage.CASE,
    observed_at=MOMENT + timedelta(seconds=70),
    cleared_at=MOMENT + timedelta(seconds=10),
    dwell_s=194.04,
)
WITHDRAWN = replace(
    OPENED,
    revision=2,
    action=Step.WITHDRAWN,
    camera_id="elsewhere",
    type=IncidentType.ROAD_TRADING,
    severity=Severity.REVIEW,
    place=None,
    evidence=(Evidence.STATIC_FOREGROUND, Evidence.PEOPLE),
    missing=(Evidence.DETECTOR,),
    confirmed=False,
    label="",
    reason="permit night-market",
    plate=None,
)
FAULT = replace(
    OPENED,
    type=IncidentType.CAMERA_COVERED,
    stage=Stage.CASE,
    severity=Severity.MAINTENANCE,
    zone_id=None,
    place=None,
    box=None,
    parts=(("integrity", 1.0),),
    evidence=(Evidence.INTEGRITY,),
    missing=(),
    label="no contrast in 80 % of the picture",
    rule=AppliedRule("camera_covered", f"sha256:{'0f' * 32}", 0.0),
    plate=None,
)
SMOKE = replace(
    WITHDRAWN,
    revision=4,
    action=Step.UPDATED,
    type=IncidentType.SMOKE_AIR,
    parts=(("smoke", 0.4),),
    confidence=0.4,
    evidence=(Evidence.SMOKE_MOTION,),
    missing=("detector", "turbulence"),
    reopened=2,
    reason="",
)
INCIDENTS = (OPENED, CLEARED, WITHDRAWN, FAULT, SMOKE)


def reported(incident: Incident, *, scheme: str = GB) -> bytes:
    return incident_message(
        incident,
        box=BOX,
        seq=8,
        clock=ClockState(True, 3.14159),
        category=load_table(scheme).category(incident.type),
        models=[("yolox-nano", "ef" * 32)],
        evidence=[evidence_of("opened.jpg", b"a picture")],
    )


@pytest.mark.parametrize("scheme", SHIPPED)
@pytest.mark.parametrize("incident", INCIDENTS, ids=lambda one: f"{one.type}-{one.action}")
def test_an_incident_message_is_what_its_schema_says(incident: Incident, scheme: str) -> None:
    message = valid(reported(incident, scheme=scheme), "incident")
    assert list(message) == list(schema_of("incident")["properties"])
    assert (message["id"], message["revision"]) == (incident.id, incident.revision)
    assert (message["action"], message["stage"]) == (incident.action, incident.stage)
    assert message["category"]["scheme"] == scheme


def test_an_incident_message_tells_where_what_and_why() -> None:
    message = valid(reported(OPENED), "incident")
    assert message["bbox"] == [0.41, 0.52, 0.58, 0.7123]
    assert message["category"]["code"] == "0409"
    assert message["category"]["name"] == "机动车乱停放"
    assert message["first_seen_at"] == "2026-11-24T03:09:01.080Z"
    assert message["cleared_at"] is None
    assert message["dwell_s"] == 184.0
    assert message["confidence"] == 0.7885
    assert message["basis"] == {
        "confirmed": True,
        "evidence": ["detector"],
        "missing": ["static_foreground"],
        "parts": {"detector": 0.83, "steadiness": 0.95},
    }
    assert message["plate"] == OPENED.plate
    assert message["models"] == [{"name": "yolox-nano", "sha256": "ef" * 32}]
    assert [one["name"] for one in message["evidence"]] == ["opened.jpg"]


def test_what_ends_an_incident_says_when_or_why() -> None:
    assert valid(reported(CLEARED), "incident")["cleared_at"] == "2026-11-24T03:12:15.120Z"
    withdrawn = valid(reported(WITHDRAWN), "incident")
    assert (withdrawn["cleared_at"], withdrawn["reason"]) == (None, "permit night-market")


def test_a_trouble_of_the_camera_has_neither_zone_nor_box_nor_code() -> None:
    message = valid(reported(FAULT), "incident")
    assert (message["zone_id"], message["bbox"], message["category"]["code"]) == (None, None, None)
    assert message["severity"] == "maintenance"


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (("action",), Step),
        (("$defs", "type"), IncidentType),
        (("stage",), Stage),
        (("severity",), Severity),
        (("basis", "properties", "evidence", "items"), Evidence),
    ],
)
def test_the_schema_of_incidents_knows_the_words_of_the_code(
    key: tuple[str, ...], words: type[StrEnum]
) -> None:
    schema = schema_of("incident")
    part = schema if key[0] == "$defs" else schema["properties"]
    for name in key:
        part = part[name]
    assert part["enum"] == [str(word) for word in words]


@pytest.mark.parametrize(
    "wrong",
    [
        {"cleared_at": "2026-11-24T11:12:15+08:00"},
        {"bbox": [0.1, 0.2, 0.3]},
        {"dwell_s": -1},
        {"kind": "motor_parking"},
        {"plate": ""},
    ],
)
def test_the_schema_of_incidents_refuses_what_no_box_sends(wrong: dict[str, Any]) -> None:
    message = json.loads(reported(OPENED)) | wrong
    with pytest.raises(jsonschema.ValidationError):
        valid(json.dumps(message).encode(), "incident")
