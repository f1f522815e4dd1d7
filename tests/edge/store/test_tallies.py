from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge.domain.passage import Decision, Direction, Passage
from edge.store.database import open_database
from edge.store.journal import MIGRATIONS, Journal
from edge.store.period import Period
from edge.store.tallies import Tallies
from tests.conftest import FakeClock
from tests.passages import a_passage

MORNING = datetime(2026, 11, 24, 3, 10, tzinfo=UTC)
DAY = Period(MORNING - timedelta(hours=12), MORNING + timedelta(hours=12))
CAMERAS = ("gate", "north")


def record(journal: Journal, passage: Passage) -> None:
    journal.record_passage(passage, lambda seq: b"{}")


@pytest.fixture
def journal(tmp_path: Path, clock: FakeClock) -> Journal:
    return Journal(tmp_path / "journal.db", clock)


@pytest.fixture
def tallies(journal: Journal, tmp_path: Path) -> Tallies:
    return Tallies(tmp_path / "journal.db")


def counted(tallies: Tallies, period: Period = DAY) -> list[tuple[int, str, str, str, int]]:
    return [
        (one.hour.hour, one.camera_id, one.decision, one.direction, one.count)
        for one in tallies.passages(period, CAMERAS)
    ]


def test_passages_are_counted_by_hour_camera_decision_and_direction(
    journal: Journal, tallies: Tallies
) -> None:
    one = replace(a_passage("p1"), decided_at=MORNING)
    record(journal, one)
    record(journal, replace(one, id="p2"))
    record(journal, replace(one, id="p3", direction=Direction.OUT))
    record(journal, replace(one, id="p4", camera_id="north"))
    record(journal, replace(one, id="p5", decided_at=MORNING + timedelta(hours=1)))
    assert counted(tallies) == [
        (3, "gate", "stranger", "in", 2),
        (3, "gate", "stranger", "out", 1),
        (3, "north", "stranger", "in", 1),
        (4, "gate", "stranger", "in", 1),
    ]
    assert journal.count_passages() == {"stranger": 5}


def test_a_revision_moves_its_passage_to_the_new_decision(
    journal: Journal, tallies: Tallies
) -> None:
    one = replace(a_passage("p1"), decided_at=MORNING)
    record(journal, one)
    record(journal, replace(one, revision=3, decision=Decision.RESIDENT))
    record(journal, replace(one, revision=2, decision=Decision.UNSURE))
    assert counted(tallies) == [(3, "gate", "resident", "in", 1)]
    assert journal.count_passages() == {"resident": 1}


def test_only_the_period_and_the_cameras_that_are_asked_for_are_counted(
    journal: Journal, tallies: Tallies
) -> None:
    record(journal, replace(a_passage("p1"), decided_at=MORNING))
    record(journal, replace(a_passage("p2"), decided_at=MORNING, camera_id="secret"))
    before = Period(DAY.since, MORNING - timedelta(hours=1))
    assert counted(tallies, before) == []
    assert [one.camera_id for one in tallies.passages(DAY, ("gate",))] == ["gate"]
    assert tallies.passages(DAY, ()) == []


def test_what_a_journal_held_before_is_counted_too(tmp_path: Path, clock: FakeClock) -> None:
    before = next(n for n, script in enumerate(MIGRATIONS) if "passage_tallies" in script)
    older = open_database(tmp_path / "journal.db", MIGRATIONS[:before])
    row = ("gate", "in", "stranger", None, None, "2026-11-24T03:10:00.000+00:00", b"{}")
    older.execute("INSERT INTO passages VALUES ('p1', 1, 1, ?, ?, ?, ?, ?, ?, ?)", row)
    row = (*row[:2], "resident", *row[3:])
    older.execute("INSERT INTO passages VALUES ('p1', 2, 2, ?, ?, ?, ?, ?, ?, ?)", row)
    older.close()
    journal = Journal(tmp_path / "journal.db", clock)
    assert journal.count_passages() == {"resident": 1}
    assert counted(Tallies(tmp_path / "journal.db")) == [(3, "gate", "resident", "in", 1)]
