"""Messages committed to the journal and published, against the same client without a store.

As on a box two processes share the work: one writes passages into the journal, those that wait for
the disk in one transaction; the other reads them there, publishes them with QoS 1 and writes down
what was acknowledged. The limit is a process that publishes the same messages to the same broker
with the same window and has them in memory. The broker is another process and never counted.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event, Thread
from typing import Any

from edge.bench.broker import Running, running_broker
from edge.bench.catalogue import Means
from edge.bench.figure import Figure, against, of_repeats
from edge.bench.passages import ANNOUNCED, BOX, a_passage, message_of
from edge.bench.publisher import Spent, publish_bare
from edge.bootstrap.camera.journal_writer import JournalWriter
from edge.bootstrap.camera.passage_book import PassageBook
from edge.clock import SystemClock
from edge.delivery.mqtt import BrokerAddress, MqttSink
from edge.delivery.relay import Relay, Terms
from edge.domain.lane import Lane
from edge.store.journal import Journal
from edge.store.outbox import Outbox
from edge.store.passage_entries import PassageEntry

MESSAGES, REPEATS = 3000, 5
WINDOW = 16
"""As ``mqtt.in_flight`` by default."""

GOAL = 0.6
READY_S, DONE_S = 60.0, 600.0
LOOK_EVERY_S = 0.02


@dataclass(frozen=True, slots=True)
class _Turn:
    """What the same messages took by each way.

    Attributes:
        bare: Of the client without a store.
        waiting: Published while nobody writes.
        alone: Committed, each on the disk before the next one, while nobody publishes.
        commit, publish: Of both at a time.
    """

    bare: Spent
    waiting: Spent
    alone: Spent
    commit: Spent
    publish: Spent

    def live_s(self) -> float:
        """Return the time from the first commit to the last acknowledgement."""
        return self.publish.ended_s - self.commit.began_s

    def live_cpu_s(self) -> float:
        """Return the processor time of both processes."""
        return self.commit.cpu_s + self.publish.cpu_s


def delivery(means: Means) -> Sequence[Figure]:
    """Return what committing and publishing takes, beside what publishing alone takes."""
    return bench_delivery(means.folder)


def bench_delivery(
    folder: Path, *, messages: int = MESSAGES, repeats: int = REPEATS
) -> Sequence[Figure]:
    """Return the figures of the same messages, again and again.

    Args:
        folder: Empty; for journals and the broker.
        messages: Passages of each turn.
        repeats: Turns.
    """
    place = folder / "broker"
    place.mkdir()
    with running_broker(place) as broker:
        turns = [_turn(folder / f"turn-{one}", broker, messages) for one in range(repeats)]
    of = f"bare client, window {WINDOW}, {broker.name}"

    def beside(figure: Figure, of_bare: Callable[[Spent], float]) -> Figure:
        limit = statistics.median(messages / of_bare(one.bare) for one in turns)
        return against(figure, limit, of, goal=GOAL, at_least=True)

    def rate(name: str, of_turn: Callable[[_Turn], float], unit: str) -> Figure:
        return of_repeats(name, unit, [messages / of_turn(one) for one in turns])

    real, per_cpu = "messages/s", "messages/CPU s"
    return [
        beside(rate("committed and published", _Turn.live_s, real), _real),
        beside(rate("published from the outbox", lambda one: one.waiting.wall_s, real), _real),
        beside(rate("committed and published, both processes", _Turn.live_cpu_s, per_cpu), _cpu),
        beside(
            rate("published from the outbox, process", lambda one: one.waiting.cpu_s, per_cpu), _cpu
        ),
        rate("committed while others publish", lambda one: one.commit.cpu_s, per_cpu),
        rate("committed one by one", lambda one: one.alone.cpu_s, per_cpu),
        rate("committed one by one, real time", lambda one: one.alone.wall_s, real),
    ]


def _real(spent: Spent) -> float:
    return spent.wall_s


def _cpu(spent: Spent) -> float:
    return spent.cpu_s


def _turn(folder: Path, broker: Running, messages: int) -> _Turn:
    folder.mkdir()
    payloads = [message_of(a_passage(seq), seq) for seq in range(1, messages + 1)]
    bare = _Apart(_bare, broker, payloads)
    bare.begin()
    without_store = bare.spent()
    late, live = folder / "late.db", folder / "live.db"
    for path in (late, live):
        Journal(path, SystemClock()).close()
    single = _Apart(_commit_alone, late, payloads)
    single.begin()
    one_by_one = single.spent()
    waiting = _Apart(_relay, broker, late, messages)
    waiting.begin()
    from_outbox = waiting.spent()
    writer, relay = _Apart(_commit, live, payloads), _Apart(_relay, broker, live, messages)
    relay.begin()
    writer.begin()
    return _Turn(without_store, from_outbox, one_by_one, writer.spent(), relay.spent())


class _Apart:
    """Work in a process of its own, that is ready when this is made."""

    def __init__(self, work: Callable[..., None], *given: Any) -> None:
        context = get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=work, args=(theirs, *given))
        self._process.start()
        theirs.close()
        self._expect(READY_S)

    def begin(self) -> None:
        """Let it begin."""
        self._line.send(True)

    def spent(self) -> Spent:
        """Return what it took, when it is done; TimeoutError, EOFError if it is not."""
        spent: Spent = self._expect(DONE_S)
        self._process.join(READY_S)
        return spent

    def _expect(self, within_s: float) -> Any:
        if not self._line.poll(within_s):
            self._process.kill()
            self._process.join()
            raise TimeoutError(f"a side of the bench has said nothing for {within_s:.0f} s")
        return self._line.recv()


def _bare(line: "Connection[Any, Any]", broker: Running, payloads: Sequence[bytes]) -> None:
    line.send(True)
    line.recv()
    topic = f"bare/1/{BOX.box_id}/passages"
    line.send(publish_bare(broker.url, topic, payloads, WINDOW, version=broker.version))


def _commit(line: "Connection[Any, Any]", path: Path, payloads: Sequence[bytes]) -> None:
    """Commit what many gates hand in at once, as a worker does."""
    journal, writer = Journal(path, SystemClock()), JournalWriter()
    book = PassageBook(journal, hand=writer.hand_first)
    entries = _entries(payloads)

    def commit() -> None:
        writer.start()
        for entry in entries:
            book.add(entry, _forget)
        writer.finish(DONE_S)

    _when_asked(line, commit)
    journal.close()


def _commit_alone(line: "Connection[Any, Any]", path: Path, payloads: Sequence[bytes]) -> None:
    """Commit one after the other."""
    journal, entries = Journal(path, SystemClock()), _entries(payloads)

    def commit() -> None:
        for entry in entries:
            journal.record_passages([entry])

    _when_asked(line, commit)
    journal.close()


def _when_asked(line: "Connection[Any, Any]", work: Callable[[], None]) -> None:
    """Say that all is ready, work when told to begin, and tell what it took."""
    line.send(True)
    line.recv()
    began_s, began_cpu_s = time.monotonic(), time.process_time()
    work()
    line.send(Spent(began_s, time.monotonic(), time.process_time() - began_cpu_s))


def _forget(_: int | None) -> None:
    """Do nothing with the number of a message."""


def _relay(line: "Connection[Any, Any]", broker: Running, path: Path, messages: int) -> None:
    """Relay from a journal until so many were acknowledged and written down."""
    clock, stop = SystemClock(), Event()
    outbox = Outbox(path, clock)
    sink = MqttSink(
        BrokerAddress(broker.url, BOX.box_id, version=broker.version),
        topic_root=BOX.topic_root,
        status=lambda _: b"{}",
    )
    relay = Relay(outbox, sink, Terms(window=WINDOW), health=lambda: b"{}", clock=clock)
    thread = Thread(target=relay.run, args=(stop,))

    def deliver() -> None:
        thread.start()
        while relay.state.delivered < messages:
            stop.wait(LOOK_EVERY_S)

    _when_asked(line, deliver)
    stop.set()
    thread.join()
    outbox.close()


def _entries(payloads: Sequence[bytes]) -> list[PassageEntry]:
    passages = map(a_passage, range(1, len(payloads) + 1))
    return [
        PassageEntry(
            one,
            lambda seq: payloads[seq - 1],
            lane=Lane.ALERT if one.decision in ANNOUNCED else Lane.PASSAGE,
        )
        for one in passages
    ]
