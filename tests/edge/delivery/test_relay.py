import json
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import pytest

from edge.delivery import receipts
from edge.delivery.flight import Flight
from edge.delivery.receipts import ReceiptDesk
from edge.delivery.relay import DROPS_TO_PARK, Relay, Terms
from edge.delivery.sink import Acknowledged, Event, Lost, Received, Refused
from edge.domain.lane import Lane
from edge.domain.receipt import Receipt
from edge.errors import DeliveryError, StoreError
from edge.store.journal import Journal
from edge.store.message import Message
from edge.store.outbox import Outbox
from tests.conftest import FakeClock
from tests.passages import a_passage


class ScriptedSink:
    """A receiver that a test decides for; it ends the relay's run when the test's work is done."""

    def __init__(self, stop: threading.Event, clock: FakeClock) -> None:
        self.stop, self.clock = stop, clock
        self.connections = 0
        self.refuse_logins = 0
        self.sent: list[bytes] = []
        self.told: list[str] = []
        self.taken: list[Received] = []
        self.limit: int | None = None
        self.closed = False
        self.answer: Callable[[int, bytes], Event | None] = lambda token, payload: Acknowledged(
            token
        )
        self._waiting: list[Event] = []
        self._token = 0
        self.idle_rounds = 0
        self.patience = 3
        self.says: list[Event] = []

    def connect(self) -> None:
        if self.refuse_logins:
            self.refuse_logins -= 1
            raise DeliveryError("mqtt://broker: nobody listens there")
        self.connections += 1
        self._waiting.clear()

    def publish(
        self, leaf: str, payload: bytes, content_type: str, *, correlation: bytes | None = None
    ) -> int:
        self._token += 1
        self.sent.append(payload)
        event = self.answer(self._token, payload)
        lost = any(isinstance(earlier, Lost) for earlier in self._waiting)
        if event is not None and not lost:  # a connection that is gone answers no more
            self._waiting.append(event)
        return self._token

    def announce(self) -> None:
        pass

    def tell(self, leaf: str, payload: bytes) -> None:
        self.told.append(leaf)

    def events(self, timeout_s: float) -> list[Event]:
        self.clock.advance(timeout_s)
        events, self._waiting, self.says = [*self._waiting, *self.says], [], []
        self.idle_rounds = 0 if events else self.idle_rounds + 1
        if self.idle_rounds > self.patience:
            self.stop.set()
        return events

    def took(self, received: Received) -> None:
        self.taken.append(received)

    def max_bytes(self) -> int | None:
        return self.limit

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def journal(tmp_path: Path, clock: FakeClock) -> Journal:
    return Journal(tmp_path / "journal.db", clock)


@pytest.fixture
def outbox(tmp_path: Path, journal: Journal, clock: FakeClock) -> Outbox:
    return Outbox(tmp_path / "journal.db", clock)


@pytest.fixture
def stop() -> threading.Event:
    """An event whose waits do not wait."""
    event = threading.Event()
    event.wait = lambda timeout=None: event.is_set()  # type: ignore[method-assign]
    return event


@pytest.fixture
def sink(stop: threading.Event, clock: FakeClock) -> ScriptedSink:
    return ScriptedSink(stop, clock)


@pytest.fixture
def relay(outbox: Outbox, sink: ScriptedSink, clock: FakeClock) -> Relay:
    return Relay(
        outbox,
        sink,
        Terms(window=4),
        health=lambda: b"{}",
        clock=clock,
        uniform=lambda low, high: high,
    )


def write(journal: Journal, *payloads: bytes) -> None:
    for payload in payloads:
        name = f"p{payload[:12].hex()}-{len(payload)}"
        journal.record_passage(a_passage(name), partial(_always, payload))


def _always(payload: bytes, seq: int) -> bytes:
    return payload


def test_messages_go_in_order_and_are_settled(
    journal: Journal, outbox: Outbox, relay: Relay, sink: ScriptedSink, stop: threading.Event
) -> None:
    payloads = [f"{number}".encode() for number in range(20)]
    write(journal, *payloads)
    relay.run(stop)
    assert sink.sent == payloads
    assert outbox.depth() == 0
    assert relay.state.delivered == 20
    assert sink.closed


