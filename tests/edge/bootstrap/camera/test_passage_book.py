from collections.abc import Sequence
from pathlib import Path
from threading import Event

import pytest

from edge.bootstrap.camera.journal_writer import JournalWriter
from edge.bootstrap.camera.passage_book import TOGETHER, PassageBook
from edge.bootstrap.camera.patience import LONGEST_WAIT
from edge.errors import StoreError
from edge.store.journal import Journal
from edge.store.passage_entries import PassageEntry
from tests.conftest import FakeClock
from tests.passages import a_passage

WITHIN_S = 10.0


class BusyDisk(Journal):
    """A journal whose disk takes its time, or nothing at all."""

    def __init__(self, path: Path, clock: FakeClock) -> None:
        super().__init__(path, clock)
        self.asked, self.let = Event(), Event()
        self.let.set()
        self.full = False
        self.sizes: list[int] = []

    def record_passages(self, entries: Sequence[PassageEntry]) -> list[int | None]:
        self.asked.set()
        assert self.let.wait(WITHIN_S)
        if self.full:
            raise StoreError("the disk is full")
        self.sizes.append(len(entries))
        return super().record_passages(entries)


@pytest.fixture
def journal(tmp_path: Path, clock: FakeClock) -> BusyDisk:
    return BusyDisk(tmp_path / "journal.db", clock)


def an_entry(name: str) -> PassageEntry:
    return PassageEntry(a_passage(name), lambda seq: f"{name}{seq}".encode())


def test_passages_that_wait_for_a_busy_disk_are_written_in_one_transaction(
    journal: BusyDisk,
) -> None:
    writer, seqs = JournalWriter(), list[int | None]()
    book = PassageBook(journal, hand=writer.hand_first)
    writer.start()
    journal.let.clear()
    book.add(an_entry("a"), seqs.append)
    assert journal.asked.wait(WITHIN_S)
    for name in ("b", "c", "d"):
        book.add(an_entry(name), seqs.append)
    assert book.waiting == 4
    journal.let.set()
    writer.finish(WITHIN_S)
    assert (journal.sizes, book.waiting) == ([1, 3], 0)
    assert journal.payloads() == [b"a1", b"b2", b"c3", b"d4"]
    assert seqs == [1, 2, 3, 4]


def test_no_transaction_is_larger_than_what_may_wait_for_each_other(journal: BusyDisk) -> None:
    book, seqs = PassageBook(journal), list[int | None]()
    journal.full = True
    for number in range(TOGETHER + 3):
        book.add(an_entry(f"p{number:02d}-"), seqs.append)
    assert (book.waiting, seqs) == (TOGETHER + 3, [])
    journal.full = False
    book.retry()
    assert journal.sizes == [TOGETHER, 3]
    assert seqs == list(range(1, TOGETHER + 4))


def test_who_passed_twice_is_told_of_it_and_costs_no_number(journal: BusyDisk) -> None:
    book, seqs = PassageBook(journal), list[int | None]()
    for name in ("a", "a", "b"):
        book.add(an_entry(name), seqs.append)
    assert seqs == [1, None, 2]


def test_a_disk_that_stays_full_costs_the_oldest_passages(journal: BusyDisk) -> None:
    book, seqs = PassageBook(journal), list[int | None]()
    journal.full = True
    for number in range(LONGEST_WAIT + 1):
        book.add(an_entry(f"p{number}-"), seqs.append)
    assert book.waiting == LONGEST_WAIT + 1 - TOGETHER
    journal.full = False
    book.retry()
    assert journal.payloads()[0] == f"p{TOGETHER}-1".encode()
