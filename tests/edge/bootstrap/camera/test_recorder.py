import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from edge.bootstrap.camera.passage_book import PassageBook
from edge.bootstrap.camera.recorder import PassageRecorder
from edge.clock import ClockState
from edge.domain.passage import Decision
from edge.errors import StoreError
from edge.gate.gate import Sighting
from edge.store.journal import Journal
from edge.store.passage_entries import PassageEntry
from edge.wire.box import BoxIdentity
from tests.conftest import FakeClock
from tests.passages import a_passage


class FullDisk(Journal):
    """A journal whose disk can be full."""

    full = False

    def record_passages(self, entries: Sequence[PassageEntry]) -> list[int | None]:
        if self.full:
            raise StoreError("journal.db: cannot be written (database or disk is full); make room")
        return super().record_passages(entries)


@pytest.fixture
def journal(tmp_path: Path, clock: FakeClock) -> FullDisk:
    return FullDisk(tmp_path / "journal.db", clock)


@pytest.fixture
def recorder(journal: FullDisk) -> PassageRecorder:
    return PassageRecorder(
        PassageBook(journal),
        box=BoxIdentity("box-01"),
        announce=frozenset({Decision.STRANGER}),
        clock=ClockState,
        stills=False,
    )


def told(journal: Journal) -> list[tuple[int, str]]:
    return [(json.loads(p)["seq"], json.loads(p)["id"]) for p in journal.payloads()]


def test_passages_wait_while_the_disk_is_full_and_are_written_in_order(
    journal: FullDisk, recorder: PassageRecorder, caplog: pytest.LogCaptureFixture
) -> None:
    recorder.record(Sighting(a_passage("a"), None), None)
    journal.full = True
    for name in ("b", "c"):
        recorder.record(Sighting(a_passage(name), None), None)
    assert told(journal) == [(1, "a")]
    journal.full = False
    recorder.retry()
    assert told(journal) == [(1, "a"), (2, "b"), (3, "c")]
    errors = [record.message for record in caplog.records if record.levelname == "ERROR"]
    assert errors == [
        "journal.db: cannot be written (database or disk is full); make room;"
        " passages wait in memory until then"
    ]


def test_the_next_passage_brings_the_waiting_ones_along(
    journal: FullDisk, recorder: PassageRecorder
) -> None:
    journal.full = True
    recorder.record(Sighting(a_passage("a"), None), None)
    journal.full = False
    recorder.record(Sighting(a_passage("b"), None), None)
    assert told(journal) == [(1, "a"), (2, "b")]
