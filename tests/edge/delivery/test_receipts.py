"""What the platform says of its messages, and what the relay makes of it."""

import json
import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from edge.delivery import receipts
from edge.delivery.flight import Flight
from edge.delivery.receipts import ReceiptDesk
from edge.delivery.relay import Relay, Terms
from edge.delivery.sink import Acknowledged, Bell, Event, Received
from edge.domain.lane import Lane
from edge.domain.receipt import Receipt, Span
from edge.store.journal import Journal
from edge.store.outbox import Outbox
from edge.wire.receipts import MOST_RECEIPTS, MOST_SPANS, read_receipts
from tests.conftest import FakeClock
from tests.messages import schema_of, valid
from tests.passages import a_passage
from tests.scripted_sink import ScriptedSink, a_day, always, write


@pytest.fixture
def journal(tmp_path: Path, clock: FakeClock) -> Journal:
    return Journal(tmp_path / "journal.db", clock)


@pytest.fixture
def outbox(tmp_path: Path, journal: Journal, clock: FakeClock) -> Outbox:
    return Outbox(tmp_path / "journal.db", clock)


@pytest.fixture
def stop() -> threading.Event:
    return a_day()


@pytest.fixture
def sink(stop: threading.Event, clock: FakeClock) -> ScriptedSink:
    return ScriptedSink(stop, clock)


class Confirming:
    """A relay whose platform sends receipts."""

    def __init__(self, path: Path, sink: ScriptedSink, clock: FakeClock) -> None:
        self.outbox = Outbox(path, clock, receipts_s=300.0)
        self.sink = sink
        self.relay = Relay(
            self.outbox,
            sink,
            Terms(window=4),
            health=lambda: b"{}",
            clock=clock,
            uniform=lambda low, high: high,
        )

    def say(self, *receipts: tuple[str, int], missing: Sequence[tuple[int, int]] = ()) -> None:
        content = {
            "schema": "gridwatch.receipt/1",
            "receipts": [{"id": name, "revision": 1, "seq": seq} for name, seq in receipts],
            "missing": [{"from": first, "to": last} for first, last in missing],
        }
        self.sink.says.append(Received("receipts", json.dumps(content).encode()))


@pytest.fixture
def confirming(tmp_path: Path, sink: ScriptedSink, clock: FakeClock) -> Confirming:
    return Confirming(tmp_path / "journal.db", sink, clock)


def test_a_receipt_that_comes_before_the_brokers_acknowledgement_counts(
    journal: Journal, confirming: Confirming, sink: ScriptedSink, stop: threading.Event
) -> None:
    journal.record_passage(a_passage("p"), partial(always, b"p"))
    late: list[Event] = []

    def answer(token: int, payload: bytes) -> None:
        late.append(Acknowledged(token))
        confirming.say(("p", 1))

    sink.answer = answer
    rounds = iter(range(100))
    events = sink.events

    def acknowledged_later(timeout_s: float, *, bell: Bell | None = None) -> list[Event]:
        return [*events(timeout_s, bell=bell), *(late if next(rounds) == 2 else [])]

    sink.events = acknowledged_later  # type: ignore[method-assign]
    confirming.relay.run(stop)
    assert confirming.relay.receipts.heard.settled == 1
    assert confirming.outbox.tend(stills_room=1).again == 0
    assert confirming.outbox.receipted([Receipt("p", 1, 1)]) == []


def test_a_message_without_a_receipt_is_sent_again_after_the_time(
    journal: Journal,
    confirming: Confirming,
    sink: ScriptedSink,
    clock: FakeClock,
    stop: threading.Event,
) -> None:
    write(journal, b"a", b"b")
    confirming.relay.run(stop)
    assert sink.sent == [b"a", b"b"]
    stop.clear()
    sink.idle_rounds = 0
    clock.advance(301)
    confirming.relay.run(stop)
    assert sink.sent == [b"a", b"b", b"a", b"b"]


def test_what_the_platform_misses_is_sent_again_and_not_without_end(
    journal: Journal, confirming: Confirming, sink: ScriptedSink, stop: threading.Event
) -> None:
    write(journal, b"a", b"b", b"c")
    confirming.relay.run(stop)
    stop.clear()
    sink.idle_rounds = 0
    confirming.say(missing=[(2, 3), (7, 9)])
    confirming.relay.run(stop)
    assert sink.sent == [b"a", b"b", b"c", b"b", b"c"]
    assert confirming.relay.receipts.heard.again == 2


def test_only_so_much_may_be_asked_for_in_a_time(
    journal: Journal, outbox: Outbox, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipts, "MOST_AGAIN", 3)
    write(journal, *[f"{number}".encode() for number in range(40)])
    outbox.settle([], {Lane.PASSAGE: 40})
    desk = ReceiptDesk(outbox, clock)
    content = {"schema": "gridwatch.receipt/1", "missing": [{"from": 1, "to": 40}]}
    ask = Received("receipts", json.dumps(content).encode())
    assert desk.take(ask, Flight())
    assert not desk.take(ask, Flight())
    assert desk.heard.again == 3
    clock.advance(0.125)  # twenty a second
    assert desk.take(ask, Flight())
    assert desk.heard.again == 5


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"receipts": []}',
        b'{"schema": "gridwatch.receipt/2"}',
        b'{"schema": "gridwatch.receipt/1", "more": 1}',
        b'{"schema": "gridwatch.receipt/1", "receipts": [{"id": "a", "revision": "1", "seq": 1}]}',
        b'{"schema": "gridwatch.receipt/1", "receipts": [{"id": "a", "revision": 1, "seq": 0}]}',
        b'{"schema": "gridwatch.receipt/1", "missing": [{"from": 1, "to": 1e400}]}',
        b'{"schema": "gridwatch.receipt/1", "missing": [{"from": true, "to": 2}]}',
        b'{"schema": "gridwatch.receipt/1", "missing": [' + b'{"from": 1, "to": 2},' * 101 + b"]}",
        b"[" * 100_000,
    ],
)
def test_what_is_no_receipt_says_why(payload: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_receipts(payload)


def test_the_schema_says_what_is_taken() -> None:
    payload = json.dumps(
        {
            "schema": "gridwatch.receipt/1",
            "receipts": [{"id": "a", "revision": 2, "seq": 7}],
            "missing": [{"from": 3, "to": 5}, {"from": 5, "to": 3}],
        }
    ).encode()
    valid(payload, "receipt")
    said = read_receipts(payload)
    assert said.receipts == (Receipt("a", 2, 7),)
    assert said.missing == (Span(3, 5),)
    items = schema_of("receipt")["properties"]
    assert items["receipts"]["maxItems"] == MOST_RECEIPTS
    assert items["missing"]["maxItems"] == MOST_SPANS
