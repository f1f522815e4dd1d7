"""Take the broker away for half a day, and give it back; then make it slow."""

import json
import multiprocessing
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from edge.bootstrap.worker.weight import resident_bytes
from edge.clock import SystemClock
from edge.delivery.listener import Listener
from edge.store.connection import Connection
from edge.store.database import open_database
from edge.store.journal import MIGRATIONS, Journal
from edge.store.sinks import MQTT, depth
from models.packs import load_face_pack
from tests.chaos import rush
from tests.chaos.backlog import Backlog, out_of_order
from tests.chaos.brokers import keeping_broker
from tests.chaos.census import journal_of
from tests.chaos.experiment import Experiment, Figure, Report, at_least, at_most, exactly, told
from tests.chaos.publisher import publish
from tests.chaos.slow_link import SlowLink
from tests.chaos.victim import Victim

RAW = "gridwatch/1/raw"
"""Below it the client alone publishes."""

MESSAGES, SHORT_MESSAGES = 10_000, 600
AWAY = timedelta(hours=12)
STILL_BYTES = 40_000
BOX = "box-outage"
WINDOW = 16
LOOK_EVERY_S = 0.05
SAMPLE_EVERY_S = 0.5
RAW_TIMES = 3
"""Within two seconds it differs by a fifth from one time to the next: the middle counts."""

LEAST_SHARE = 0.5
"""Of the rate that the same client reaches with nothing to read; less than a second says less."""

MOST_MORE_MB = 16.0
"""Memory that catching up may take beside what the service has."""

CAUGHT_UP_WITHIN_S = 900.0
WATCHED_S, SHORT_WATCHED_S = 90.0, 8.0
FILM_MORE_S = 60.0
APART_S = 1.0
"""The slow broker acknowledges one message in so long."""

QUEUE = 120
"""Messages that wait for the slow broker all the time."""

LATER_S = 0.5
"""A decision or a frame may be later by this beside a slow broker: noise of the machine."""


@dataclass
class _Heard:
    """What came, in order, as cheaply as it can be kept: understood afterwards."""

    sizes: list[int] = field(default_factory=list)
    came: list[tuple[str, bytes]] = field(default_factory=list)
    first_s: float = 0.0

    def take(self, topic: str, payload: bytes) -> None:
        kind = topic.split("/")[3]
        if kind not in {"passages", "incidents", "evidence"}:
            return
        self.first_s = self.first_s or time.monotonic()
        self.came.append((topic, b"" if kind == "evidence" else payload))
        self.sizes.append(len(payload))

    @property
    def numbered(self) -> list[bytes]:
        """Return the messages that have a number."""
        return [payload for _, payload in self.came if payload]

    @property
    def stills(self) -> int:
        """Return how many pictures came."""
        return sum(not payload for _, payload in self.came)

    @property
    def early(self) -> int:
        """Return how many pictures came before their message."""
        ids: set[str] = set()
        early = 0
        for topic, payload in self.came:
            if payload:
                ids.add(json.loads(payload)["id"])
            else:
                early += topic.split("/")[4] not in ids
        return early


def run(folder: Path, short: bool) -> Report:
    """Do it, below an empty folder."""
    return Report("outage", [*_away(folder / "away", short), *_slow(folder / "slow", short)], short)


EXPERIMENT = Experiment("outage", "the broker gone for half a day with 10,000 messages; slow", run)


def _away(folder: Path, short: bool) -> Iterator[Figure]:
    """Yield what came of an outage."""
    folder.mkdir()
    count = SHORT_MESSAGES if short else MESSAGES
    broker = keeping_broker(folder)
    victim = Victim(folder, _content(broker.url, []))
    heard = _Heard()
    try:
        victim.start()
        backlog = Backlog(victim.home, box_id=BOX, still_bytes=STILL_BYTES)
        backlog.write(count, lasted=AWAY)
        backlog.close()
        before_mb = _resident_mb(victim)
        broker.start()
        with Listener(broker.url, f"gridwatch/1/{BOX}", heard.take, client_id="platform"):
            most_mb, settled_s = _until_all(heard, victim, 2 * count)
        after_mb = _resident_mb(victim)
        took_s = settled_s - heard.first_s
        # The same platform listens: it takes processors from whoever publishes.
        with Listener(broker.url, RAW, _Heard().take, client_id="other"):
            raw_s = statistics.median(_raw_s(broker.url, heard.sizes) for _ in range(RAW_TIMES))
    finally:
        victim.end()
        broker.stop()
    written = journal_of(victim.home)
    known = {json.loads(payload)["seq"] for payload in heard.numbered}
    rate, raw = len(heard.sizes) / took_s, len(heard.sizes) / raw_s
    yield told("simulated outage", AWAY / timedelta(hours=1), "h")
    yield told("messages that waited", len(written))
    yield told("pictures that waited", len(written))
    yield told("content that waited", sum(heard.sizes) / 1e6, "MB")
    yield exactly("messages lost", len({seq for seq, _ in written} - known), 0)
    yield exactly("pictures lost", len(written) - heard.stills, 0)
    yield told("repeats", len(heard.numbered) - len(known))
    yield exactly("messages out of order within their lane", out_of_order(heard.numbered), 0)
    yield exactly("pictures before their message", heard.early, 0)
    yield told("memory of the service before", before_mb, "MB")
    yield told("memory after", after_mb, "MB")
    yield at_most("most memory more while catching up", most_mb - before_mb, MOST_MORE_MB, "MB")
    yield told("caught up in", took_s, "s")
    yield told("rate of catching up", rate, "messages/s")
    yield told("the client alone, the same sizes", raw, "messages/s")
    yield at_least("share of that", rate / raw, LEAST_SHARE, timed=True)


