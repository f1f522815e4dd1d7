import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from edge.delivery.relay import DROPS_TO_PARK, Relay, Terms
from edge.delivery.sink import Acknowledged, Bell, Event, Lost, Received, Refused
from edge.domain.lane import Lane
from edge.errors import StoreError
from edge.store.journal import Journal
from edge.store.message import Message
from edge.store.outbox import Outbox
from tests.conftest import FakeClock
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


def relay_of(outbox: Outbox, sink: ScriptedSink, **more: Any) -> Relay:
    return Relay(
        outbox, sink, Terms(window=4), health=lambda: b"{}", clock=sink.clock, uniform=max, **more
    )


@pytest.fixture
def relay(outbox: Outbox, sink: ScriptedSink) -> Relay:
    return relay_of(outbox, sink)


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


class Waits(ScriptedSink):
    """Notes for how long it was to wait, and for whom; the bell rings ``rings`` times."""

    def __init__(self, stop: threading.Event, clock: FakeClock) -> None:
        super().__init__(stop, clock)
        self.waits: list[float] = []
        self.rings: list[Callable[[], None]] = []

    def events(self, timeout_s: float, *, bell: Bell | None = None) -> list[Event]:
        self.waits.append(timeout_s if bell is not None else -timeout_s)
        if bell is not None and self.rings:
            self.rings.pop()()
            self.idle_rounds = 0
        return super().events(timeout_s, bell=bell)


class FakeBell:
    """Notes whether it is armed; a system out of them gives none."""

    def __init__(self, *, there: bool = True) -> None:
        self.there = there
        self.armed = False

    def fileno(self) -> int:
        raise AssertionError

    def arm(self) -> bool:
        assert not self.armed
        self.armed = self.there
        return self.there

    def hush(self) -> None:
        assert self.armed
        self.armed = False


def test_who_has_nothing_to_send_waits_for_the_bell_and_sends_what_it_rings_for(
    journal: Journal, outbox: Outbox, stop: threading.Event, clock: FakeClock
) -> None:
    sink, bell = Waits(stop, clock), FakeBell()

    def one_more() -> None:
        assert bell.armed
        write(journal, b"b")

    sink.rings = [one_more]
    sink.answer = lambda token, payload: Acknowledged(token) if not bell.armed else None
    relay = relay_of(outbox, sink, bell=lambda: nullcontext(bell))
    write(journal, b"a")
    relay.run(stop)
    assert sink.sent == [b"a", b"b"]
    # Sent, acknowledged, nothing more: then the bell; after it, the same once more.
    assert sink.waits[:6] == [-0.02, -0.02, 0.25, -0.02, -0.02, 0.25]
    assert set(sink.waits[6:]) == {0.25}


@pytest.mark.parametrize("bell", [None, FakeBell(there=False)])
def test_without_a_bell_the_outbox_is_looked_at_often(
    journal: Journal,
    outbox: Outbox,
    stop: threading.Event,
    clock: FakeClock,
    bell: FakeBell | None,
) -> None:
    sink = Waits(stop, clock)
    relay = relay_of(outbox, sink, bell=lambda: nullcontext(bell))
    write(journal, b"a")
    relay.run(stop)
    assert sink.sent == [b"a"]
    assert set(sink.waits) == {-0.02}


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


def test_a_disk_that_is_full_for_a_while_costs_neither_the_connection_nor_a_second_sending(
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
    sink.patience = 200
    relay.run(stop)
    assert (sink.connections, sink.sent) == (1, [b"a", b"b"])
    assert outbox.depth() == 0
    assert [seq for seq, _ in relay.state.latest] == [1, 2]


@pytest.mark.parametrize("name", ["begin", "changed", "next", "tend"])
def test_a_disk_that_is_full_from_the_start_lets_health_out_and_then_messages(
    name: str,
    journal: Journal,
    outbox: Outbox,
    relay: Relay,
    sink: ScriptedSink,
    stop: threading.Event,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write(journal, b"a", b"b")
    act, failures = getattr(outbox, name), [StoreError("journal.db: cannot be written")] * 3

    def act_later(*given: object, **named: object) -> object:
        if failures:
            raise failures.pop()
        return act(*given, **named)

    monkeypatch.setattr(outbox, name, act_later)
    sink.patience = 2000  # forty seconds: two tellings of health
    relay.run(stop)
    assert (sink.connections, sink.sent) == (1, [b"a", b"b"])
    assert sink.told == ["health", "health"]
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

    relay = relay_of(outbox, sink, inbox=take)
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
            journal.record_passage(a_passage("alarm"), partial(always, b"alarm"), lane=Lane.ALERT)
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


def test_what_cannot_be_put_aside_on_a_full_disk_is_not_passed_over(
    journal: Journal,
    outbox: Outbox,
    relay: Relay,
    sink: ScriptedSink,
    stop: threading.Event,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sink.limit, sink.patience = 1000, 200
    write(journal, b"a", b"x" * 1001, b"c")
    park, failures = outbox.park, [StoreError("journal.db: cannot be written")] * 3

    def park_later(message: Message, reason: str) -> None:
        if failures:
            raise failures.pop()
        park(message, reason)

    monkeypatch.setattr(outbox, "park", park_later)
    relay.run(stop)
    assert sink.sent == [b"a", b"c"]
    assert [one.seq for one in outbox.parked()] == [2]
    assert outbox.depth() == 0
