import errno
import json
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from edge.errors import StoreError
from edge.evidence.verification import verify_incident
from edge.store.clip_faults import LOST, NOT_KEPT
from edge.store.journal import Journal
from edge.store.kept import Clip, Item
from edge.store.outbox import Outbox
from edge.worker.clips import PATIENCE_S, ROOM_WITHIN_S, ClipDesk
from edge.worker.film import Span
from streams.errors import StreamError
from tests.conftest import FakeClock
from tests.exhibits import A, Exhibits
from tests.incidents import NOON

OPENED = NOON + timedelta(seconds=180)
TEN = timedelta(seconds=10)


class Memory:
    """A camera's packets from one moment to another."""

    def __init__(self, begins_at: datetime, ends_at: datetime) -> None:
        self.span = Span(begins_at, ends_at)
        self.fails: Exception | None = None

    def reaches(self) -> datetime | None:
        return self.span.ends_at

    def goes_on_until(self, moment: datetime) -> None:
        self.span = Span(self.span.begins_at, moment)

    def write(
        self, path: Path, begins_at: datetime, ends_at: datetime, *, moment: datetime
    ) -> Span:
        if self.fails is not None:
            raise self.fails
        path.write_bytes(b"mp4" * 1000)
        return Span(max(begins_at, self.span.begins_at), min(ends_at, self.span.ends_at))


class FullDisk(Journal):
    full = False

    def record_clip(self, clip: Clip, item: Item) -> int | None:
        if self.full:
            raise StoreError("journal.db: cannot be written; make room")
        return super().record_clip(clip, item)


class Desk(Exhibits):
    """A desk, a camera and an incident that opened now."""

    def __init__(self, home: Path, clock: FakeClock) -> None:
        super().__init__(home, clock)
        clock.now = OPENED
        self.film = Memory(OPENED - timedelta(seconds=60), OPENED)
        self.full_disk = FullDisk(home / "journal.db", clock)
        self.desk = self.another()

    def another(self) -> ClipDesk:
        return ClipDesk(
            {"street-01": self.film},
            folder=self.folder,
            journal=self.full_disk,
            store=self.store,
            manifests=self.manifests,
            clock=self.clock,
        )

    def wish(self, incident_id: str, *, camera_id: str = "street-01") -> Clip:
        clip = Clip(incident_id, camera_id, OPENED, OPENED - TEN, OPENED + TEN)
        self.open(incident_id, ["opened.jpg"], clip=clip)
        self.desk.wish(clip)
        return clip

    def state(self, incident_id: str) -> tuple[str, str]:
        clip = self.store.clip(incident_id)
        assert clip is not None
        return clip.state, clip.detail

    def actions(self) -> list[tuple[int, str]]:
        waiting = Outbox(self.home / "journal.db", self.clock).waiting(limit=100)
        messages = [json.loads(one.payload) for one in waiting]
        return [(one["revision"], one["action"]) for one in messages]

    def require_sound(self, incident_id: str) -> None:
        found = verify_incident(
            incident_id, folder=self.folder, store=self.store, authenticator=self.authenticator
        )
        assert found.problems == ()
        assert list((self.folder.root / ".drafts").iterdir()) == [
            path for path in (self.folder.root / ".drafts").iterdir() if path.suffix == ".jpg"
        ]


@pytest.fixture
def desk(tmp_path: Path, clock: FakeClock) -> Desk:
    return Desk(tmp_path, clock)


def test_a_clip_is_written_when_its_post_roll_is_there_and_told_then(desk: Desk) -> None:
    desk.wish(A)
    desk.desk.look()
    assert (desk.state(A), desk.actions()) == (("wanted", ""), [(1, "opened")])
    desk.film.goes_on_until(OPENED + TEN)
    desk.desk.look()
    assert (desk.state(A), desk.actions()) == (
        ("written", ""),
        [(1, "opened"), (2, "updated")],
    )
    item = desk.store.item(A, "clip.mp4")
    assert item is not None
    assert (item.begins_at, item.ends_at, item.bytes) == (OPENED - TEN, OPENED + TEN, 3000)
    desk.require_sound(A)


def test_a_camera_that_dies_leaves_a_clip_with_a_short_post_roll(desk: Desk) -> None:
    desk.wish(A)
    desk.film.goes_on_until(OPENED + timedelta(seconds=3))
    desk.clock.advance(10 + PATIENCE_S - 0.1)
    desk.desk.look()
    assert desk.state(A)[0] == "wanted"
    desk.clock.advance(0.1)
    desk.desk.look()
    assert desk.state(A) == ("written", "post-roll of 3.0 s only")
    desk.require_sound(A)