def _until_all(heard: _Heard, victim: Victim, count: int) -> tuple[float, float]:
    """Wait until all has come; return the most memory of the service, and the last settling.

    A message is settled when the broker has acknowledged it, as with the client alone: when a
    subscriber has read it says more of the subscriber.
    """
    journal = open_database(victim.home / "journal.db", MIGRATIONS, read_only=True)
    most_mb, settled_s, until_s = 0.0, 0.0, time.monotonic() + CAUGHT_UP_WITHIN_S
    while (len(heard.sizes) < count or not settled_s) and time.monotonic() < until_s:
        if not settled_s and heard.sizes and _none(journal):
            settled_s = time.monotonic()
        most_mb = max(most_mb, _resident_mb(victim))
        time.sleep(LOOK_EVERY_S)
    journal.close()
    return most_mb, settled_s or float("inf")


def _none(journal: Connection) -> bool:
    """Return whether nothing waits; counting while much does would slow down what is measured."""
    (some,) = journal.execute("SELECT EXISTS (SELECT 1 FROM outbox)").fetchone()
    return not some and not depth(journal, MQTT)


def _resident_mb(victim: Victim) -> float:
    return (resident_bytes(victim.pid) or 0) / 1e6


def _raw_s(url: str, sizes: Sequence[int]) -> float:
    """Return how long the client takes for these sizes in a process of its own."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(
        target=publish, args=(url, f"{RAW}/evidence/all", sizes, WINDOW, there)
    )
    process.start()
    took_s = float(here.recv())
    process.join()
    return took_s


@dataclass
class _Watch:
    """How late the analysis is: from a face's appearance to its decision on disk, and frames."""

    delays_s: list[float] = field(default_factory=list)
    lag_s: float = 0.0
    dropped: int = 0


def _slow(folder: Path, short: bool) -> Iterator[Figure]:
    """Yield what a slow broker does to the analysis."""
    folder.mkdir()
    seconds = SHORT_WATCHED_S if short else WATCHED_S
    pack = load_face_pack("open", exact=True)
    film = rush.passed_gate(folder, pack, length_s=seconds + FILM_MORE_S)
    cameras = [rush.gate("gate-1", f"file:{film}")]
    quick, _ = _watched(folder / "quick", cameras, seconds, apart_s=0.0)
    slow, acknowledged = _watched(folder / "slow", cameras, seconds, apart_s=APART_S)
    yield told("acknowledged by the slow broker", acknowledged / seconds, "messages/s")
    for name, one in (("quick", quick), ("slow", slow)):
        yield told(f"passages beside the {name} broker", len(one.delays_s))
        yield told(f"decision on disk, {name} broker, median", _median(one.delays_s), "s")
    later_s = _median(slow.delays_s) - _median(quick.delays_s)
    yield at_most("decisions later beside the slow one", later_s, LATER_S, "s", timed=True)
    yield told("most lag of frames beside the quick one", quick.lag_s, "s")
    yield at_most("most lag of frames more", slow.lag_s - quick.lag_s, LATER_S, "s", timed=True)
    yield told("frames dropped beside the quick one", quick.dropped)
    yield told("frames dropped beside the slow one", slow.dropped)


def _watched(
    folder: Path, cameras: list[dict[str, Any]], seconds: float, *, apart_s: float
) -> tuple[_Watch, int]:
    """Return how late analysis is beside a broker, and how many messages that acknowledged."""
    folder.mkdir()
    broker = keeping_broker(folder)
    broker.start()
    link = SlowLink(broker.url, each_s=apart_s)
    victim = Victim(folder, _content(link.url, cameras))
    watch = _Watch()
    try:
        victim.start()
        victim.wait_online(dict.fromkeys(victim.cameras, 0))
        backlog = Backlog(victim.home, box_id=BOX, still_bytes=STILL_BYTES)
        backlog.write(QUEUE, lasted=AWAY)
        backlog.close()
        link.acknowledged = 0
        _observe(victim.home, watch, seconds)
        acknowledged = link.acknowledged
    finally:
        victim.end()
        link.close()
        broker.stop()
    return watch, acknowledged


def _observe(home: Path, watch: _Watch, seconds: float) -> None:
    """Note every passage when it is on disk, and the vital signs."""
    journal = Journal(home / "journal.db", SystemClock())
    known = len(journal_of(home))
    until_s, sample_s = time.monotonic() + seconds, 0.0
    dropped = None
    while (now_s := time.monotonic()) < until_s:
        found = journal_of(home)
        for _, payload in found[known:]:
            said = json.loads(payload)
            if "decision" in said:
                appeared = datetime.fromisoformat(said["appeared_at"])
                watch.delays_s.append((datetime.now(UTC) - appeared).total_seconds())
        known = len(found)
        if now_s >= sample_s:
            sample_s = now_s + SAMPLE_EVERY_S
            reports = [one.report for one in journal.cameras()]
            watch.lag_s = max([watch.lag_s, *(one.lag_s for one in reports)])
            total = sum(one.dropped for one in reports)
            dropped = total if dropped is None else dropped
            watch.dropped = total - dropped
        time.sleep(LOOK_EVERY_S)
    journal.close()


def _median(values: Sequence[float]) -> float:
    return statistics.median(values) if values else float("inf")


def _content(broker: str, cameras: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "box": {"id": BOX, "home": "./var"},
        "mqtt": {"url": broker, "health_every": "2s", "in_flight": WINDOW},
        "console": {"port": 0},
        "models": {"street": "none", "face_canvas": 320},
        "evidence": {"pre_roll": "2s", "post_roll": "2s"},
        "workers": 1,
        "cameras": cameras,
    }
