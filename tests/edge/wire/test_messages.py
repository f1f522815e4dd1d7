from datetime import UTC, datetime

import jsonschema
import pytest

from edge.clock import ClockState
from edge.domain.camera import CameraReport, CameraState
from edge.domain.passage import Action, Decision, Direction, Doubt, Likeness, Passage
from edge.domain.resident import Category
from edge.domain.worker import WorkerReport, WorkerState
from edge.wire.box import BoxIdentity, CameraIdentity
from edge.wire.health import Health, health_message
from edge.wire.passage import passage_message
from edge.wire.status import status_message
from tests.messages import objects_in, schema_of, valid

MOMENT = datetime(2026, 11, 24, 3, 12, 5, 120_400, tzinfo=UTC)
BOX = BoxIdentity(
    "box-01",
    "140802003012004",
    {"gate": CameraIdentity("gate", "32050800011192000001", 111.0, 35.0, "East gate")},
    {"ab" * 32: "open"},
)
RESIDENT = Passage(
    id="0193a5b0-0000-7000-8000-000000000001",
    revision=1,
    action=Action.DECIDED,
    camera_id="gate",
    direction=Direction.IN,
    decision=Decision.RESIDENT,
    doubts=(),
    resident_id="A-101",
    category=Category.RESIDENT,
    likeness=Likeness(0.712345678, 0.4, 0.48, "t-1"),
    frames=5,
    usable_frames=3,
    refused=(("small", 2),),
    model_sha256="ab" * 32,
    appeared_at=MOMENT,
    decided_at=MOMENT,
)
UNSURE = Passage(
    id="0193a5b0-0000-7000-8000-000000000002",
    revision=2,
    action=Action.UPDATED,
    camera_id="elsewhere",
    direction=Direction.OUT,
    decision=Decision.UNSURE,
    doubts=(Doubt.NO_USABLE_FACE,),
    resident_id=None,
    category=None,
    likeness=None,
    frames=9,
    usable_frames=0,
    refused=(("blurred", 4), ("small", 5)),
    model_sha256="cd" * 32,
    appeared_at=MOMENT,
    decided_at=MOMENT,
)


def told(passage: Passage, *, seq: int = 7) -> bytes:
    announce = frozenset({Decision.STRANGER, Decision.UNSURE})
    return passage_message(
        passage, box=BOX, seq=seq, clock=ClockState(True, 3.14159), announce=announce
    )


@pytest.mark.parametrize("name", ["passage", "incident", "status", "health", "test"])
def test_every_schema_is_one(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema_of(name))


@pytest.mark.parametrize("name", ["passage", "incident", "status", "health", "test"])
def test_a_schema_leaves_no_key_out_and_lets_no_other_in(name: str) -> None:
    for one in objects_in(schema_of(name)):
        assert one["required"] == list(one["properties"])
        assert one["additionalProperties"] is False


@pytest.mark.parametrize("passage", [RESIDENT, UNSURE])
def test_a_passage_message_is_what_its_schema_says(passage: Passage) -> None:
    message = valid(told(passage), "passage")
    assert (message["id"], message["revision"], message["seq"]) == (passage.id, passage.revision, 7)


def test_a_message_tells_what_is_known_and_rounds_it() -> None:
    message = valid(told(RESIDENT), "passage")
    assert message["similarity"] == 0.7123
    assert message["decided_at"] == "2026-11-24T03:12:05.120Z"
    assert message["location"] == {"lon": 111.0, "lat": 35.0, "address": "East gate"}
    assert message["models"] == [{"name": "open", "sha256": "ab" * 32}]
    assert message["clock"] == {"synced": True, "offset_ms": 3.1416, "suspect": False}
    assert not message["alert"]
    assert valid(told(UNSURE), "passage")["alert"]


def test_the_same_passage_gives_the_same_bytes() -> None:
    assert told(RESIDENT) == told(RESIDENT)
    assert b": " not in told(RESIDENT)


def test_by_default_no_evidence_leaves_the_box() -> None:
    assert valid(told(UNSURE), "passage")["evidence"] == []


def test_status_and_health_messages_are_what_their_schemas_say() -> None:
    assert valid(status_message(BOX, online=False, version="0.1.0"), "status")["state"] == "offline"
    health = Health(
        at=MOMENT,
        cameras=[CameraReport("gate", CameraState.OFFLINE, "sent nothing in time")],
        waiting=3,
        parked=[(5, "too large"), (None, "refused")],
        disk_free_bytes=10**10,
        clock=ClockState(),
        worker_restarts=1,
        workers=[
            WorkerReport("worker-1", WorkerState.RUNNING, ("gate",), memory_bytes=10**8),
            WorkerReport("worker-2", WorkerState.WAITING, ("b", "c"), last_exit_ago_s=0.2),
        ],
        strain=0.6,
    )
    message = valid(health_message(health, BOX), "health")
    assert message["cameras"][0]["detail"] == "sent nothing in time"
    assert [one["name"] for one in message["workers"]] == ["worker-1", "worker-2"]
    assert message["load"] == {"overloaded": True, "street_share": 0.1, "gate_share": 0.84}
    assert message["outbox"]["parked"][1] == {"seq": None, "reason": "refused"}