def test_no_more_than_the_window_is_sent_ahead(
    journal: Journal, outbox: Outbox, relay: Relay, sink: ScriptedSink, stop: threading.Event
) -> None:
    write(journal, *[f"{number}".encode() for number in range(10)])
    sink.answer = lambda token, payload: None
    relay.run(stop)
    assert len(sink.sent) == 4
    assert outbox.depth() == 10


def test_what_was_not_acknowledged_is_sent_again_after_a_loss_in_order(
    journal: Journal, outbox: Outbox, relay: Relay, sink: ScriptedSink, stop: threading.Event
) -> None:
    write(journal, b"a", b"b", b"c")
    lost: list[bytes] = []

    def answer(token: int, payload: bytes) -> Event:
        if payload == b"b" and not lost:
            lost.append(payload)
            return Lost("the broker went away")
        return Acknowledged(token)

    sink.answer = answer
    relay.run(stop)
    assert sink.connections == 2
    assert sink.sent == [b"a", b"b", b"c", b"b", b"c"]
    assert outbox.depth() == 0
    assert [seq for seq, _ in relay.state.latest] == [1, 2, 3]


def test_a_refused_login_is_tried_again_and_seen_in_the_state(
    journal: Journal, outbox: Outbox, relay: Relay, sink: ScriptedSink, stop: threading.Event
) -> None:
    sink.refuse_logins = 3
    write(journal, b"a")
    relay.run(stop)
    assert sink.connections == 1
    assert outbox.depth() == 0
    assert relay.state.error == ""


def test_a_refused_message_is_parked_and_the_rest_goes_on(
    journal: Journal, outbox: Outbox, relay: Relay, sink: ScriptedSink, stop: threading.Event
) -> None:
    write(journal, b"a", b"bad", b"c")
    sink.answer = lambda token, payload: (
        Refused(token, "not authorised") if payload == b"bad" else Acknowledged(token)
    )
    relay.run(stop)
    assert [seq for seq, _ in relay.state.latest] == [1, 3]
    (parked,) = outbox.parked()
    assert (parked.seq, parked.reason) == (2, "not authorised")
    assert relay.state.parked == 1


def test_a_message_larger_than_the_broker_takes_is_parked_unsent(
    journal: Journal, outbox: Outbox, relay: Relay, sink: ScriptedSink, stop: threading.Event
) -> None:
    sink.limit = 1000
    write(journal, b"a", b"x" * 1001, b"c")
    relay.run(stop)
    assert sink.sent == [b"a", b"c"]
    assert outbox.parked()[0].reason == "1001 bytes; the broker takes 1000"


def test_a_message_that_breaks_the_connection_again_and_again_is_parked(
    journal: Journal, outbox: Outbox, relay: Relay, sink: ScriptedSink, stop: threading.Event
) -> None:
    write(journal, b"a", b"poison", b"c", b"d")
    sink.answer = lambda token, payload: (
        Lost("connection reset") if payload == b"poison" else Acknowledged(token)
    )
    relay.run(stop)
    assert outbox.depth() == 0
    assert [seq for seq, _ in relay.state.latest] == [1, 3, 4]
    (parked,) = outbox.parked()
    assert parked.seq == 2
    assert f"{DROPS_TO_PARK} times over it" in parked.reason
    assert sink.sent.count(b"poison") <= DROPS_TO_PARK + 1


def test_a_broker_that_says_too_large_parks_that_message_at_the_second_time(
    journal: Journal, outbox: Outbox, relay: Relay, sink: ScriptedSink, stop: threading.Event
) -> None:
    write(journal, b"a", b"x" * 5000, b"c")
    sink.answer = lambda token, payload: (
        Lost("Packet too large", too_large=True) if len(payload) > 1000 else Acknowledged(token)
    )
    relay.run(stop)
    assert [seq for seq, _ in relay.state.latest] == [1, 3]
    assert outbox.parked()[0].reason == "the broker says that it is too large"


