"""Give a box many more cameras than its processors can look at, and see what it lets be."""

import json
import math
import os
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from edge.bench.machine import on_processors
from edge.bench.service_tree import cpu_s
from edge.bench.service_vitals import percentile
from edge.clock import SystemClock
from edge.delivery.listener import Listener
from edge.store.journal import Journal
from models.catalog import load_catalog
from models.depot import Condition, Depot
from models.packs import load_face_pack
from tests.chaos import rush
from tests.chaos.brokers import keeping_broker
from tests.chaos.experiment import Experiment, Figure, Report, at_least, at_most, exactly, told
from tests.chaos.victim import Victim
from tests.fixtures_rtsp import RtspServer

BOX = "box-load"
NETWORK = "yolox-nano"
FILMS = 4
EMPTY_S = 6.4
SETTLES_S, SHORT_SETTLES_S = 45.0, 12.0
"""Until the box has found out how much it can look at."""

WATCHED_S, SHORT_WATCHED_S = 120.0, 14.0
SAMPLE_EVERY_S = 0.25
STARTS_WITHIN_S = 120.0
GOAL_S = 2.0
"""From the first usable face to the broker, for 95 of 100; of a few people that is the slowest."""

EVEN = 0.7
"""Least rate of a camera, as a share of the greatest of its kind."""

FAIR = 0.95
"""Least index of Jain: 1 where all have the same, 1/n where one has all."""

LAST_S = 4.0
"""Who comes later may be decided when nobody looks any more."""

GATE_LAG_S, STREET_LAG_S = 2.0, 5.0
RIVAL = [sys.executable, "-c", "while True: pass"]


@dataclass(frozen=True, slots=True)
class _Size:
    gates: int
    streets: int
    cores: int
    settles_s: float
    watched_s: float
    rivals: int = 0
    """Processes that want the same processors all the time."""


WHOLE = _Size(16, 40, 2, SETTLES_S, WATCHED_S)
SHORT = _Size(3, 14, 1, SHORT_SETTLES_S, SHORT_WATCHED_S, rivals=3)


@dataclass
class _Seen:
    """What was seen of the box while it was watched."""

    rates: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    lags_s: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    passages: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    health: list[dict[str, Any]] = field(default_factory=list)
    offline: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, topic: str, payload: bytes) -> None:
        kind, now_s = topic.split("/")[3], time.time()
        with self.lock:
            if kind == "passages":
                self.passages.append((now_s, json.loads(payload)))
            elif kind == "health":
                self.health.append(json.loads(payload))


def run(folder: Path, short: bool) -> Report:
    """Do it, below an empty folder."""
    size = SHORT if short else WHOLE
    seen, figures, rivals = _Seen(), list[Figure](), list["subprocess.Popen[bytes]"]()
    length_s = STARTS_WITHIN_S + size.settles_s + size.watched_s
    pack = load_face_pack("open", exact=True)
    entrance = rush.entrance(folder, pack, films=FILMS, empty_s=EMPTY_S, length_s=length_s)
    streets = rush.busy_streets(folder, length_s=length_s)
    broker = keeping_broker(folder)
    broker.start()
    server = RtspServer(_mounts(size, entrance, streets), plays=folder / "plays")
    server.start()
    victim = Victim(folder, _content(size, broker.url, server))
    try:
        with (
            on_processors(size.cores),
            Listener(broker.url, f"gridwatch/1/{BOX}", seen.take, client_id="platform"),
        ):
            victim.start()
            victim.wait_online(dict.fromkeys(victim.cameras, 0))
            rivals += [subprocess.Popen(RIVAL) for _ in range(size.rivals)]
            time.sleep(size.settles_s)
            began_s, clocks = time.time(), [cpu_s([server.pid]), cpu_s(victim.family())]
            _watch(victim, seen, size.watched_s)
            lasted_s = time.time() - began_s
            used = [cpu_s([server.pid]) - clocks[0], cpu_s(victim.family()) - clocks[1]]
            figures += _of_machine(size, used, lasted_s)
            victim.stop()
    finally:
        for rival in rivals:
            rival.kill()
            rival.wait()
        victim.end()
        server.stop()
        broker.stop()
    figures += _of_rates(size, seen)
    plays = _plays(folder / "plays")
    figures += _of_gates(entrance, plays, seen, (began_s, began_s + lasted_s))
    return Report("load", figures, short)


EXPERIMENT = Experiment("load", "16 gates and 40 streets on two cores", run)


def _watch(victim: Victim, seen: _Seen, seconds: float) -> None:
    """Note every report of every camera once."""
    journal = Journal(victim.home / "journal.db", SystemClock())
    known: dict[str, datetime] = {}
    until_s = time.monotonic() + seconds
    with seen.lock:
        seen.health.clear()
    while time.monotonic() < until_s:
        for one in journal.cameras():
            report = one.report
            if known.get(report.camera_id) == one.reported_at:
                continue
            known[report.camera_id] = one.reported_at
            seen.rates[report.camera_id].append(report.analysed_fps)
            seen.lags_s[report.camera_id].append(report.lag_s)
            seen.offline += report.state != "online"
        time.sleep(SAMPLE_EVERY_S)
    journal.close()


def _of_machine(size: _Size, used_s: Sequence[float], lasted_s: float) -> Iterator[Figure]:
    server, service = (one / lasted_s for one in used_s)
    yield told("gates", size.gates)
    yield told("streets", size.streets)
    yield told("processors the service may use", size.cores)
    yield told("processes that want them, too", size.rivals)
    yield told("network of the streets", _network())
    yield told("watched for", lasted_s, "s")
    yield told("processors that the service took", service)
    yield told("processors that the cameras' server took", server)
    yield told("busy processes meanwhile, this machine's mean", os.getloadavg()[0])


