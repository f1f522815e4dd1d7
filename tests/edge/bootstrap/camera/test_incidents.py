import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from edge.bootstrap.camera.incidents import IncidentRecorder
from edge.clock import ClockState
from edge.codes.table import load_table
from edge.domain.camera import Duty, Post
from edge.domain.incident import AppliedRule, Incident, Stage, Step
from edge.domain.rule import IncidentType, Severity
from edge.domain.scene import Evidence
from edge.store.journal import JSON, Journal
from edge.store.outbox import Outbox
from edge.wire.box import BoxIdentity
from streams.frame import Frame
from streams.pixels import Converter
from tests.conftest import FakeClock
from tests.messages import valid

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
CURB = ((0.0, 0.5), (1.0, 0.5), (1.0, 1.0), (0.0, 1.0))


def seen(camera_id: str, at_s: float, **facts: Any) -> Incident:
    """Return a revision of what one camera sees; each camera gives it an id of its own."""
    moment = NOON + timedelta(seconds=at_s)
    usual = Incident(
        id=f"0193a5b0-0000-7000-8000-{ord(camera_id):012d}",
        revision=1,
        action=Step.OPENED,
        camera_id=camera_id,
        type=IncidentType.MOTOR_PARKING,
        stage=Stage.CASE,
        severity=Severity.REVIEW,
        zone_id="curb",
        place="north-curb",
        box=(0.3, 0.5, 0.6, 0.9),
        first_seen_at=NOON,
        opened_at=NOON + timedelta(seconds=180),
        observed_at=moment,
        cleared_at=None,
        dwell_s=at_s,
        confidence=0.5,
        parts=(("unnamed_of_vehicle_size", 0.5),),
        evidence=(Evidence.STATIC_FOREGROUND,),
        missing=(Evidence.DETECTOR,),
        confirmed=False,
        count=1,
        label="",
        rule=AppliedRule("motor_parking", f"sha256:{'0f' * 32}", 180.0),
    )
    return replace(usual, **facts)


def frame_at(mono_s: float) -> Frame:
    pixels = np.full((90, 160, 3), 40 + int(mono_s) % 150, np.uint8)
    picture = av.VideoFrame.from_ndarray(pixels, format="bgr24").reformat(format="yuv420p")
    moment = NOON + timedelta(seconds=mono_s)
    return Frame(0, mono_s, moment, True, picture, Converter())


class Site:
    """Recorders of cameras that write into one journal."""

    def __init__(self, path: Path, clock: FakeClock, *, stills: bool) -> None:
        self._path, self._clock, self._stills = path, clock, stills
        self._recorders: dict[str, IncidentRecorder] = {}

    def of(self, camera_id: str) -> IncidentRecorder:
        if camera_id not in self._recorders:
            self._recorders[camera_id] = IncidentRecorder(
                Journal(self._path, self._clock),
                Post(camera_id, Duty.STREET),
                box=BoxIdentity("box-01"),
                codes=load_table("GB/T 30428.2-2013"),
                models=[("yolox-nano", "ef" * 32)],
                zones={"curb": CURB},
                clock=ClockState,
                stills=self._stills,
                keep_s=300.0,
            )
        return self._recorders[camera_id]

    def tell(self, incident: Incident) -> None:
        mono_s = (incident.observed_at - NOON).total_seconds()
        self.of(incident.camera_id).record([incident], frame_at(mono_s), (), memory=None)

    def sent(self) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
        """Return messages, and pictures by topic; no two of one topic."""
        messages, pictures = [], {}
        for message in Outbox(self._path, self._clock).waiting(limit=100):
            if message.content_type == JSON:
                messages.append(valid(message.payload, "incident"))
            else:
                assert message.leaf not in pictures
                pictures[message.leaf] = message.payload
        return messages, pictures


@pytest.fixture
def site(tmp_path: Path, clock: FakeClock) -> Site:
    return Site(tmp_path / "journal.db", clock, stills=True)


def require_every_picture(messages: list[dict[str, Any]], pictures: dict[str, bytes]) -> None:
    """Assert that the pictures that went out are those that the messages list, byte for byte."""
    listed = {
        f"evidence/{message['id']}/{one['name']}": one
        for message in messages
        for one in message["evidence"]
    }
    assert sorted(listed) == sorted(pictures)
    for leaf, jpeg in pictures.items():
        assert listed[leaf]["sha256"] == hashlib.sha256(jpeg).hexdigest()
        assert listed[leaf]["bytes"] == len(jpeg)


def names(message: dict[str, Any]) -> list[str]:
    return [one["name"] for one in message["evidence"]]


def test_an_incident_shows_how_it_began_how_it_was_and_that_it_is_gone(site: Site) -> None:
    site.of("a").note(frame_at(0.0), ())
    site.tell(seen("a", 120, stage=Stage.WARNING))
    site.tell(seen("a", 180, action=Step.UPDATED, revision=2))
    gone = {"action": Step.CLEARED, "cleared_at": NOON + timedelta(seconds=240)}
    site.tell(seen("a", 300, revision=3, **gone))
    messages, pictures = site.sent()
    assert [names(one) for one in messages] == [
        ["first.jpg", "warned.jpg"],
        ["updated-2.jpg"],
        ["cleared.jpg"],
    ]
    require_every_picture(messages, pictures)


