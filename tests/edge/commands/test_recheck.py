"""``recheck``: which place is looked at, and what is said of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jsonschema
import pytest

from edge.commands.command import Answer, Command, CommandRefusedError
from edge.commands.recheck import NAME, Eyes, Recheck
from edge.domain.camera import CameraState
from edge.domain.rule import IncidentType, Needs
from edge.domain.scene import Evidence, Subject
from edge.domain.second_look import SecondLook, Sight, Spot, Unseen
from edge.store.spots import KnownSpot
from edge.street.places import STANDS
from tests.messages import valid

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
BOX = (0.3, 0.5, 0.6, 0.9)
KNOWN = KnownSpot("east", IncidentType.MOTOR_PARKING, "curb", BOX, frozenset({"own"}))
PRESENT = SecondLook(Sight.PRESENT, None, NOON, 2, (Evidence.DETECTOR,), b"jpeg", heads_known=True)


@dataclass
class Town:
    """Incidents, cameras and what they see."""

    known: dict[str, Sequence[KnownSpot]] = field(default_factory=lambda: {"a": (KNOWN,)})
    cameras: dict[str, CameraState] = field(
        default_factory=lambda: dict.fromkeys(("east", "west"), CameraState.ONLINE)
    )
    sees: dict[str, SecondLook | None] = field(
        default_factory=lambda: {"east": PRESENT, "west": PRESENT}
    )
    looked_at: list[Spot] = field(default_factory=list)
    covered: list[bool] = field(default_factory=list)
    blind_workshop: bool = False

    def of(self, incident_id: str) -> Sequence[KnownSpot]:
        return self.known.get(incident_id, ())

    def look(self, spot: Spot) -> SecondLook | None:
        self.looked_at.append(spot)
        return self.sees[spot.camera_id]

    def redact(self, jpeg: bytes, plates: bool) -> bytes | None:
        self.covered.append(plates)
        return None if self.blind_workshop else jpeg + b", covered"

    def ask(self, **body: Any) -> Answer:
        """Return what is answered to a command with this body."""
        eyes = Eyes(
            zones=lambda: dict.fromkeys(self.cameras, frozenset({"curb"})),
            state=self.cameras.get,
            look=self.look,
            redact=self.redact,
        )
        command = Command(
            id="0193",
            box_id="box-01",
            name=NAME,
            signer="city",
            issued_at=NOON,
            expires_at=NOON + timedelta(minutes=5),
            body=json.dumps(body).encode(),
        )
        said: list[Answer] = []
        answer = Recheck(lambda: self, eyes).handle(command, said.append)
        assert said == []
        return answer


@pytest.fixture
def town() -> Town:
    return Town()


def body_of(answer: Answer) -> dict[str, Any]:
    return valid(answer.body, "recheck.answer")


def test_an_incidents_place_is_looked_at_and_answered_with_a_picture(town: Town) -> None:
    answer = town.ask(incident="a")
    assert body_of(answer) == {
        "incident": "a",
        "camera": "east",
        "zone": "curb",
        "type": "motor_parking",
        "box": list(BOX),
        "verdict": "present",
        "reason": None,
        "looked_at": "2026-11-24T04:00:00.000Z",
        "looks": 2,
        "evidence": ["detector"],
        "still": {
            "name": "still.jpg",
            "media_type": "image/jpeg",
            "bytes": 4,
            "sha256": "41e5787e9f28562d07b891b1816b492309d646c0f2829743fa4963a9f9cc1d61",
        },
    }
    assert [one.content for one in answer.attachments] == [b"jpeg"]
    (spot,) = town.looked_at
    subjects = frozenset({Subject.VEHICLE, Subject.OBJECT})
    assert (spot.needs, spot.subjects, spot.own_ids) == (Needs.PLACES, subjects, KNOWN.own_ids)


@pytest.mark.parametrize(
    ("about", "plates"), [(IncidentType.MOTOR_PARKING, False), (IncidentType.MATERIAL_PILE, True)]
)
def test_where_no_network_saw_people_faces_are_covered_before_it_leaves(
    town: Town, about: IncidentType, *, plates: bool
) -> None:
    town.known["a"] = (replace(KNOWN, type=about),)
    town.sees["east"] = replace(PRESENT, heads_known=False)
    answer = town.ask(incident="a")
    assert [one.content for one in answer.attachments] == [b"jpeg, covered"]
    assert body_of(answer)["still"]["bytes"] == len(b"jpeg, covered")
    assert town.covered == [plates]


def test_what_nobody_can_cover_does_not_leave(town: Town) -> None:
    town.sees["east"] = replace(PRESENT, heads_known=False)
    town.blind_workshop = True
    answer = town.ask(incident="a")
    assert (body_of(answer)["verdict"], body_of(answer)["still"]) == ("present", None)
    assert answer.attachments == ()


def test_where_no_picture_may_leave_there_is_none(town: Town) -> None:
    town.sees["east"] = replace(PRESENT, jpeg=None)
    answer = town.ask(incident="a")
    assert (body_of(answer)["still"], answer.attachments) == (None, ())


def test_a_place_of_which_nothing_was_told_can_be_looked_at(town: Town) -> None:
    town.ask(camera="west", box=BOX)
    town.ask(camera="west", box=BOX, zone="curb", type="crowd_gathering")
    anything, crowd = town.looked_at
    assert (anything.type, anything.needs, anything.subjects) == (None, Needs.PLACES, STANDS)
    assert (crowd.zone_id, crowd.needs) == ("curb", Needs.LOOK)


def test_another_camera_that_sees_the_place_looks_for_one_that_cannot(town: Town) -> None:
    town.known["a"] = (KNOWN, replace(KNOWN, camera_id="west"))
    town.cameras["east"] = CameraState.OFFLINE
    body = body_of(town.ask(incident="a"))
    assert (body["camera"], body["verdict"]) == ("west", "present")
    assert [one.camera_id for one in town.looked_at] == ["west"]


@pytest.mark.parametrize("state", [CameraState.OFFLINE, CameraState.ENDED])
def test_a_camera_that_is_not_there_is_not_waited_for(town: Town, state: CameraState) -> None:
    town.cameras["east"] = state
    body = body_of(town.ask(incident="a"))
    assert (body["verdict"], body["reason"], body["looked_at"]) == ("unseen", "offline", None)
    assert town.looked_at == []


def test_a_camera_that_does_not_answer_in_time_has_no_picture(town: Town) -> None:
    town.sees["east"] = None
    body = body_of(town.ask(incident="a"))
    assert (body["verdict"], body["reason"]) == ("unseen", "no_picture")


def test_a_camera_that_says_why_it_sees_nothing_is_quoted(town: Town) -> None:
    town.sees["east"] = SecondLook(Sight.UNSEEN, Unseen.BLACK, NOON, 20, (), b"dark")
    body = body_of(town.ask(incident="a"))
    assert (body["verdict"], body["reason"], body["looks"]) == ("unseen", "black", 20)


def test_a_camera_that_is_not_configured_any_more_watches_nothing(town: Town) -> None:
    del town.cameras["east"]
    body = body_of(town.ask(incident="a"))
    assert (body["verdict"], body["reason"]) == ("unseen", "unwatched")
    assert town.looked_at == []


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("unknown_incident", {"incident": "z"}),
        ("no_place", {"incident": "covered"}),
        ("unknown_camera", {"camera": "north", "box": BOX}),
        ("unknown_zone", {"camera": "east", "box": BOX, "zone": "moon"}),
        ("body", {}),
        ("body", {"camera": "east"}),
        ("body", {"box": BOX}),
        ("body", {"incident": "a", "camera": "east", "box": BOX}),
        ("body", {"incident": "a", "zone": "curb"}),
        ("body", {"incident": ""}),
        ("body", {"incident": 7}),
        ("body", {"incident": "a", "path": "/etc/passwd"}),
        ("body", {"camera": "east", "box": (0.6, 0.5, 0.3, 0.9)}),
        ("body", {"camera": "east", "box": (0.3, 0.5, 1.6, 0.9)}),
        ("body", {"camera": "east", "box": (0.3, 0.5, float("nan"), 0.9)}),
        ("body", {"camera": "east", "box": BOX, "type": "camera_lost"}),
        ("body", {"camera": "east", "box": BOX, "type": "war"}),
    ],
)
def test_what_cannot_be_looked_at_is_refused(town: Town, code: str, body: dict[str, Any]) -> None:
    town.known["covered"] = (replace(KNOWN, type=IncidentType.CAMERA_COVERED, box=None),)
    with pytest.raises(CommandRefusedError) as refused:
        town.ask(**body)
    assert refused.value.code == code
    assert town.looked_at == []


@pytest.mark.parametrize(
    ("body", "good"),
    [
        ({"incident": "a"}, True),
        ({"camera": "east", "box": BOX}, True),
        ({"camera": "east", "box": BOX, "zone": "curb", "type": "smoke_air"}, True),
        ({}, False),
        ({"camera": "east"}, False),
        ({"incident": "a", "zone": "curb"}, False),
        ({"incident": "a", "camera": "east", "box": BOX}, False),
        ({"incident": "a", "path": "/etc/passwd"}, False),
        ({"camera": "east", "box": (0.3, 0.5, 1.6, 0.9)}, False),
        ({"camera": "east", "box": BOX, "type": "camera_lost"}, False),
    ],
)
def test_the_schema_says_the_same(body: dict[str, Any], *, good: bool) -> None:
    try:
        valid(json.dumps(body).encode(), "recheck")
    except jsonschema.ValidationError:
        assert not good
    else:
        assert good
