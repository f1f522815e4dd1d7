"""Incidents and memory while the disk is full, and after a crash with some of them written."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from edge.bootstrap.camera.incidents import IncidentRecorder
from edge.domain.camera import Duty, Post
from edge.errors import StoreError
from edge.store.incidents import Written
from edge.store.journal import Journal, Revision
from edge.store.outbox import Outbox
from tests.conftest import FakeClock
from tests.incidents import NOON, a_recorder, an_incident, cleared

POST = Post("street-01", Duty.STREET)


class FullDisk(Journal):
    """A journal whose disk can be full."""

    full = False

    def record_incidents(
        self, post: Post, revisions: Sequence[Revision], memory: bytes | None
    ) -> list[Written]:
        if self.full:
            raise StoreError("journal.db: cannot be written (database or disk is full); make room")
        return super().record_incidents(post, revisions, memory)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
def journal(path: Path, clock: FakeClock) -> FullDisk:
    return FullDisk(path, clock)


@pytest.fixture
def recorder(journal: FullDisk) -> IncidentRecorder:
    return a_recorder(journal, POST)


def told(path: Path, clock: FakeClock) -> list[tuple[int, str, str]]:
    messages = [json.loads(one.payload) for one in Outbox(path, clock).waiting(limit=100)]
    return [(one["seq"], one["id"], one["action"]) for one in messages]


def test_incidents_wait_in_order_and_their_memory_with_them(
    journal: FullDisk,
    recorder: IncidentRecorder,
    path: Path,
    clock: FakeClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    a, b, c = (an_incident(name) for name in "abc")
    recorder.record([a], None, (), memory=b"a")
    journal.full = True
    recorder.record([b, c], None, (), memory=b"abc")
    recorder.record([cleared(a)], None, (), memory=b"bc")
    recorder.retry()
    assert told(path, clock) == [(1, "a", "opened")]
    assert journal.recall(POST) == b"a"
    journal.full = False
    recorder.retry()
    assert told(path, clock) == [
        (1, "a", "opened"),
        (2, "b", "opened"),
        (3, "c", "opened"),
        (4, "a", "cleared"),
    ]
    assert journal.recall(POST) == b"bc"
    recorder.retry()
    assert len(told(path, clock)) == 4
    errors = [record.message for record in caplog.records if record.levelname == "ERROR"]
    assert errors == [
        "journal.db: cannot be written (database or disk is full); make room;"
        " incidents wait in memory until then"
    ]


def test_a_later_memory_never_overtakes_what_waits(
    journal: FullDisk, recorder: IncidentRecorder, path: Path, clock: FakeClock
) -> None:
    """Else a crash would lose what the memory takes for told."""
    written = []

    def record(post: Post, revisions: Sequence[Revision], memory: bytes | None) -> list[Written]:
        written.append(([one.incident.id for one in revisions], memory))
        return []

    journal.full = True
    recorder.record([an_incident("a")], None, (), memory=b"1")
    recorder.record((), None, (), memory=b"2")
    journal.record_incidents = record  # type: ignore[method-assign]
    recorder.record((), None, (), memory=b"3")
    recorder.record((), None, (), memory=b"4")
    assert written == [(["a"], b"3"), ([], b"4")]


def test_what_waits_when_the_process_dies_is_as_if_it_had_never_been_seen(
    journal: FullDisk, recorder: IncidentRecorder, path: Path, clock: FakeClock
) -> None:
    recorder.record([an_incident("a")], None, (), memory=b"a")
    journal.full = True
    recorder.record([an_incident("b")], None, (), memory=b"ab")
    after = a_recorder(Journal(path, clock), POST)
    assert after.recall() == b"a"
    assert after.unwatched({"a"}, NOON) == []


def test_what_nobody_goes_on_with_is_withdrawn(
    recorder: IncidentRecorder, journal: FullDisk, path: Path, clock: FakeClock
) -> None:
    a, b = an_incident("a"), an_incident("b")
    recorder.record([a, b], None, (), memory=b"ab")
    (gone,) = recorder.unwatched({"a"}, NOON)
    assert (gone.id, gone.revision, gone.reason, gone.observed_at) == ("b", 2, "unwatched", NOON)
    recorder.record([gone], None, (), memory=b"a")
    assert told(path, clock)[2:] == [(3, "b", "withdrawn")]
    assert [one.id for one in journal.open_incidents(POST)] == ["a"]