def test_what_comes_back_and_goes_again_keeps_the_pictures_of_both_times(site: Site) -> None:
    gone = {"action": Step.CLEARED, "cleared_at": NOON + timedelta(seconds=240)}
    site.tell(seen("a", 180))
    site.tell(seen("a", 300, revision=2, **gone))
    site.tell(seen("a", 600, action=Step.UPDATED, revision=3, reopened=1))
    site.tell(seen("a", 900, revision=4, reopened=1, **gone))
    messages, pictures = site.sent()
    assert [names(one)[-1] for one in messages] == [
        "opened.jpg",
        "cleared.jpg",
        "updated-3.jpg",
        "cleared-4.jpg",
    ]
    require_every_picture(messages, pictures)


def test_cameras_of_one_place_tell_one_incident_and_mix_up_no_pictures(site: Site) -> None:
    site.tell(seen("a", 180, severity=Severity.REVIEW))
    site.tell(seen("b", 182, severity=Severity.REVIEW))
    confirmed = {"action": Step.UPDATED, "revision": 2, "confirmed": True, "label": "car"}
    site.tell(seen("b", 220, severity=Severity.NORMAL, **confirmed))
    site.tell(seen("a", 260, severity=Severity.NORMAL, **confirmed))
    gone = {"action": Step.CLEARED, "cleared_at": NOON + timedelta(seconds=300)}
    site.tell(seen("b", 360, revision=3, **gone))
    site.tell(seen("a", 364, revision=3, **gone))
    messages, pictures = site.sent()
    assert {one["id"] for one in messages} == {seen("a", 180).id}
    assert [(one["revision"], one["action"], one["camera_id"]) for one in messages] == [
        (1, "opened", "a"),
        (2, "updated", "b"),
        (3, "updated", "a"),
        (4, "cleared", "a"),
    ]
    assert [names(one)[-1] for one in messages[1:3]] == ["updated-2.jpg", "updated-3.jpg"]
    require_every_picture(messages, pictures)


PLATE = "浙A12345"


def test_a_second_camera_adds_the_plate_that_the_first_cannot_read(site: Site) -> None:
    site.tell(seen("a", 180))
    site.tell(seen("b", 182))
    site.tell(seen("b", 212, action=Step.UPDATED, revision=2, plate=PLATE))
    gone = {"action": Step.CLEARED, "cleared_at": NOON + timedelta(seconds=300)}
    site.tell(seen("b", 360, revision=3, plate=PLATE, **gone))
    site.tell(seen("a", 364, revision=2, **gone))
    told = [(one["camera_id"], one["action"], one["plate"]) for one in site.sent()[0]]
    assert told == [("a", "opened", None), ("b", "updated", PLATE), ("a", "cleared", PLATE)]


def test_a_camera_that_joins_tells_at_once_what_it_adds_and_takes_nothing_back(site: Site) -> None:
    for camera_id in ("a", "b"):
        site.of(camera_id).note(frame_at(0.0), ())
    site.tell(seen("a", 180))
    site.tell(seen("b", 182, stage=Stage.WARNING, severity=Severity.NORMAL, confirmed=True))
    site.tell(seen("b", 192, action=Step.UPDATED, revision=2, severity=Severity.NORMAL))
    messages, pictures = site.sent()
    told = [(one["camera_id"], one["action"], one["stage"], one["severity"]) for one in messages]
    assert told == [("a", "opened", "case", "review"), ("b", "updated", "case", "normal")]
    assert [names(one) for one in messages] == [["first.jpg", "opened.jpg"], ["updated-2.jpg"]]
    require_every_picture(messages, pictures)


def test_a_camera_that_joined_tells_when_the_thing_is_back(site: Site) -> None:
    gone = {"action": Step.CLEARED, "cleared_at": NOON + timedelta(seconds=300)}
    for camera_id in ("a", "b"):
        site.tell(seen(camera_id, 180))
    for camera_id in ("a", "b"):
        site.tell(seen(camera_id, 360, revision=2, **gone))
    site.tell(seen("b", 600, action=Step.UPDATED, revision=3, reopened=1))
    told = [(one["camera_id"], one["action"], one["reopened"]) for one in site.sent()[0]]
    assert told == [("a", "opened", 0), ("b", "cleared", 0), ("b", "updated", 1)]


def test_without_stills_no_picture_is_taken(tmp_path: Path, clock: FakeClock) -> None:
    site = Site(tmp_path / "journal.db", clock, stills=False)
    site.of("a").note(frame_at(0.0), ())
    site.tell(seen("a", 180))
    messages, pictures = site.sent()
    assert (len(messages), messages[0]["evidence"], pictures) == (1, [], {})


def test_a_plate_is_in_the_message_and_in_no_log(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    site.tell(seen("a", 180, plate="浙A12345"))
    assert site.sent()[0][0]["plate"] == "浙A12345"
    assert caplog.records
    assert "A12345" not in caplog.text
    assert json.dumps("浙A12345") not in caplog.text
