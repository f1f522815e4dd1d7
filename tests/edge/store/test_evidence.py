from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from edge.clock import ClockState
from edge.codes.table import load_table
from edge.domain.camera import Duty, Post
from edge.domain.incident import Incident
from edge.store.evidence import EvidenceStore
from edge.store.journal import Journal, Revision
from edge.store.kept import JPEG, MP4, Clip, ClipState, Gap, Item, Kept, Kind
from edge.store.outbox import Outbox
from edge.wire.box import BoxIdentity
from edge.wire.incident import incident_message
from tests.conftest import FakeClock
from tests.incidents import NOON, an_incident, cleared
from tests.messages import valid

STREET = Post("street-01", Duty.STREET)
CODES = load_table("GB/T 30428.2-2013")
A = "0193a5b0-0000-7000-8000-00000000000a"
B = "0193a5b0-0000-7000-8000-00000000000b"


def an_item(incident_id: str, name: str = "opened.jpg", **facts: Any) -> Item:
    usual: dict[str, Any] = {
        "kind": Kind.STILL,
        "camera_id": "street-01",
        "media_type": JPEG,
        "bytes": 1000,
        "sha256": "ab" * 32,
        "path": f"2026-11-24/{incident_id}/{name}",
        "begins_at": NOON,
        "ends_at": NOON,
    }
    return Item(incident_id, name, **(usual | facts))


def a_clip(incident_id: str, **facts: Any) -> Clip:
    ten = timedelta(seconds=10)
    usual: dict[str, Any] = {"moment": NOON, "begins_at": NOON - ten, "ends_at": NOON + ten}
    return Clip(incident_id, "street-01", **(usual | facts))


def the_file_of(clip: Clip) -> Item:
    return an_item(
        clip.incident_id,
        "clip.mp4",
        kind=Kind.CLIP,
        media_type=MP4,
        bytes=5_000_000,
        begins_at=clip.begins_at,
        ends_at=clip.ends_at,
    )


class Desk:
    """A journal and the store of evidence beside it."""

    def __init__(self, path: Path, clock: FakeClock) -> None:
        self.path, self.clock = path, clock
        self.journal = Journal(path, clock)
        self.store = EvidenceStore(path, clock)

    def write(self, incident: Incident, kept: Kept, *, fails: bool = False) -> None:
        def render(told: Incident, seq: int) -> bytes:
            return incident_message(
                told,
                box=BoxIdentity("box-01"),
                seq=seq,
                clock=ClockState(),
                category=CODES.category(told.type),
            )

        def keep(_: Incident) -> Kept:
            if fails:
                raise ValueError("no place")
            return kept

        revision = Revision(incident, render, lambda _: (), keep)
        self.journal.record_incidents(STREET, [revision], None)

    def tell_clip(self, clip: Clip) -> None:
        self.journal.record_clip(clip, the_file_of(clip))

    def sent(self) -> list[dict[str, Any]]:
        waiting = Outbox(self.path, self.clock).waiting(limit=100)
        return [valid(one.payload, "incident") for one in waiting]


@pytest.fixture
def desk(tmp_path: Path, clock: FakeClock) -> Desk:
    return Desk(tmp_path / "journal.db", clock)


def test_evidence_is_known_together_with_its_incident(desk: Desk) -> None:
    desk.write(an_incident(A), Kept([an_item(A)], [Gap(A, "first.jpg", "disk full")], a_clip(A)))
    (item,) = desk.store.items(A)
    assert (item.name, item.bytes, item.purged_at) == ("opened.jpg", 1000, None)
    assert desk.store.gaps(A) == [Gap(A, "first.jpg", "disk full")]
    assert desk.store.wanted("street-01") == [a_clip(A)]
    assert desk.store.item(A, "cleared.jpg") is None


def test_an_incident_whose_evidence_cannot_be_placed_is_not_half_written(desk: Desk) -> None:
    with pytest.raises(ValueError, match="no place"):
        desk.write(an_incident(A), Kept([an_item(A)]), fails=True)
    assert (desk.store.revisions(A), desk.store.items(A), desk.sent()) == ([], [], [])


