"""``clip.request``: what is handed out, to whom, and what is said when it is not."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from edge.commands.clip_request import CHUNK_BYTES, MOST_CHUNKS
from edge.commands.command import (
    CommandError,
    CommandFailedError,
    CommandRefusedError,
)
from edge.domain.rule import IncidentType
from edge.domain.upload import Uploaded, UploadEnd
from edge.errors import StoreError
from edge.store.evidence import Hold
from edge.store.kept import ClipState
from streams.errors import StreamError
from tests.clip_box import BASE, FILM, ID, MQTT, OPENED_AT, PUT, URL, ClipBox
from tests.conftest import FakeClock
from tests.messages import valid


@pytest.fixture
def box(tmp_path: Path, clock: FakeClock) -> ClipBox:
    return ClipBox(tmp_path, clock)


SPAN = {"camera": "east", "from": "2026-11-24T02:30:00Z", "until": "2026-11-24T02:31:00Z"}


def span(box: ClipBox, *, begins_s: float = -120, ends_s: float = -60) -> dict[str, Any]:
    def text(seconds: float) -> str:
        moment = box.clock.now + timedelta(seconds=seconds)
        return moment.isoformat(timespec="seconds").replace("+00:00", "Z")

    return {"camera": "east", "from": text(begins_s), "until": text(ends_s)}


def code_of(box: ClipBox, kind: type[CommandError], **body: Any) -> str:
    with pytest.raises(kind) as error:
        box.ask(**body)
    return error.value.code


def test_a_clip_leaves_redacted_and_the_answer_has_its_digest(box: ClipBox) -> None:
    answer = box.ask(incident="a", to=PUT)
    ((url, content, within_s, had),) = box.sent
    assert (url, within_s, had) == (URL, 600, None)
    assert content == FILM.replace(b"clear", b"blur ")
    assert answer == {
        "incident": "a",
        "camera": "east",
        "from": "2026-11-24T02:30:00.000Z",
        "until": "2026-11-24T02:30:20.000Z",
        "kind": "film",
        "redacted": True,
        "held": False,
        "media_type": "video/mp4",
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "put": {"taken": 500_000, "requests": 1, "status": 201},
    }
    assert box.left() == []


def test_who_was_handed_what_is_written_down_first_and_no_permit_with_it(box: ClipBox) -> None:
    box.ask(incident="a", to=PUT)
    assert box.audited == [
        (
            "platform:city-2026",
            "clip.handed_out",
            "incident a clip.mp4",
            f"redacted to {BASE}/clips/a.mp4",
        )
    ]


def test_what_cannot_be_written_down_is_not_handed_out(box: ClipBox) -> None:
    box.audit_fails = True
    for to in (PUT, MQTT):
        with pytest.raises(StoreError):
            box.ask(incident="a", to=to)
    assert (box.sent, box.posted, box.left()) == ([], [], [])


@pytest.mark.parametrize(
    ("about", "plates"), [(IncidentType.MATERIAL_PILE, True), (IncidentType.MOTOR_PARKING, False)]
)
def test_plates_are_covered_where_they_are_not_what_it_is_about(
    box: ClipBox, about: IncidentType, *, plates: bool
) -> None:
    box.type = about
    box.ask(incident="a", to=PUT)
    assert box.redacted_with_plates == [plates]


def test_a_clear_clip_needs_the_configuration_and_the_command(box: ClipBox) -> None:
    assert code_of(box, CommandRefusedError, incident="a", to=PUT, clear=True) == "clear"
    assert box.audited == []
    box.clear = True
    assert box.ask(incident="a", to=PUT)["redacted"]
    answer = box.ask(incident="a", to=PUT, clear=True)
    assert (answer["redacted"], answer["sha256"]) == (False, hashlib.sha256(FILM).hexdigest())
    assert box.sent[-1][1] == FILM
    assert box.audited[-1][3].startswith("clear to ")


def test_a_held_clip_is_handed_out_and_said_to_be_held(box: ClipBox) -> None:
    box.hold = Hold("a", "court", "anna", OPENED_AT)
    answer = box.ask(incident="a", to=PUT)
    assert answer["held"]
    assert "court" not in json.dumps(answer)


def test_by_mqtt_it_goes_in_chunks_that_make_the_whole(box: ClipBox) -> None:
    answer = box.ask(incident="a", to=MQTT)
    ((leaf, chunks),) = box.posted
    content = b"".join(chunks)
    assert answer["mqtt"] == {
        "leaf": f"clips/{ID}",
        "chunks": -(-len(content) // CHUNK_BYTES),
        "chunk_bytes": CHUNK_BYTES,
    }
    assert leaf == f"clips/{ID}"
    assert {len(one) for one in chunks[:-1]} == {CHUNK_BYTES}
    assert hashlib.sha256(content).hexdigest() == answer["sha256"]
    assert box.audited[0][3] == "redacted to mqtt"
    assert box.left() == []


def test_what_is_too_large_for_the_broker_is_not_sent_there(box: ClipBox) -> None:
    box.redacts = lambda film: bytes(CHUNK_BYTES * MOST_CHUNKS + 1)
    assert code_of(box, CommandFailedError, incident="a", to=MQTT) == "too_large"
    assert (box.posted, box.audited, box.left()) == ([], [], [])


def test_a_broker_that_does_not_keep_up_gets_no_more(box: ClipBox) -> None:
    box.broker_takes = False
    assert code_of(box, CommandFailedError, incident="a", to=MQTT) == "busy"
    assert box.left() == []


def test_a_full_disk_is_no_place_for_it(box: ClipBox) -> None:
    box.room = 1000
    assert code_of(box, CommandFailedError, incident="a", to=PUT) == "disk"


def test_a_piece_of_a_cameras_film_is_cut_and_redacted(box: ClipBox) -> None:
    asked = span(box)
    answer = box.ask(**asked, to=PUT)
    assert (answer["incident"], answer["camera"], answer["kind"]) == (None, "east", "film")
    assert answer["from"].replace(".000", "") == asked["from"]
    assert box.sent[0][1] == FILM.replace(b"clear", b"blur ")
    assert box.redacted_with_plates == [True]
    assert box.audited[0][2] == f"camera east {answer['from']}..{answer['until']}"
    assert box.left() == []


def test_of_a_time_that_is_not_kept_there_is_no_film(box: ClipBox) -> None:
    box.cut = StreamError("nothing is kept of that time")
    assert code_of(box, CommandFailedError, **span(box), to=PUT) == "no_film"
    assert box.left() == []


@pytest.mark.parametrize(("begins_s", "ends_s"), [(-60, -120), (-60, -60), (-700, -60), (-10, 60)])
def test_a_span_is_short_and_past(box: ClipBox, begins_s: float, ends_s: float) -> None:
    asked = span(box, begins_s=begins_s, ends_s=ends_s)
    assert code_of(box, CommandRefusedError, **asked, to=PUT) == "span"


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("unknown_incident", {"incident": "z", "to": PUT}),
        ("destination", {"incident": "a", "to": {"put": "https://evil.example/a.mp4"}}),
        ("destination", {"incident": "a", "to": {"put": "file:///etc/passwd"}}),
        ("body", {"incident": "a"}),
        ("body", {"incident": "a", "to": {}}),
        ("body", {"incident": "a", "to": {"put": URL, "mqtt": True}}),
        ("body", {"incident": "a", "to": {"mqtt": False}}),
        ("body", {"incident": "a", "to": {"mqtt": 1}}),
        ("body", {"incident": "a", "to": {"file": "/tmp/x"}}),
        ("body", {"incident": "a", "to": PUT, "clear": "yes"}),
        ("body", {"incident": "a", "camera": "east", "to": PUT}),
        ("body", {"camera": "east", "to": PUT}),
        ("body", {"camera": "east", "from": "yesterday", "until": "today", "to": PUT}),
        ("body", {"incident": "a", "to": PUT, "path": "/etc/passwd"}),
        ("body", {"to": PUT}),
    ],
)
def test_what_is_not_to_be_handed_out_is_refused(
    box: ClipBox, code: str, body: dict[str, Any]
) -> None:
    assert code_of(box, CommandRefusedError, **body) == code
    assert (box.sent, box.audited, box.left()) == ([], [], [])


def test_a_camera_that_is_not_there_has_no_film(box: ClipBox) -> None:
    asked = span(box) | {"camera": "west"}
    assert code_of(box, CommandRefusedError, **asked, to=PUT) == "unknown_camera"


def test_a_clip_that_was_purged_is_said_to_be(box: ClipBox) -> None:
    assert box.item_ is not None
    box.item_ = replace(box.item_, purged_at=datetime(2026, 11, 20, tzinfo=UTC))
    with pytest.raises(CommandFailedError, match="removed on 2026-11-20") as error:
        box.ask(incident="a", to=PUT)
    assert error.value.code == "purged"


def test_a_clip_that_could_not_be_made_says_why(box: ClipBox) -> None:
    box.item_ = None
    assert box.clip_ is not None
    box.clip_ = replace(box.clip_, state=ClipState.MISSING, detail="nothing was in memory")
    with pytest.raises(CommandFailedError, match="nothing was in memory") as error:
        box.ask(incident="a", to=PUT)
    assert error.value.code == "no_clip"
    box.clip_ = None
    assert code_of(box, CommandFailedError, incident="a", to=PUT) == "no_clip"


def test_a_clip_that_is_still_being_filmed_is_waited_for(box: ClipBox) -> None:
    item, box.item_ = box.item_, None
    assert box.clip_ is not None
    box.clip_ = replace(
        box.clip_, state=ClipState.WANTED, ends_at=box.clock.now + timedelta(seconds=3)
    )

    def written() -> None:
        if box.clip_ is not None and box.clock.now > box.clip_.ends_at:
            box.item_ = item

    box.on_pause = written
    assert box.ask(incident="a", to=PUT)["bytes"] > 0
    box.item_, box.on_pause = None, lambda: None
    assert code_of(box, CommandFailedError, incident="a", to=PUT) == "not_yet"


@pytest.mark.parametrize("content", [None, b"another film"])
def test_a_file_that_is_not_what_was_signed_is_not_handed_out(
    box: ClipBox, content: bytes | None
) -> None:
    path = box.evidence / "clip.mp4"
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    code = code_of(box, CommandFailedError, incident="a", to=PUT)
    assert code == ("missing" if content is None else "damaged")
    assert box.audited == []


def test_what_cannot_be_redacted_in_time_is_not_handed_out(box: ClipBox) -> None:
    box.redacts = lambda film: None
    assert code_of(box, CommandFailedError, incident="a", to=PUT) == "expired"
    assert box.sent == []


def test_a_command_whose_time_is_over_is_not_begun(box: ClipBox) -> None:
    with pytest.raises(CommandFailedError) as error:
        box.ask(valid_s=0, incident="a", to=PUT)
    assert error.value.code == "expired"
    assert box.redacted_with_plates == []


@pytest.mark.parametrize(
    ("end", "code"), [(UploadEnd.REFUSED, "receiver"), (UploadEnd.EXPIRED, "expired")]
)
def test_what_did_not_arrive_is_said_with_how_far_it_came(
    box: ClipBox, end: UploadEnd, code: str
) -> None:
    box.uploaded = Uploaded(end, 1234, 9, 503, "the receiver answered 503")
    with pytest.raises(CommandFailedError, match="answered 503") as error:
        box.ask(incident="a", to=PUT)
    assert error.value.code == code
    details = valid(error.value.details, "clip.request.answer")
    assert details["put"] == {"taken": 1234, "requests": 9, "status": 503}
    assert box.left() == []


def test_the_platform_hears_of_each_quarter(box: ClipBox) -> None:
    def sending(taken: Callable[[int], None]) -> None:
        for count in range(0, 500_001, 50_000):
            taken(count)

    box.while_sending = sending
    box.ask(incident="a", to=PUT)
    assert [told["put"]["taken"] for told in box.told] == [0, 150_000, 250_000, 400_000]


class PowerCutError(BaseException):
    """The box goes down."""


def test_after_a_restart_the_same_file_is_gone_on_with(box: ClipBox) -> None:
    def cut_short(taken: Callable[[int], None]) -> None:
        taken(200_000)
        saved.extend((path.name, path.read_bytes()) for path in folder.iterdir())
        raise PowerCutError

    saved: list[tuple[str, bytes]] = []
    folder = box.folder / "handover"
    box.while_sending = cut_short
    with pytest.raises(PowerCutError):
        box.ask(incident="a", to=PUT)
    for name, content in saved:  # a process that is killed cleans up nothing
        (folder / name).write_bytes(content)
    box.redacts = lambda film: b"another one, as networks have changed"
    box.while_sending = lambda taken: None
    answer = box.ask(incident="a", to=PUT)
    first, second = box.sent
    assert (second[1], second[3]) == (first[1], 200_000)
    assert answer["sha256"] == hashlib.sha256(first[1]).hexdigest()
    assert len(box.audited) == 2
    assert box.left() == []


@pytest.mark.parametrize(
    ("body", "good"),
    [
        ({"incident": "a", "to": PUT}, True),
        ({"incident": "a", "to": MQTT, "clear": False}, True),
        ({**SPAN, "to": PUT, "clear": True}, True),
        ({"incident": "a"}, False),
        ({"incident": "a", "to": {}}, False),
        ({"incident": "a", "to": {"put": URL, "mqtt": True}}, False),
        ({"incident": "a", "to": {"mqtt": False}}, False),
        ({"incident": "a", "to": PUT, "clear": "yes"}, False),
        ({"incident": "a", "camera": "east", "to": PUT}, False),
        ({"incident": "a", **SPAN, "to": PUT}, False),
        ({"camera": "east", "to": PUT}, False),
        ({**SPAN, "from": "yesterday", "to": PUT}, False),
        ({"incident": "a", "to": PUT, "path": "/etc/passwd"}, False),
        ({"to": PUT}, False),
    ],
)
def test_the_schema_says_the_same(body: dict[str, Any], *, good: bool) -> None:
    try:
        valid(json.dumps(body).encode(), "clip.request")
    except jsonschema.ValidationError:
        assert not good
    else:
        assert good
