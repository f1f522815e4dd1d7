"""A journal that was damaged goes on: what is known stays known, no number is given twice."""

import random
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from edge.domain.camera import Duty, Post
from edge.domain.incident import Step
from edge.domain.lane import Lane
from edge.store.database import transaction
from edge.store.journal import MIGRATIONS, Journal
from edge.store.journal_mending import SKIPPED, count_on, journal_finish
from edge.store.mending import Mended, damage_of, mend
from edge.store.outbox import Outbox
from edge.store.seq_mark import read_mark
from tests.conftest import FakeClock
from tests.incidents import a_recorder, an_incident, cleared
from tests.passages import a_passage

POST = Post("street-01", Duty.STREET)
PAGE = 4096
PASSAGES = 300
INCIDENTS = 60


def pass_by(journal: Journal, name: str) -> int:
    seq = journal.record_passage(a_passage(name), lambda seq: b'{"seq": %d}' % seq)
    assert seq is not None
    return seq


def fill(path: Path, clock: FakeClock) -> int:
    """Write passages and incidents, every third still open; return the last ``seq``."""
    journal = Journal(path, clock)
    recorder = a_recorder(journal, POST)
    seq = 0
    for one in range(PASSAGES):
        seq = pass_by(journal, f"p{one:04}")
    for one in range(INCIDENTS):
        incident = an_incident(f"i{one:04}", place=f"cell-{one}")
        recorder.record([incident], None, (), memory=b"known")
        if one % 3:
            recorder.record([cleared(incident)], None, (), memory=b"known")
            seq += 1
        seq += 1
    journal.close()
    return seq


def mended(path: Path, clock: FakeClock, reason: str = "found") -> Mended:
    return mend(path, MIGRATIONS, reason=reason, now=clock.utc(), finish=journal_finish(path))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home" / "journal.db"


def test_a_whole_journal_goes_on_as_if_nothing_had_been(path: Path, clock: FakeClock) -> None:
    last = fill(path, clock)
    before = contents(path)
    found = mended(path, clock)
    assert found.lost == 0
    assert contents(path) == before
    journal = Journal(path, clock)
    assert journal.recall(POST) == b"known"
    assert len(journal.open_incidents(POST)) == INCIDENTS // 3
    assert journal.count_passages() == {"stranger": PASSAGES}
    assert pass_by(journal, "next") == last + 1 == read_mark(path)
    journal.close()


def contents(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    connection = sqlite3.connect(path)
    try:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        return {
            name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=str)
            for (name,) in tables
        }
    finally:
        connection.close()


@pytest.mark.parametrize("seed", range(20))
def test_no_number_is_given_twice_and_every_incident_has_its_head(
    seed: int, path: Path, clock: FakeClock
) -> None:
    last = fill(path, clock)
    before = contents(path)
    whole = bytearray(path.read_bytes())
    chance = random.Random(seed)
    for page in chance.sample(range(len(whole) // PAGE), 12):
        whole[page * PAGE : (page + 1) * PAGE] = chance.choice(
            [bytes(PAGE), chance.randbytes(PAGE)]
        )
    path.write_bytes(whole)
    mended(path, clock, damage_of(path, thorough=True) or "unseen")
    assert damage_of(path, thorough=True) is None
    after = contents(path)
    assert set(after["passages"]) <= set(before["passages"])
    assert len(after["passages"]) + len(after["incidents"]) > 0
    heads = {row[0]: row[1] for row in after["incident_heads"]}
    newest: dict[str, int] = {}
    for row in after["incidents"]:
        newest[row[0]] = max(row[1], newest.get(row[0], 0))
    assert heads == newest
    journal = Journal(path, clock)
    assert pass_by(journal, "next") > last
    for one in journal.open_incidents(POST):
        assert one.action is Step.OPENED
    a_recorder(journal, POST).record(
        [cleared(one) for one in journal.open_incidents(POST)], None, (), memory=b""
    )
    told = [row[2] for name in ("passages", "incidents") for row in contents(path)[name]]
    assert len(told) == len(set(told))
    assert journal.open_incidents(POST) == []
    journal.close()


def test_a_revision_that_may_have_been_told_keeps_its_number(path: Path, clock: FakeClock) -> None:
    fill(path, clock)
    connection = sqlite3.connect(path)
    connection.execute("DELETE FROM incidents WHERE id = 'i0001' AND revision = 2")
    connection.commit()
    connection.close()
    mended(path, clock)
    told = [row for row in contents(path)["incidents"] if row[0] == "i0001"]
    assert [(row[1], row[6]) for row in told] == [(1, "opened"), (2, "cleared")]
    assert b'"revision":2' in told[1][-2]


def waiting(path: Path, clock: FakeClock) -> list[tuple[Lane, int | None, bytes]]:
    outbox = Outbox(path, clock)
    found = [(one.lane, one.seq, one.payload) for one in outbox.waiting(limit=10_000)]
    outbox.close()
    return found


def test_what_waits_for_the_platform_waits_on_in_its_order(path: Path, clock: FakeClock) -> None:
    fill(path, clock)
    outbox = Outbox(path, clock)
    outbox.settle(outbox.waiting(limit=20), {Lane.STREET: PASSAGES + 20})
    outbox.close()
    before = waiting(path, clock)
    assert len(before) > 100
    mended(path, clock)
    assert waiting(path, clock) == before


def test_a_list_of_messages_that_is_lost_is_made_of_what_they_say(
    path: Path, clock: FakeClock
) -> None:
    fill(path, clock)
    before = contents(path)["messages"]
    connection = sqlite3.connect(path)
    connection.execute("DELETE FROM messages WHERE seq % 3 = 0")
    connection.commit()
    connection.close()
    mended(path, clock)
    assert contents(path)["messages"] == before


def test_where_the_count_is_lost_numbers_are_left_out(path: Path, clock: FakeClock) -> None:
    last = fill(path, clock)
    connection = sqlite3.connect(path)
    connection.execute("DELETE FROM counters")
    connection.commit()
    connection.close()
    mended(path, clock)
    journal = Journal(path, clock)
    assert pass_by(journal, "next") == last + SKIPPED + 1
    journal.close()


def test_a_journal_that_is_older_than_what_was_told_counts_on(
    path: Path, tmp_path: Path, clock: FakeClock
) -> None:
    last = fill(path, clock)
    backup = path.read_bytes()
    journal = Journal(path, clock)
    for one in range(7):
        pass_by(journal, f"later{one}")
    journal.close()
    path.write_bytes(backup)
    journal = Journal(path, clock)
    with transaction(journal._connection):
        assert count_on(journal._connection, path) == 7
    assert pass_by(journal, "next") == last + 8
    with transaction(journal._connection):
        assert count_on(journal._connection, path) == 0
    journal.close()


def test_a_number_that_was_taken_back_is_not_noted(path: Path, clock: FakeClock) -> None:
    journal = Journal(path, clock)
    pass_by(journal, "first")

    def fail(seq: int) -> bytes:
        raise ValueError(seq)

    with pytest.raises(ValueError, match="2"):
        journal.record_passage(replace(a_passage("second")), fail)
    assert read_mark(path) == 1
    journal.close()
