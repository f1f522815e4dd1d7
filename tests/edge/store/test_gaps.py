"""Is every number accounted for?"""

from pathlib import Path

import pytest

from edge.domain.lane import Lane
from edge.domain.receipt import Span
from edge.store.database import transaction
from edge.store.gaps import audit_gaps, messages_of, parked_spans, spans
from edge.store.outbox import Outbox, Sent
from edge.store.sinks import MQTT, WEBHOOK, Sinks
from tests.passages import a_passage
from tests.review_desk import ReviewDesk


@pytest.fixture
def desk(tmp_path: Path) -> ReviewDesk:
    desk = ReviewDesk(tmp_path / "journal.db")
    for number in range(1, 11):
        lane = Lane.ALERT if number > 8 else Lane.PASSAGE
        desk.journal.record_passage(
            a_passage(f"p{number}"), lambda seq: b'{"seq":%d}' % seq, lane=lane
        )
    return desk


def run(desk: ReviewDesk, statement: str) -> None:
    with transaction(desk.journal._connection):
        desk.journal._connection.execute(statement)


def test_what_is_settled_waits_or_was_put_aside_is_accounted_for(desk: ReviewDesk) -> None:
    outbox = Outbox(desk.path, desk.clock, receipts_s=300)
    sent = outbox.next(Sent(), 6)
    outbox.settle(sent[:5], {Lane.ALERT: 10, Lane.PASSAGE: 3})
    outbox.park(sent[5], "too large")
    Sinks(desk.path, desk.clock).keep(WEBHOOK, ["late"])
    audit = audit_gaps(desk.path)
    assert audit.clean
    assert audit.last == 10
    mqtt, late = audit.accounts
    assert (mqtt.settled, mqtt.waiting, mqtt.awaiting, mqtt.parked) == (0, 4, 5, 1)
    assert (late.settled, late.waiting) == (10, 0)
    assert parked_spans(desk.path, MQTT) == [Span(4, 4)]


def test_numbers_without_a_message_and_messages_without_content_are_named(
    desk: ReviewDesk,
) -> None:
    run(desk, "DELETE FROM messages WHERE seq IN (3, 4, 10)")
    run(desk, "DELETE FROM passages WHERE seq IN (6, 7)")
    audit = audit_gaps(desk.path)
    assert not audit.clean
    assert audit.missing == (Span(3, 4), Span(10, 10))
    assert audit.silent == (Span(6, 7),)


def test_a_sink_that_has_lost_its_place_is_named(desk: ReviewDesk) -> None:
    run(desk, f"DELETE FROM cursors WHERE lane = {Lane.PASSAGE:d}")
    (mqtt,) = audit_gaps(desk.path).accounts
    assert mqtt.unknown == (Span(1, 8),)


def test_messages_are_handed_out_by_their_numbers(
    desk: ReviewDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.store.gaps.STEP", 2)
    found = messages_of(desk.path, [Span(2, 6), Span(9, 99)])
    assert [(one.seq, one.payload) for one in found] == [
        (seq, b'{"seq":%d}' % seq) for seq in (2, 3, 4, 5, 6, 9, 10)
    ]


def test_runs_of_numbers_are_one_span() -> None:
    assert list(spans([1, 2, 3, 7, 9, 10])) == [Span(1, 3), Span(7, 7), Span(9, 10)]
    assert list(spans([])) == []
