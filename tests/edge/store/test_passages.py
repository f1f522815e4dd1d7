"""Passages as people look for them."""

import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from edge.clock import ClockState
from edge.domain.passage import Decision, Likeness, Passage
from edge.store.journal import Journal
from edge.store.passages import Passages, Wanted
from edge.wire.box import BoxIdentity
from edge.wire.passage import passage_message
from tests.conftest import FakeClock
from tests.passages import MOMENT, a_passage

BOX = BoxIdentity("box-01")


@pytest.fixture
def journal(tmp_path: Path, clock: FakeClock) -> Journal:
    return Journal(tmp_path / "journal.db", clock)


@pytest.fixture
def passages(tmp_path: Path, journal: Journal) -> Passages:
    return Passages(tmp_path / "journal.db")


def write(journal: Journal, passage: Passage) -> None:
    journal.record_passage(
        passage,
        lambda seq: passage_message(
            passage, box=BOX, seq=seq, clock=ClockState(), announce=frozenset(Decision)
        ),
    )


def at(number: int, decision: Decision = Decision.STRANGER, camera: str = "gate") -> Passage:
    moment = MOMENT + timedelta(seconds=number)
    return replace(
        a_passage(f"p{number:03}", decision),
        decided_at=moment,
        appeared_at=moment,
        camera_id=camera,
        resident_id="ann" if decision is Decision.RESIDENT else None,
    )


def ids(passages: Passages, wanted: Wanted | None = None, limit: int = 50) -> list[str]:
    return [one.id for one in passages.newest(wanted or Wanted(), limit)]


def test_pages_go_back_in_time_without_gap_or_repetition(
    journal: Journal, passages: Passages
) -> None:
    for number in range(7):
        write(journal, at(number))
    # Two at the same moment, on both sides of a page's end.
    write(journal, replace(at(4), id="p004b"))
    first = passages.newest(Wanted(), 3)
    assert [one.id for one in first] == ["p006", "p005", "p004b"]
    assert ids(passages, Wanted(before=first[-1].cursor), 3) == ["p004", "p003", "p002"]


def test_a_passage_is_listed_once_with_its_last_revision(
    journal: Journal, passages: Passages
) -> None:
    unsure = at(1, Decision.UNSURE)
    write(journal, unsure)
    write(journal, replace(unsure, revision=2, decision=Decision.RESIDENT, resident_id="ann"))
    [seen] = passages.newest(Wanted())
    assert (seen.revision, seen.decision, seen.resident_id) == (2, Decision.RESIDENT, "ann")
    assert ids(passages, Wanted(decision=Decision.UNSURE)) == []
    assert passages.find("p001") == seen


def test_all_that_the_message_says_comes_back(journal: Journal, passages: Passages) -> None:
    likeness = Likeness(0.412, 0.2, 0.45, "t-1")
    write(journal, replace(at(1), likeness=likeness, refused=(("blurred", 2),), persons=2))
    seen = passages.find("p001")
    assert seen is not None
    assert (seen.similarity, seen.margin, seen.threshold) == (0.412, 0.2, 0.45)
    assert (seen.template_id, seen.refused, seen.persons) == ("t-1", {"blurred": 2}, 2)
    assert seen.appeared_at == MOMENT + timedelta(seconds=1)
    assert seen.alert


def test_filters_narrow_the_list(journal: Journal, passages: Passages) -> None:
    write(journal, at(1))
    write(journal, at(2, Decision.RESIDENT))
    write(journal, at(3, camera="west"))
    write(journal, at(4, camera="east"))
    assert ids(passages, Wanted(decision=Decision.RESIDENT)) == ["p002"]
    assert ids(passages, Wanted(resident_id="ann")) == ["p002"]
    assert ids(passages, Wanted(cameras=frozenset({"west"}))) == ["p003"]
    assert ids(passages, Wanted(cameras=frozenset({"west", "gate"}))) == ["p003", "p002", "p001"]
    assert ids(passages, Wanted(cameras=frozenset({"west", "gate"})), 2) == ["p003", "p002"]
    assert ids(passages, Wanted(cameras=frozenset())) == []


def test_an_unknown_passage_is_none(passages: Passages) -> None:
    assert passages.find("p001") is None


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(),
        Wanted(decision=Decision.WATCHLIST),
        Wanted(cameras=frozenset({"west"})),
        Wanted(cameras=frozenset({"west", "gate"})),
        Wanted(cameras=frozenset({"west"}), decision=Decision.WATCHLIST),
        Wanted(resident_id="ann"),
        Wanted(before=("2026", "p")),
    ],
    ids=["all", "decision", "camera", "cameras", "camera and decision", "resident", "page"],
)
def test_no_question_reads_more_than_its_own_rows(
    tmp_path: Path, passages: Passages, wanted: Wanted
) -> None:
    asked: list[str] = []
    passages._connection.set_trace_callback(asked.append)
    passages.newest(wanted)
    plans = sqlite3.connect(tmp_path / "journal.db")
    plan = [row[3] for row in plans.execute(f"EXPLAIN QUERY PLAN {asked[0]}")]
    plans.close()
    assert "USING INDEX passages_by_" in plan[0]
    assert not any("TEMP B-TREE" in step for step in plan)