def test_a_clip_that_is_ready_is_told_as_the_next_revision(desk: Desk) -> None:
    desk.write(an_incident(A), Kept(clip=a_clip(A)))
    desk.tell_clip(a_clip(A, state=ClipState.WRITTEN))
    first, second = desk.sent()
    assert (second["revision"], second["seq"], second["action"]) == (2, 2, "updated")
    assert [one["name"] for one in second["evidence"]] == ["clip.mp4"]
    changed = {name for name in first if first[name] != second[name]}
    assert changed == {"revision", "seq", "action", "evidence"}
    assert desk.store.wanted("street-01") == []
    assert [one.name for one in desk.store.items(A)] == ["clip.mp4"]


def test_a_clip_that_comes_after_the_end_leaves_the_incident_ended(desk: Desk) -> None:
    opened = an_incident(A)
    desk.write(opened, Kept(clip=a_clip(A)))
    desk.write(cleared(opened), Kept())
    desk.tell_clip(a_clip(A, state=ClipState.WRITTEN))
    assert [one["action"] for one in desk.sent()] == ["opened", "cleared", "cleared"]
    assert desk.sent()[-1]["cleared_at"] is not None


def test_the_camera_goes_on_after_its_incident_was_amended(desk: Desk) -> None:
    opened = an_incident(A)
    desk.write(opened, Kept(clip=a_clip(A)))
    desk.tell_clip(a_clip(A, state=ClipState.WRITTEN))
    desk.write(cleared(opened), Kept())
    assert [(one["revision"], one["action"]) for one in desk.sent()] == [
        (1, "opened"),
        (2, "updated"),
        (3, "cleared"),
    ]


def test_why_a_clip_is_missing_is_kept(desk: Desk) -> None:
    desk.write(an_incident(A), Kept(clip=a_clip(A)))
    desk.store.miss(A, "the worker ended before it was written")
    clip = desk.store.clip(A)
    assert clip is not None
    assert (clip.state, clip.detail) == ("missing", "the worker ended before it was written")
    assert desk.store.wanted("street-01") == []


def test_what_is_held_is_offered_to_no_purge_until_it_is_released(desk: Desk) -> None:
    desk.write(an_incident(A), Kept([an_item(A)]))
    desk.clock.advance(60)
    desk.write(an_incident(B), Kept([an_item(B)]))
    assert desk.store.hold(A, reason="court", by="li")
    assert not desk.store.hold(A, reason="again", by="li")
    assert [one.incident_id for one in desk.store.unprotected(Kind.STILL)] == [B]
    assert not desk.store.purge(an_item(A), "quota")
    assert desk.store.release(A, by="wang")
    assert not desk.store.release(A, by="wang")
    assert [one.incident_id for one in desk.store.unprotected(Kind.STILL)] == [A, B]


def test_only_what_is_old_enough_is_offered(desk: Desk) -> None:
    desk.write(an_incident(A), Kept([an_item(A)]))
    desk.clock.advance(3600)
    desk.write(an_incident(B), Kept([an_item(B)]))
    before: datetime = desk.clock.utc() - timedelta(seconds=60)
    found = desk.store.unprotected(Kind.STILL, made_before=before)
    assert [one.incident_id for one in found] == [A]
    assert desk.store.unprotected(Kind.CLIP) == []


def test_a_purge_is_recorded_once_and_gives_its_bytes_back(desk: Desk) -> None:
    desk.write(an_incident(A), Kept([an_item(A), an_item(A, "first.jpg", bytes=500)]))
    assert desk.store.kept_bytes() == 1500
    assert desk.store.purge(an_item(A), "quota")
    assert not desk.store.purge(an_item(A), "quota")
    assert desk.store.kept_bytes() == 500
    assert [(one.name, one.reason) for one in desk.store.purges(A)] == [("opened.jpg", "quota")]
    assert [one.name for one in desk.store.items(A) if one.purged_at] == ["opened.jpg"]
