"""Messages committed to the journal and published, against the same client without a store.

As on a box two processes share the work: one writes passages into the journal, each in a
transaction that is on the disk before the next one begins; the other reads them there, publishes
them with QoS 1 and writes down what was acknowledged. The limit is a process that publishes the
same messages to the same broker with the same window and has them in memory. The broker is another
process and never counted.
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
from edge.clock import SystemClock
from edge.delivery.mqtt import BrokerAddress, MqttSink
from edge.delivery.relay import Relay, Terms
from edge.domain.lane import Lane
from edge.domain.passage import Passage
from edge.store.journal import Journal
from edge.store.outbox import Outbox

MESSAGES, REPEATS = 3000, 5
WINDOW = 16
"""As ``mqtt.in_flight`` by default."""

GOAL = 0.6
READY_S, DONE_S = 60.0, 600.0
LOOK_EVERY_S = 0.02


@dataclass(frozen=True, slots=True)
class _Turn:
    """What the same messages took by each way, seconds of processor time."""

    bare: Spent
    waiting: Spent
    commit: Spent
    publish: Spent

    @property
    def live_s(self) -> float:
        """Return the time from the first commit to the last acknowledgement."""
        return self.publish.ended_s - self.commit.began_s


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
    limit = statistics.median(messages / one.bare.cpu_s for one in turns)
    of = f"bare client, window {WINDOW}, {broker.name}"

    def rate(name: str, of_turn: Callable[[_Turn], float], unit: str) -> Figure:
        return of_repeats(name, unit, [messages / of_turn(one) for one in turns])

    per_cpu = "messages per CPU second"
    together = rate(
        "committed and published", lambda one: one.commit.cpu_s + one.publish.cpu_s, per_cpu
    )
    waiting = rate("published from the outbox", lambda one: one.waiting.cpu_s, per_cpu)
    return [
        against(together, limit, of, goal=GOAL, at_least=True),
        against(waiting, limit, of, goal=GOAL, at_least=True),
        rate("committed, while others publish", lambda one: one.commit.cpu_s, per_cpu),
        rate("committed and published, real time", lambda one: one.live_s, "messages/s"),
        rate("published from the outbox, real time", lambda one: one.waiting.wall_s, "messages/s"),
        rate("bare client, real time", lambda one: one.bare.wall_s, "messages/s"),
    ]


def _turn(folder: Path, broker: Running, messages: int) -> _Turn:
    folder.mkdir()
    payloads = [message_of(a_passage(seq), seq) for seq in range(1, messages + 1)]
    bare = _Apart(_bare, broker, payloads)
    bare.begin()
    without_store = bare.spent()
    late, live = folder / "late.db", folder / "live.db"
    for path in (late, live):
        Journal(path, SystemClock()).close()
    _write(late, payloads)
    waiting = _Apart(_relay, broker, late, messages)
    waiting.begin()
    from_outbox = waiting.spent()
    writer, relay = _Apart(_commit, live, payloads), _Apart(_relay, broker, live, messages)
    relay.begin()
    writer.begin()
    return _Turn(without_store, from_outbox, writer.spent(), relay.spent())


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
    journal = Journal(path, SystemClock())
    passages = [a_passage(number) for number in range(1, len(payloads) + 1)]
    line.send(True)
    line.recv()
    began_s, began_cpu_s = time.monotonic(), time.process_time()
    _record(journal, passages, payloads)
    line.send(Spent(began_s, time.monotonic(), time.process_time() - began_cpu_s))
    journal.close()


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
    line.send(True)
    line.recv()
    began_s, began_cpu_s = time.monotonic(), time.process_time()
    thread.start()
    while relay.state.delivered < messages:
        stop.wait(LOOK_EVERY_S)
    line.send(Spent(began_s, time.monotonic(), time.process_time() - began_cpu_s))
    stop.set()
    thread.join()
    outbox.close()


def _write(path: Path, payloads: Sequence[bytes]) -> None:
    journal = Journal(path, SystemClock())
    _record(journal, [a_passage(number) for number in range(1, len(payloads) + 1)], payloads)
    journal.close()


def _record(journal: Journal, passages: Sequence[Passage], payloads: Sequence[bytes]) -> None:
    for one in passages:
        lane = Lane.ALERT if one.decision in ANNOUNCED else Lane.PASSAGE
        journal.record_passage(one, lambda seq: payloads[seq - 1], lane=lane)