def test_a_camera_that_has_just_come_leaves_a_short_pre_roll(desk: Desk) -> None:
    desk.film.span = Span(OPENED - timedelta(seconds=2), OPENED + TEN)
    desk.wish(A)
    desk.desk.look()
    assert desk.state(A) == ("written", "pre-roll of 2.0 s only")


def test_an_orderly_end_writes_what_there_is(desk: Desk) -> None:
    desk.wish(A)
    desk.film.goes_on_until(OPENED + timedelta(seconds=4))
    stop = Event()
    stop.set()
    desk.desk.run(stop)
    assert desk.state(A) == ("written", "post-roll of 4.0 s only")


def test_after_a_crash_the_clip_is_missing_and_the_manifest_says_why(desk: Desk) -> None:
    desk.wish(A)
    desk.another().abandon(["street-01"])
    assert desk.state(A) == ("missing", LOST)
    manifest = json.loads((desk.folder_of(A) / "manifest.json").read_bytes())
    assert manifest["clip"] == {"state": "missing", "detail": LOST}
    desk.require_sound(A)


@pytest.mark.parametrize(
    ("error", "detail"),
    [
        (StreamError("camera: nothing of that time"), "camera: nothing of that time"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
    ],
)
def test_why_a_clip_could_not_be_written_is_kept(desk: Desk, error: Exception, detail: str) -> None:
    desk.film.fails = error
    desk.film.goes_on_until(OPENED + TEN)
    desk.wish(A)
    desk.desk.look()
    assert (desk.state(A), desk.actions()) == (("missing", detail), [(1, "opened")])
    desk.require_sound(A)


def test_a_clip_waits_for_room_on_a_full_disk(desk: Desk) -> None:
    desk.film.fails = OSError(errno.ENOSPC, "No space left on device")
    desk.film.goes_on_until(OPENED + TEN)
    desk.wish(A)
    desk.desk.look()
    assert desk.state(A)[0] == "wanted"
    desk.film.fails = None
    desk.desk.look()
    assert desk.state(A) == ("written", "")


def test_a_disk_that_stays_full_is_named(desk: Desk) -> None:
    desk.film.fails = OSError(errno.ENOSPC, "No space left on device")
    desk.film.goes_on_until(OPENED + TEN)
    desk.wish(A)
    desk.clock.advance(TEN.total_seconds() + ROOM_WITHIN_S)
    desk.desk.look()
    assert desk.state(A) == ("missing", "No space left on device")


def test_a_clip_without_its_moment_is_not_kept(desk: Desk) -> None:
    desk.film.span = Span(OPENED + timedelta(seconds=1), OPENED + TEN)
    desk.wish(A)
    desk.desk.look()
    assert desk.state(A)[0] == "missing"
    assert desk.store.item(A, "clip.mp4") is None


def test_while_the_journal_cannot_be_written_the_clip_waits(desk: Desk) -> None:
    desk.wish(A)
    desk.film.goes_on_until(OPENED + TEN)
    desk.full_disk.full = True
    desk.desk.look()
    assert desk.state(A)[0] == "wanted"
    desk.full_disk.full = False
    desk.desk.look()
    assert desk.state(A) == ("written", "")
    desk.require_sound(A)


def test_a_camera_whose_packets_are_not_kept_is_said(desk: Desk) -> None:
    clip = desk.wish(A, camera_id="street-02")
    desk.clock.advance((clip.ends_at - desk.clock.now).total_seconds() + PATIENCE_S)
    desk.desk.look()
    assert desk.state(A) == ("missing", NOT_KEPT)


@pytest.mark.parametrize("step", [timedelta(hours=-3), timedelta(days=400)])
def test_a_clock_that_is_set_makes_no_clip_early_and_none_late(desk: Desk, step: timedelta) -> None:
    desk.wish(A)
    desk.film.goes_on_until(OPENED + timedelta(seconds=3))
    desk.clock.now += step
    desk.clock.advance(10 + PATIENCE_S - 1)
    desk.desk.look()
    assert desk.state(A)[0] == "wanted"
    desk.clock.advance(1.5)
    desk.desk.look()
    assert desk.state(A) == ("written", "post-roll of 3.0 s only")
