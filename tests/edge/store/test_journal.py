import threading
from dataclasses import replace
from pathlib import Path

import pytest

from edge.domain.camera import CameraReport, CameraState
from edge.domain.passage import Decision, Passage
from edge.store.database import open_database
from edge.store.journal import MIGRATIONS, Journal
from edge.store.outbox import Outbox
from edge.store.outgoing import Still
from edge.store.sinks import Sinks
from tests.conftest import FakeClock
from tests.passages import a_passage


def record(journal: Journal, passage: Passage) -> int | None:
    return journal.record_passage(passage, lambda seq: f"{passage.id}/{seq}".encode())


@pytest.fixture
def outbox(path: Path, journal: Journal, clock: FakeClock) -> Outbox:
    return Outbox(path, clock)


def settle(outbox: Outbox, count: int) -> None:
    """Settle what waits, so many of it."""
    sent = outbox.waiting(limit=count)
    outbox.settle(sent, {one.lane: one.seq for one in sent if one.seq is not None})


def test_a_passage_and_its_message_are_written_together(journal: Journal, outbox: Outbox) -> None:
    assert record(journal, a_passage("p1")) == 1
    (message,) = outbox.waiting(limit=10)
    assert (message.seq, message.leaf, message.payload) == (1, "passages", b"p1/1")
    assert journal.count_passages() == {"stranger": 1}


def test_a_message_that_cannot_be_made_leaves_nothing_and_no_gap(
    journal: Journal, outbox: Outbox
) -> None:
    def fail(seq: int) -> bytes:
        raise ValueError("no words")

    with pytest.raises(ValueError, match="no words"):
        journal.record_passage(a_passage("p1"), fail)
    assert outbox.depth() == 0
    assert record(journal, a_passage("p2")) == 1


def test_the_same_revision_is_written_once_and_the_next_one_too(
    journal: Journal, outbox: Outbox
) -> None:
    first = a_passage("p1")
    assert [record(journal, first), record(journal, first)] == [1, None]
    assert record(journal, replace(first, revision=2, decision=Decision.RESIDENT)) == 2
    assert outbox.depth() == 2
    assert journal.count_passages() == {"resident": 1}


def test_stills_follow_their_message_and_have_no_seq(journal: Journal, outbox: Outbox) -> None:
    journal.record_passage(
        a_passage("p1"), lambda seq: b"{}", [Still("evidence/p1/a.jpg", b"jpeg")]
    )
    record(journal, a_passage("p2"))
    told = [(one.seq, one.leaf, one.content_type) for one in outbox.waiting(limit=10)]
    assert told == [
        (1, "passages", "application/json"),
        (None, "evidence/p1/a.jpg", "image/jpeg"),
        (2, "passages", "application/json"),
    ]


def test_a_journal_of_an_earlier_version_is_gone_on_with(path: Path, clock: FakeClock) -> None:
    for known in range(1, len(MIGRATIONS) + 1):
        open_database(path, MIGRATIONS[:known]).close()
    journal = Journal(path, clock)
    assert record(journal, a_passage("p1")) == 1
    assert journal.count_incidents() == {}


def test_many_writers_count_without_gaps(path: Path, journal: Journal, clock: FakeClock) -> None:
    def write(name: str) -> None:
        mine = Journal(path, clock)
        for number in range(25):
            record(mine, a_passage(f"{name}-{number}"))
        mine.close()

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seqs = [message.seq for message in Outbox(path, clock).waiting(limit=1000)]
    assert seqs == list(range(1, 101))


def test_settled_messages_go(journal: Journal, outbox: Outbox) -> None:
    for number in range(5):
        record(journal, a_passage(str(number)))
    settle(outbox, 3)
    assert [message.seq for message in outbox.waiting(limit=10)] == [4, 5]


def test_a_seq_is_never_given_twice_even_when_all_is_delivered(
    journal: Journal, outbox: Outbox
) -> None:
    record(journal, a_passage("p1"))
    settle(outbox, 1)
    assert record(journal, a_passage("p2")) == 2


def test_parked_messages_wait_aside_until_they_are_tried_again(
    journal: Journal, outbox: Outbox, path: Path, clock: FakeClock
) -> None:
    record(journal, a_passage("p1"))
    record(journal, a_passage("p2"))
    outbox.park(outbox.waiting(limit=1)[0], "too large")
    assert [message.seq for message in outbox.waiting(limit=10)] == [2]
    (parked,) = outbox.parked()
    assert (parked.seq, parked.reason) == (1, "too large")
    assert Sinks(path, clock).retry_parked() == 1
    assert [message.seq for message in outbox.waiting(limit=10)] == [1, 2]


def test_the_outbox_notices_what_others_write(journal: Journal, outbox: Outbox) -> None:
    outbox.changed()
    assert not outbox.changed()
    record(journal, a_passage("p1"))
    assert outbox.changed()
    assert not outbox.changed()


def test_the_last_word_of_each_camera_is_kept(journal: Journal, clock: FakeClock) -> None:
    journal.report(CameraReport("b", CameraState.CONNECTING))
    journal.report(CameraReport("a", CameraState.ONLINE, fps=25.0, cpu_share=0.06))
    clock.advance(2)
    journal.report(CameraReport("b", CameraState.OFFLINE, "gone"))
    first, second = journal.cameras()
    assert (first.report.camera_id, first.report.fps) == ("a", 25.0)
    assert first.report.cpu_share == 0.06
    assert (second.report.state, second.report.detail) == (CameraState.OFFLINE, "gone")
    assert second.reported_at == clock.utc()
    journal.keep_cameras(["a"])
    assert [seen.report.camera_id for seen in journal.cameras()] == ["a"]


def test_what_happened_is_flushed_to_the_disk_though_vital_signs_are_not(
    path: Path, journal: Journal
) -> None:
    journal.report(CameraReport("a", CameraState.ONLINE))
    # 2 is FULL: what the next passage is written with.
    assert journal._connection.execute("PRAGMA synchronous").fetchone()[0] == 2
    record(journal, a_passage("p1"))
    assert journal.count_passages() == {"stranger": 1}
