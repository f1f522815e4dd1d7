"""Incidents, their messages and what is known after them: all of it or nothing."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from edge.domain.camera import Duty, Post
from edge.domain.incident import Incident
from edge.store.database import open_database, transaction
from edge.store.journal import MIGRATIONS, Journal, Revision
from edge.store.outbox import Outbox
from edge.store.outgoing import Still
from tests.conftest import ROOT, FakeClock
from tests.incidents import an_incident, cleared

STREET = Post("street-01", Duty.STREET)


def revision(incident: Incident, *, fails: bool = False, picture_fails: bool = False) -> Revision:
    def render(told: Incident, seq: int) -> bytes:
        if fails:
            raise ValueError("no words")
        return f"{told.id}/{told.revision}/{seq}".encode()

    def stills(told: Incident) -> Sequence[Still]:
        if picture_fails:
            raise ValueError("no picture")
        return [Still(f"evidence/{told.id}/{told.revision}.jpg", b"jpeg")]

    return Revision(incident, render, stills)


def leaves(path: Path, clock: FakeClock) -> list[tuple[int | None, str]]:
    return [(one.seq, one.leaf) for one in Outbox(path, clock).waiting(limit=100)]


def test_incidents_of_one_picture_are_written_with_what_is_known_after_them(
    journal: Journal, path: Path, clock: FakeClock
) -> None:
    revisions = [revision(an_incident("a")), revision(an_incident("b"))]
    told = journal.record_incidents(STREET, revisions, b"known")
    assert [(one.incident.id, one.seq) for one in told] == [("a", 1), ("b", 2)]
    assert journal.recall(STREET) == b"known"
    assert leaves(path, clock) == [
        (1, "incidents"),
        (None, "evidence/a/1.jpg"),
        (2, "incidents"),
        (None, "evidence/b/1.jpg"),
    ]


@pytest.mark.parametrize("how", [{"fails": True}, {"picture_fails": True}])
def test_what_fails_at_the_second_incident_leaves_nothing_of_the_first(
    journal: Journal, path: Path, clock: FakeClock, how: dict[str, bool]
) -> None:
    journal.record_incidents(STREET, (), b"before")
    revisions = [revision(an_incident("a")), revision(an_incident("b"), **how)]
    with pytest.raises(ValueError, match="no "):
        journal.record_incidents(STREET, revisions, b"after")
    assert journal.recall(STREET) == b"before"
    assert journal.open_incidents(STREET) == []
    assert leaves(path, clock) == []
    assert journal.record_incidents(STREET, [revision(an_incident("c"))], None)[0].seq == 1


def test_a_process_that_is_killed_at_any_statement_has_written_all_or_nothing(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.edge.store.killed_writer", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    *killed, last = (json.loads(line) for line in done.stdout.splitlines())
    whole = {
        "incidents": {"motor_parking": 2},
        "open": ["a", "b"],
        "messages": [
            [1, "incidents"],
            [None, "evidence/a/opened.jpg"],
            [2, "incidents"],
            [None, "evidence/b/opened.jpg"],
        ],
        "memory": "after",
    }
    nothing = {"incidents": {}, "open": [], "messages": [], "memory": "before"}
    assert last == {"lived": True, **whole}
    assert len(killed) > 10
    assert all(one == {"lived": False, **nothing} for one in killed)


def test_each_duty_of_a_camera_has_a_memory_and_incidents_of_its_own(journal: Journal) -> None:
    integrity = Post("street-01", Duty.INTEGRITY)
    journal.record_incidents(STREET, [revision(an_incident("a"))], b"places")
    journal.record_incidents(integrity, [revision(an_incident("b"))], b"reference")
    assert (journal.recall(STREET), journal.recall(integrity)) == (b"places", b"reference")
    assert [one.id for one in journal.open_incidents(integrity)] == ["b"]
    assert set(journal.posts()) == {STREET, integrity}
    journal.forget(integrity)
    assert (journal.recall(STREET), journal.recall(integrity)) == (b"places", None)


def test_what_is_open_is_known_as_it_was_last_told(journal: Journal) -> None:
    first, second = an_incident("a", plate="京A12345"), an_incident("b")
    journal.record_incidents(STREET, [revision(first), revision(second)], None)
    journal.record_incidents(STREET, [revision(cleared(second))], None)
    assert journal.open_incidents(STREET) == [first]
    journal.record_incidents(STREET, [revision(cleared(first))], None)
    assert journal.open_incidents(STREET) == []
    assert journal.posts() == []


def test_what_an_older_version_kept_of_a_street_is_known(path: Path, clock: FakeClock) -> None:
    version = next(n for n, script in enumerate(MIGRATIONS) if "DROP TABLE street_memory" in script)
    before = open_database(path, MIGRATIONS[:version])
    with transaction(before):
        before.execute(
            "INSERT INTO street_memory VALUES ('street-01', '2026-11-24T03:00:00', x'0102')"
        )
    before.close()
    journal = Journal(path, clock)
    assert journal.recall(STREET) == b"\x01\x02"
    assert journal.posts() == [STREET]
