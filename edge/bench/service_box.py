"""One box that is watched: cameras over RTSP, the service in processes of its own, a broker."""

import json
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from edge.bench.broker import Running, running_broker
from edge.bench.rtsp import RtspServer
from edge.bench.service_films import Reel
from edge.bench.service_process import ServiceProcess
from edge.bench.service_tree import anonymous_mib, cpu_s, family, machine_s
from edge.bench.service_vitals import Told, Vitals
from edge.bench.street import CORES, RULES, cameras_section
from edge.clock import SystemClock
from edge.delivery.listener import Listener
from edge.store.journal import Journal

BOX = "box-bench"
RULES_OF_STREETS = "dwell and smoke"
ONLINE_WITHIN_S = 90.0
SAMPLE_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class Whole:
    """A box that is measured.

    Attributes:
        name: For its figures.
        gates, quiet, busy: How many cameras it has of each kind.
        goal: Processor time against that of the parts; None where nothing is asked.
    """

    name: str
    gates: int = 0
    quiet: int = 0
    busy: int = 0
    goal: float | None = None

    @property
    def cameras(self) -> dict[str, int]:
        """Return how many there are of each kind that it has."""
        kinds = {"gate": self.gates, "quiet": self.quiet, "busy": self.busy}
        return {kind: count for kind, count in kinds.items() if count}


@dataclass(frozen=True, slots=True)
class Watch:
    """How long a box is watched.

    Attributes:
        settles_s: From when all cameras are online.
        slices: Parts of the watched time, each of which is a repeat.
        slice_s: Length of each.
    """

    settles_s: float
    slices: int
    slice_s: float

    @property
    def length_s(self) -> float:
        """Return how long films must be."""
        return ONLINE_WITHIN_S + self.settles_s + self.slices * self.slice_s


@dataclass(frozen=True, slots=True)
class Share:
    """Processors that were used in one part of the watched time.

    Attributes:
        service: By all its processes.
        workers: By those of them that look at cameras.
        server: By what sends the cameras' pictures.
        machine: By whatever runs on the machine, these included.
    """

    service: float
    workers: float
    server: float
    machine: float = 0.0


@dataclass(slots=True)
class Seen:
    """What was seen of a box while it was watched.

    Attributes:
        shares: One of each part of the time.
        vitals: What its cameras have reported.
        told: Passages that came, also before.
        plays_s: By camera, when it last began to play.
        watched: Begin and end, wall time.
        worker_mib: Anonymous memory of the largest worker, at the end.
        service_mib: Of all processes.
    """

    shares: list[Share] = field(default_factory=list)
    vitals: Vitals = field(default_factory=Vitals)
    told: list[Told] = field(default_factory=list)
    plays_s: dict[str, float] = field(default_factory=dict)
    watched: tuple[float, float] = (0.0, 0.0)
    worker_mib: float = 0.0
    service_mib: float = 0.0


def watch_box(
    folder: Path,
    whole: Whole,
    reels: Mapping[str, Reel],
    watch: Watch,
    *,
    network: str,
    broker: str | None = None,
) -> Seen:
    """Return what is seen of a box.

    Args:
        folder: Empty; for configuration, databases and the broker.
        whole: The box.
        reels: By kind, what its cameras send.
        watch: How long.
        network: As ``models.street``.
        broker: ``mqtt://host:port`` of one that speaks MQTT 5; None for one of our own.
    """
    seen = Seen()

    def hear(topic: str, payload: bytes) -> None:
        if topic.endswith("/passages"):
            _hear(seen, json.loads(payload))

    names = {
        kind: [f"{kind}-{n:02d}" for n in range(count)] for kind, count in whole.cameras.items()
    }
    mounts = {
        name: ("h264", reels[kind].phases[number % len(reels[kind].phases)])
        for kind, some in names.items()
        for number, name in enumerate(some)
    }
    plays = folder / "plays"
    with (
        _broker(folder, broker) as link,
        RtspServer(mounts, plays=plays) as server,
        Listener(link.url, f"gridwatch/1/{BOX}", hear, version=link.version),
        ServiceProcess(
            folder / "gridwatch.yaml", _content(names, server, link, network)
        ) as service,
    ):
        if mounts:
            service.wait_for(" online", times=len(mounts), within_s=ONLINE_WITHIN_S)
        time.sleep(watch.settles_s)
        _watch(seen, service, server, folder / "var" / "journal.db", watch)
    if plays.exists():
        seen.plays_s = last_plays_s(plays.read_text(encoding="utf-8"))
    return seen


def last_plays_s(log: str) -> dict[str, float]:
    """Return when each camera last began to play, of what the server has written down."""
    found: dict[str, float] = defaultdict(float)
    for line in log.splitlines():
        path, moment = line.split()
        found[path.strip("/")] = float(moment)
    return dict(found)


def _hear(seen: Seen, said: Mapping[str, Any]) -> None:
    if said["revision"] == 1:
        appeared = datetime.fromisoformat(said["appeared_at"]).astimezone(UTC)
        seen.told.append(Told(said["camera_id"], appeared.timestamp(), time.time()))


def _watch(
    seen: Seen, service: ServiceProcess, server: RtspServer, journal_path: Path, watch: Watch
) -> None:
    journal = Journal(journal_path, SystemClock())
    began_s = time.time()
    try:
        for _ in range(watch.slices):
            seen.shares.append(_slice(seen, service, server, journal, watch.slice_s))
    finally:
        journal.close()
    seen.watched = (began_s, time.time())
    seen.worker_mib = max(map(anonymous_mib, service.workers), default=0.0)
    seen.service_mib = sum(map(anonymous_mib, family(service.pid)))


def _slice(
    seen: Seen, service: ServiceProcess, server: RtspServer, journal: Journal, seconds: float
) -> Share:
    def clocks() -> tuple[float, ...]:
        own = (cpu_s(family(service.pid)), cpu_s(service.workers), cpu_s([server.pid]))
        return (*own, machine_s())

    began_s, before = time.monotonic(), clocks()
    while (left_s := began_s + seconds - time.monotonic()) > 0:
        seen.vitals.take(journal.cameras())
        time.sleep(min(SAMPLE_EVERY_S, left_s))
    lasted_s = time.monotonic() - began_s
    return Share(*((now - then) / lasted_s for now, then in zip(clocks(), before, strict=True)))


@contextmanager
def _broker(folder: Path, url: str | None) -> Iterator[Running]:
    if url is not None:
        yield Running(url, url, "5")
        return
    place = folder / "broker"
    place.mkdir()
    with running_broker(place) as own:
        yield own


def _content(
    names: Mapping[str, Sequence[str]], server: RtspServer, link: Running, network: str
) -> dict[str, Any]:
    gates = [
        {"id": name, "url": server.url(name), "gate": {"direction": "in", "cooldown": "1s"}}
        for name in names.get("gate", ())
    ]
    streets = [
        cameras_section(RULES[RULES_OF_STREETS], [server.url(name)])[0] | {"id": name}
        for kind in ("quiet", "busy")
        for name in names.get(kind, ())
    ]
    patient = {"open_timeout": "30s", "read_timeout": "15s"}
    return {
        "box": {"id": BOX, "home": "./var"},
        "models": {"street": network},
        "mqtt": {"url": link.url, "version": link.version},
        "console": {"port": 0},
        "workers": CORES,
        "cameras": [camera | patient for camera in (*gates, *streets)],
    }
