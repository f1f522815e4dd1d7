"""What a decision costs once it is made: its place on the disk, its clip, its way to the broker."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from time import process_time

from edge.bench.broker import Running, running_broker
from edge.bench.figure import Figure, against, of_repeats
from edge.bench.part import REPEATS, Part, ready
from edge.bench.passages import BOX, a_passage, message_of
from edge.bench.publisher import CONTENT_TYPE, publish_bare
from edge.clock import SystemClock
from edge.delivery.mqtt import BrokerAddress, MqttSink
from edge.delivery.sink import Acknowledged
from edge.errors import DeliveryError
from edge.store.journal import Journal

COMMITS = 50
MESSAGES = 1000
WINDOW = 16
"""As ``mqtt.in_flight`` by default."""

PATIENCE_S = 10.0
LEAF = "passages"
MQTT = "mqtt, a message of QoS 1"
Skip = Callable[[str, str], None]


def journal_parts(folder: Path, *, commits: int = COMMITS) -> Iterator[Part]:
    """Yield the commit of a passage with its message, to a file in a folder."""
    numbers = count(1)
    with (
        closing(Journal(folder / "journal.db", SystemClock())) as journal,
        closing(sqlite3.connect(folder / "bare.db", isolation_level=None)) as bare,
    ):
        for pragma in ("journal_mode = WAL", "synchronous = FULL"):
            bare.execute(f"PRAGMA {pragma}")
        bare.execute("CREATE TABLE messages (seq INTEGER PRIMARY KEY, payload BLOB NOT NULL)")

        def record() -> None:
            for _ in range(commits):
                passage = a_passage(next(numbers))
                journal.record_passage(passage, partial(message_of, passage))

        def insert() -> None:
            for _ in range(commits):
                number = next(numbers)
                payload = message_of(a_passage(number), number)
                bare.execute("INSERT INTO messages (payload) VALUES (?)", (payload,))

        yield Part(
            "journal, a passage committed",
            ready(record),
            commits,
            ready(insert),
            "one row of SQLite, as durable",
            waits=True,
        )


@contextmanager
def chosen_broker(folder: Path, url: str | None) -> Iterator[Running]:
    """Yield the broker of an address, or one of our own below a folder."""
    if url is not None:
        yield Running("given", url, "5")
        return
    with running_broker(folder) as running:
        yield running


def mqtt_figures(
    broker: Running, *, skip: Skip, messages: int = MESSAGES, repeats: int = REPEATS
) -> list[Figure]:
    """Return what publishing a message until its acknowledgement costs this process.

    Args:
        broker: Another process.
        skip: Told why where it is this one.
        messages: Of each repeat.
        repeats: How often.
    """
    if broker.name == "embedded":
        skip(MQTT, "mosquitto is not installed; apt-get install mosquitto, or give --broker")
        return []
    payloads = [message_of(a_passage(number), number) for number in range(messages)]
    topic = f"bare/1/{BOX.box_id}/{LEAF}"
    ours, bare = [], []
    for _ in range(1 + repeats):  # the first to warm up
        ours.append(_publish(broker, payloads))
        spent = publish_bare(broker.url, topic, payloads, WINDOW, version=broker.version)
        bare.append(spent.cpu_s * 1e3 / messages)
    limit = of_repeats(MQTT, "ms", bare[1:]).value
    return [against(of_repeats(MQTT, "ms", ours[1:]), limit, "the client library alone")]


def _publish(running: Running, payloads: Sequence[bytes]) -> float:
    """Return the milliseconds of processor time of one message."""
    sink = MqttSink(
        BrokerAddress(running.url, BOX.box_id, version=running.version),
        topic_root=BOX.topic_root,
        status=lambda _: b"{}",
    )
    sink.connect()
    began_s = process_time()
    waiting: set[int] = set()
    for payload in payloads:
        while len(waiting) >= WINDOW:
            waiting -= _acknowledged(sink)
        waiting.add(sink.publish(LEAF, payload, CONTENT_TYPE))
    while waiting:
        waiting -= _acknowledged(sink)
    spent_s = process_time() - began_s
    sink.close()
    return spent_s * 1e3 / len(payloads)


def _acknowledged(sink: MqttSink) -> set[int]:
    """Wait for acknowledgements and return whose they are; that of the status is among them."""
    tokens = {one.token for one in sink.events(PATIENCE_S) if isinstance(one, Acknowledged)}
    if not tokens:
        raise DeliveryError("the bench's broker acknowledges no more; see what it logs")
    return tokens
