from dataclasses import replace
from pathlib import Path

import pytest

from edge.domain.lane import Lane
from edge.domain.passage import Passage
from edge.store.journal import Journal
from edge.store.outbox import Outbox
from edge.store.outgoing import Still
from edge.store.passage_entries import PassageEntry
from edge.store.seq_mark import read_mark
from tests.conftest import FakeClock
from tests.passages import a_passage


def an_entry(passage: Passage, lane: Lane = Lane.PASSAGE) -> PassageEntry:
    still = Still(f"evidence/{passage.id}/decided.jpg", b"jpeg")
    return PassageEntry(passage, lambda seq: f"{passage.id}/{seq}".encode(), [still], lane)


def test_many_passages_are_numbered_in_order_and_each_is_told_with_its_picture(
    journal: Journal, path: Path, clock: FakeClock
) -> None:
    seqs = journal.record_passages([an_entry(a_passage(name)) for name in ("a", "b", "c")])
    assert seqs == [1, 2, 3]
    waiting = Outbox(path, clock).waiting(limit=10)
    assert [(one.seq, one.payload) for one in waiting[:3]] == [
        (1, b"a/1"),
        (2, b"b/2"),
        (3, b"c/3"),
    ]
    assert [one.leaf for one in waiting[3:]] == [f"evidence/{name}/decided.jpg" for name in "abc"]
    assert read_mark(path) == 3


def test_one_that_is_known_or_comes_twice_leaves_no_gap(journal: Journal) -> None:
    journal.record_passages([an_entry(a_passage("a"))])
    some = [an_entry(a_passage(name)) for name in ("b", "a", "b", "c")]
    assert journal.record_passages(some) == [2, None, None, 3]
    assert journal.record_passages(some) == [None] * 4
    assert journal.record_passages([an_entry(a_passage("d"))]) == [4]


def test_revisions_are_in_the_lane_of_the_first_written_with_it_or_before(
    journal: Journal, path: Path, clock: FakeClock
) -> None:
    alert, other = a_passage("a"), a_passage("b")
    journal.record_passages([an_entry(alert, Lane.ALERT), an_entry(other)])
    journal.record_passages(
        [
            an_entry(replace(alert, revision=2)),
            an_entry(a_passage("c"), Lane.ALERT),
            an_entry(replace(a_passage("c"), revision=2)),
            an_entry(replace(other, revision=2), Lane.ALERT),
        ]
    )
    lanes = {one.seq: one.lane for one in Outbox(path, clock).waiting(limit=20) if one.seq}
    assert lanes == {
        1: Lane.ALERT,
        2: Lane.PASSAGE,
        3: Lane.ALERT,
        4: Lane.ALERT,
        5: Lane.ALERT,
        6: Lane.PASSAGE,
    }


def test_one_message_that_cannot_be_made_leaves_nothing_of_all(
    journal: Journal, path: Path, clock: FakeClock
) -> None:
    def fail(seq: int) -> bytes:
        raise ValueError("no words")

    with pytest.raises(ValueError, match="no words"):
        journal.record_passages([an_entry(a_passage("a")), PassageEntry(a_passage("b"), fail)])
    assert Outbox(path, clock).depth() == 0
    assert journal.count_passages() == {}
    assert read_mark(path) == 0
    assert journal.record_passages([an_entry(a_passage("c"))]) == [1]
