from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge.evidence.retention import Retention, Terms
from edge.evidence.verification import verify_incident
from tests.conftest import FakeClock
from tests.exhibits import A, B, C, Exhibits

DAY_S = 86400.0


class Box(Exhibits):
    """A box whose disk has as much room as a test says, for evidence and all else."""

    room_bytes = 10**9

    certain = True

    def retention(self, *, quota_bytes: int = 10**9, least_free_bytes: int = 0) -> Retention:
        return Retention(
            self.folder,
            self.store,
            self.manifests,
            terms=Terms(90 * DAY_S, 30 * DAY_S, quota_bytes, least_free_bytes),
            clock=self.clock,
            free_bytes=lambda: self.room_bytes - self.store.kept_bytes(),
            certain=lambda: self.certain,
        )

    def names(self, incident_id: str) -> list[str]:
        return sorted(path.name for path in self.folder_of(incident_id).iterdir())

    def require_sound(self, *incident_ids: str) -> None:
        for one in incident_ids:
            found = verify_incident(
                one, folder=self.folder, store=self.store, authenticator=self.authenticator
            )
            assert found.problems == ()


@pytest.fixture
def box(tmp_path: Path, clock: FakeClock) -> Box:
    box = Box(tmp_path, clock)
    for one in (A, B, C):
        box.open(one, ["opened.jpg", "clip.mp4"])
        clock.advance(60)
    return box


def test_each_kind_goes_after_its_own_days(box: Box) -> None:
    box.clock.advance(31 * DAY_S)
    assert box.retention().run() == 3
    assert box.names(A) == ["manifest.json", "opened.jpg"]
    box.clock.advance(60 * DAY_S)
    assert box.retention().run() == 3
    assert box.names(A) == ["manifest.json"]
    assert len(box.store.revisions(A)) == 1
    box.require_sound(A, B, C)


def test_over_the_quota_the_oldest_clips_go_first_and_stills_after_all_clips(box: Box) -> None:
    assert box.retention(quota_bytes=5500).run() == 1
    assert box.names(A) == ["manifest.json", "opened.jpg"]
    assert box.names(B) == ["clip.mp4", "manifest.json", "opened.jpg"]
    assert box.retention(quota_bytes=2000).run() == 3
    assert box.names(A) == ["manifest.json"]
    assert [box.names(one) for one in (B, C)] == [["manifest.json", "opened.jpg"]] * 2
    assert [one.reason for one in box.store.purges(A)] == ["quota", "quota"]
    box.require_sound(A, B, C)


def test_a_hold_is_above_days_and_quota(box: Box) -> None:
    box.store.hold(A, reason="court", by="li")
    box.clock.advance(100 * DAY_S)
    retention = box.retention(quota_bytes=1000)
    assert retention.run() == 4
    assert box.names(A) == ["clip.mp4", "manifest.json", "opened.jpg"]
    assert retention.pressing()
    box.store.release(A, by="li")
    assert retention.run() == 2
    box.require_sound(A, B, C)


def test_a_disk_that_fills_up_for_another_reason_takes_clips_too(box: Box) -> None:
    retention = box.retention(least_free_bytes=10**6)
    assert not retention.pressing()
    box.room_bytes = 10**6 + 5500
    assert retention.pressing()
    retention.run()
    assert box.names(A) == ["manifest.json", "opened.jpg"]
    box.room_bytes = 10**6
    retention.run()
    assert [box.names(one) for one in (A, B, C)] == [["manifest.json", "opened.jpg"]] * 3


def test_nothing_goes_before_its_time(box: Box) -> None:
    assert box.retention().run() == 0
    box.require_sound(A, B, C)


def test_a_purge_that_is_not_recorded_is_found(box: Box) -> None:
    (box.folder_of(A) / "clip.mp4").unlink()
    found = verify_incident(A, folder=box.folder, store=box.store, authenticator=box.authenticator)
    assert [(one.fault, one.name) for one in found.problems] == [("missing", "clip.mp4")]


def test_a_clock_that_jumped_ahead_removes_nothing_until_it_is_believed(box: Box) -> None:
    box.certain = False
    box.clock.now += timedelta(days=900)
    assert box.retention().run() == 0
    assert box.retention(quota_bytes=5500).run() == 1  # the disk's room counts all the same
    box.certain = True
    assert box.retention().run() > 0
    assert box.names(C) == ["manifest.json"]


def test_what_was_made_before_the_box_had_a_time_is_not_taken_for_old(
    tmp_path: Path, clock: FakeClock
) -> None:
    clock.now = datetime(1970, 1, 1, tzinfo=UTC)
    box = Box(tmp_path, clock)
    box.open(A, ["opened.jpg", "clip.mp4"])
    clock.now = datetime(2026, 11, 24, tzinfo=UTC)
    assert box.retention().run() == 0
    assert box.names(A) == ["clip.mp4", "manifest.json", "opened.jpg"]
    assert box.retention(quota_bytes=100).run() == 2