def _of_rates(size: _Size, seen: _Seen) -> Iterator[Figure]:
    """Yield how evenly the cameras are looked at, how far behind, and what health says."""
    for kind, lag_s in (("gate", GATE_LAG_S), ("street", STREET_LAG_S)):
        means = [statistics.fmean(v) for name, v in sorted(seen.rates.items()) if kind in name]
        lags = [lag for name, given in seen.lags_s.items() if kind in name for lag in given]
        yield told(f"{kind}s: analysed, mean", statistics.fmean(means), "pictures/s")
        yield at_least(f"{kind}s: least by most", min(means) / max(means), EVEN, timed=True)
        yield at_least(f"{kind}s: Jain's index", _jain(means), FAIR, timed=True)
        yield told(f"{kind}s: lag, median", statistics.median(lags), "s")
        yield at_most(f"{kind}s: lag, 95 of 100", percentile(lags, 0.95), lag_s, "s", timed=True)
        yield told(f"{kind}s: lag, most", max(lags), "s")
    loads = [one["load"] for one in seen.health if "load" in one]
    said = str(any(one["overloaded"] for one in loads))
    if size is WHOLE:
        yield exactly("health says that less is done", said, "True")
    else:  # it asks for processors of which the whole machine has no more
        yield told("health says that less is done", said)
    yield told("share of streets' pictures, as told at the end", loads[-1]["street_share"])
    yield told("share of gates' pictures, as told at the end", loads[-1]["gate_share"])
    yield exactly("workers restarted", max(one["worker_restarts"] for one in seen.health), 0)
    yield exactly("reports of a camera that was not online", seen.offline, 0)


def _of_gates(
    entrance: rush.Entrance,
    plays: dict[str, list[float]],
    seen: _Seen,
    watched: tuple[float, float],
) -> Iterator[Figure]:
    """Yield how long it takes from the first usable face to the broker, and who was missed."""
    began_s, ended_s = watched
    latencies: list[float] = []
    decided: dict[tuple[str, int], str] = {}
    for came_s, said in seen.passages:
        if said["revision"] != 1:
            continue
        appeared_s = datetime.fromisoformat(said["appeared_at"]).astimezone(UTC).timestamp()
        camera = said["camera_id"]
        first_s = _first_s(entrance, plays[camera], camera)
        # Whoever is seen may be seen somewhat before the face is good enough.
        number = math.floor((appeared_s - first_s) / entrance.every_s + 0.25)
        usable_s = first_s + number * entrance.every_s
        if began_s <= usable_s <= ended_s - LAST_S and (camera, number) not in decided:
            decided[camera, number] = said["decision"]
            latencies.append(came_s - usable_s)
    expected = sum(
        began_s <= moment <= ended_s - LAST_S
        for camera, begun in plays.items()
        if camera.startswith("gate")
        for moment in _moments(_first_s(entrance, begun, camera), entrance.every_s, ended_s)
    )
    yield told("people who passed", expected)
    yield told("of these told", len(latencies))
    yield told("  as strangers", sum(one == "stranger" for one in decided.values()))
    yield told("first usable face to the broker, median", statistics.median(latencies), "s")
    yield at_most(
        "first usable face to the broker, 95 of 100",
        percentile(latencies, 0.95),
        GOAL_S,
        "s",
        timed=True,
    )
    yield told("first usable face to the broker, longest", max(latencies), "s")


def _first_s(entrance: rush.Entrance, begun: Sequence[float], camera: str) -> float:
    """Return when a gate's first person showed a usable face since its camera last began."""
    return begun[-1] + entrance.usable_s[_number(camera) % FILMS]


def _moments(first_s: float, every_s: float, until_s: float) -> list[float]:
    return [first_s + number * every_s for number in range(int((until_s - first_s) / every_s) + 1)]


def _plays(log: Path) -> dict[str, list[float]]:
    """Return when each camera began to play."""
    found: dict[str, list[float]] = defaultdict(list)
    for line in log.read_text(encoding="utf-8").splitlines():
        path, moment = line.split()
        found[path.strip("/")].append(float(moment))
    return found


def _jain(values: Sequence[float]) -> float:
    squares = sum(one * one for one in values)
    return sum(values) ** 2 / (len(values) * squares) if squares else 0.0


def _number(camera: str) -> int:
    return int(camera.rpartition("-")[2])


def _mounts(
    size: _Size, entrance: rush.Entrance, streets: Sequence[Path]
) -> dict[str, tuple[str, Path]]:
    gates = {f"gate-{n}": ("h264", entrance.films[n % FILMS]) for n in range(size.gates)}
    roads = {f"street-{n}": ("h264", streets[n % 2]) for n in range(size.streets)}
    return gates | roads


def _network() -> str:
    """Return the network that looks at streets: none where it is not on this machine."""
    entry = load_catalog().expand([NETWORK])[0]
    return NETWORK if Depot().inspect(entry).condition is Condition.GOOD else "none"


def _content(size: _Size, broker: str, server: RtspServer) -> dict[str, Any]:
    gates = [
        rush.gate(f"gate-{n}", server.url(f"gate-{n}"), open_timeout="30s", read_timeout="15s")
        for n in range(size.gates)
    ]
    streets = [
        rush.street(
            f"street-{n}", server.url(f"street-{n}"), open_timeout="30s", read_timeout="15s"
        )
        for n in range(size.streets)
    ]
    return {
        "box": {"id": BOX, "home": "./var"},
        "mqtt": {"url": broker, "health_every": "2s"},
        "console": {"port": 0},
        "models": {"street": _network()},
        "evidence": {"pre_roll": "2s", "post_roll": "2s"},
        "workers": size.cores,
        "cameras": gates + streets,
    }