def test_a_disk_that_is_full_for_a_while_does_not_end_the_relay(
    journal: Journal,
    outbox: Outbox,
    relay: Relay,
    sink: ScriptedSink,
    stop: threading.Event,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write(journal, b"a", b"b")
    settle, failures = outbox.settle, [StoreError("journal.db: cannot be written")]

    def settle_later(messages: Sequence[Message], cursors: Mapping[Lane, int]) -> None:
        if failures:
            raise failures.pop()
        settle(messages, cursors)

    monkeypatch.setattr(outbox, "settle", settle_later)
    relay.run(stop)
    assert sink.sent == [b"a", b"b", b"a", b"b"]
    assert outbox.depth() == 0


def test_health_is_told_at_once_and_then_at_its_interval(
    journal: Journal, relay: Relay, sink: ScriptedSink, stop: threading.Event
) -> None:
    relay.run(stop)
    assert sink.told == ["health"]


def test_what_the_platform_says_is_acknowledged_when_it_was_taken(
    outbox: Outbox, sink: ScriptedSink, clock: FakeClock, stop: threading.Event
) -> None:
    said = [Received("commands", b"one", token=1), Received("commands", b"two", token=2)]
    sink.says = list(said)
    failures = [StoreError("journal.db: cannot be written")]
    inbox: list[bytes] = []

    def take(received: Received) -> None:
        if failures:
            assert sink.taken == []
            raise failures.pop()
        inbox.append(received.payload)

    relay = Relay(
        outbox,
        sink,
        Terms(window=4),
        health=lambda: b"{}",
        clock=clock,
        inbox=take,
    )
    sink.patience = 100
    relay.run(stop)
    assert inbox == [b"one", b"two"]
    assert sink.taken == said


def test_an_alert_overtakes_what_waits(
    journal: Journal, relay: Relay, sink: ScriptedSink, stop: threading.Event
) -> None:
    write(journal, *[f"{number}".encode() for number in range(8)])
    overtaken: list[bytes] = []

    def answer(token: int, payload: bytes) -> Event:
        if payload == b"1" and not overtaken:
            overtaken.append(payload)
            journal.record_passage(a_passage("alarm"), partial(_always, b"alarm"), lane=Lane.ALERT)
        return Acknowledged(token)

    sink.answer = answer
    relay.run(stop)
    assert sink.sent == [b"0", b"1", b"2", b"3", b"alarm", b"4", b"5", b"6", b"7"]


def test_out_of_order_acknowledgements_lose_nothing(
    journal: Journal, outbox: Outbox, relay: Relay, sink: ScriptedSink, stop: threading.Event
) -> None:
    write(journal, b"a", b"b", b"c", b"d")
    held: list[int] = []

    def answer(token: int, payload: bytes) -> Event | None:
        if payload == b"a" and sink.connections == 1:
            held.append(token)
            return None
        if payload == b"d" and sink.connections == 1:
            return Lost("gone")
        return Acknowledged(token)

    sink.answer = answer
    relay.run(stop)
    assert held
    assert set(sink.sent) == {b"a", b"b", b"c", b"d"}
    assert sink.sent.index(b"a") == 0
    assert outbox.depth() == 0
    assert sink.sent[4:] == [b"a", b"b", b"c", b"d"]  # nothing behind the first was settled


def test_receipts_that_are_none_are_counted_and_acknowledged(
    outbox: Outbox, sink: ScriptedSink, relay: Relay, stop: threading.Event
) -> None:
    sink.says = [Received("receipts", b"no json"), Received("receipts", b"{}", retained=True)]
    relay.run(stop)
    assert relay.receipts.heard.malformed == 2
    assert len(sink.taken) == 2


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
    journal.record_passage(a_passage("p"), partial(_always, b"p"))
    late: list[Event] = []

    def answer(token: int, payload: bytes) -> None:
        late.append(Acknowledged(token))
        confirming.say(("p", 1))

    sink.answer = answer
    rounds = iter(range(100))
    events = sink.events

    def acknowledged_later(timeout_s: float) -> list[Event]:
        return [*events(timeout_s), *(late if next(rounds) == 2 else [])]

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
