"""Cameras that do all kinds of wrong at once before the real service: who notices, who recovers."""

import contextlib
import json
import shutil
import statistics
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from edge.bench.service_tree import family
from edge.clock import SystemClock
from edge.delivery.broker import free_port
from edge.domain.camera import CameraReport, CameraState, Duty, Post
from edge.store.journal import Journal
from tests.chaos.camera import Misdeed, ScriptedCamera
from tests.chaos.experiment import Experiment, Report, at_least, at_most, exactly, told
from tests.chaos.lane import CORNERS, films
from tests.chaos.misdeeds import MISDEEDS
from tests.chaos.processes import Holding, holding
from tests.fixtures_mqtt import Mosquitto
from tests.fixtures_rtsp import RtspServer
from tests.running_box import RunningBox

NEIGHBOURS = ("near", "beside", "opposite")
LIE_DWELL, TRUE_DWELL = "15m", "4s"
ANALYSED_FPS = 5
LOOK_EVERY_S = 0.1
ONLINE_WITHIN_S = 60.0
GOOD_WITHIN_S = 5.0
HEALTH_EVERY_S = 1.0
SHORT = ("hangs", "other-codec", "other-size", "clock-leaps", "clock-races", "corrupt", "garbage")
REAL = {"frozen": frozenset({"silent"}), "killed": frozenset({"unreachable", "ended"})}
"""What a server that is none of ours is done to, with what health must say."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long all of it takes.

    Attributes:
        warm_up_s: In the whole form until every camera's album of 48 pictures is full.
        wrong_s, good_s: Of each round.
    """

    misdeeds: Sequence[Misdeed]
    real: Collection[str]
    rounds: int
    warm_up_s: float
    wrong_s: float
    good_s: float


WHOLE = Plan(MISDEEDS, tuple(REAL), rounds=3, warm_up_s=260, wrong_s=70, good_s=15)
BRIEF = Plan(
    [one for one in MISDEEDS if one.name in SHORT], (), rounds=2, warm_up_s=3, wrong_s=6.5, good_s=3
)


class Street:
    """All cameras of the experiment, and what is done to them."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        shown = films(folder)
        self._plan = plan
        self.wrong = {one.name: (one, ScriptedCamera(shown)) for one in plan.misdeeds}
        self.neighbours = {name: ScriptedCamera(shown) for name in NEIGHBOURS}
        film = ("h264", folder / "usual.mp4")
        self.real = {name: RtspServer({"live": film}) for name in plan.real}
        for server in self.real.values():
            server.start()

    def urls(self) -> dict[str, str]:
        """Return every camera's address."""
        return {
            **{name: camera.url for name, (_, camera) in self.wrong.items()},
            **{name: camera.url for name, camera in self.neighbours.items()},
            **{name: server.url("live") for name, server in self.real.items()},
        }

    def misbehave(self) -> None:
        """Have everything go wrong at once."""
        for misdeed, camera in self.wrong.values():
            camera.misbehave(misdeed)
        for name, server in self.real.items():
            server.freeze() if name == "frozen" else server.stop()

    def behave(self) -> dict[str, datetime]:
        """Have everything go well again; return since when each camera's data are good."""
        since = {}
        for name, (_, camera) in self.wrong.items():
            camera.behave()
            since[name] = datetime.now(UTC)
        for name, server in self.real.items():
            server.stop()  # one that was frozen is started anew, as somebody on the spot would
            server.start()
            since[name] = datetime.now(UTC)
        return since

    def close(self) -> None:
        """End all of it."""
        for _, camera in self.wrong.values():
            camera.close()
        for camera in self.neighbours.values():
            camera.close()
        for server in self.real.values():
            server.stop()


class Watch:
    """What the box says of its cameras: in its journal at once, and to the platform."""

    def __init__(self, home: Path, broker: Mosquitto) -> None:
        self._journal = Journal(home / "journal.db", SystemClock())
        self.named: dict[str, set[str]] = {}
        self.restarts = 0
        self._lock = threading.Lock()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2)
        self._client.on_message = self._heard
        self._client.connect("127.0.0.1", broker.port)
        self._client.subscribe("gridwatch/1/+/health")
        self._client.loop_start()

    def _heard(self, _client: object, _data: object, message: mqtt.MQTTMessage) -> None:
        health = json.loads(message.payload)
        with self._lock:
            self.restarts = health["worker_restarts"]
            for camera in health["cameras"]:
                if camera["fault"]:
                    self.named.setdefault(camera["id"], set()).add(camera["fault"])

    def reports(self) -> dict[str, tuple[CameraReport, datetime]]:
        """Return every camera's last report."""
        return {
            one.report.camera_id: (one.report, one.reported_at) for one in self._journal.cameras()
        }

    def opened(self, camera_ids: Collection[str]) -> int:
        """Return how many incidents of these streets are open."""
        return sum(
            len(self._journal.open_incidents(Post(name, Duty.STREET))) for name in camera_ids
        )

    def online(
        self, camera_ids: Collection[str], since: Mapping[str, datetime]
    ) -> dict[str, float]:
        """Return when each camera first had pictures again, in seconds since its data were good."""
        found: dict[str, float] = {}
        until_s = time.monotonic() + ONLINE_WITHIN_S
        while len(found) < len(camera_ids) and time.monotonic() < until_s:
            for name, (report, at) in self.reports().items():
                good = name in camera_ids and name not in found and at > since[name]
                if good and report.state is CameraState.ONLINE and report.fps > 0:
                    found[name] = (at - since[name]).total_seconds()
            time.sleep(LOOK_EVERY_S)
        return found | {name: float("inf") for name in camera_ids if name not in found}

    def close(self) -> None:
        """Hear no more."""
        self._client.disconnect()
        self._client.loop_stop()
        self._journal.close()


def run(folder: Path, short: bool) -> Report:
    """Let everything go wrong at once, and well again, and look at what the box makes of it."""
    plan = BRIEF if short else WHOLE
    with contextlib.ExitStack() as after:
        broker = _broker(folder)
        after.callback(broker.stop)
        street = Street(folder, plan)
        after.callback(street.close)
        box = RunningBox(folder / "gridwatch.yaml", _configuration(street, broker))
        box.start()
        after.callback(box.stop)
        watch = Watch(folder / "var", broker)
        after.callback(watch.close)
        return _observe(plan, street, box, watch, short=short)


def _observe(plan: Plan, street: Street, box: RunningBox, watch: Watch, *, short: bool) -> Report:
    names = list(street.urls())
    began = datetime.now(UTC)
    first = watch.online(names, dict.fromkeys(names, began))
    if max(first.values()) > ONLINE_WITHIN_S:
        raise TimeoutError("some cameras never had a picture:\n" + "\n".join(box.said[-40:]))
    neighbours = list(street.neighbours)
    _analysed(watch, neighbours, plan.warm_up_s)
    workers = sorted(box.workers)
    held = [_held(box)]
    during: list[float] = []
    back: dict[str, float] = {}
    for _ in range(plan.rounds):
        street.misbehave()
        during += _analysed(watch, neighbours, plan.wrong_s)
        good = watch.online(list(since), since) if (since := street.behave()) else {}
        back = {name: max(seconds, back.get(name, 0.0)) for name, seconds in good.items()}
        during += _analysed(watch, neighbours, plan.good_s)
        held.append(_held(box))
    wanted = {name: one.said for name, (one, _) in street.wrong.items()} | {
        name: REAL[name] for name in street.real
    }
    unnamed = sorted(
        name for name, said in wanted.items() if not said & watch.named.get(name, set())
    )
    figures = [
        told("cameras that do wrong", len(wanted)),
        told("rounds", plan.rounds),
        told("each round goes wrong for", plan.wrong_s, "s"),
        told("first pictures of the slowest camera", max(first.values()), "s"),
        exactly("worker processes that died", sum(pid not in box.workers for pid in workers), 0),
        exactly("worker restarts in health", watch.restarts, 0),
        at_most(
            "slowest recovery after good data", max(back.values()), GOOD_WITHIN_S, "s", timed=True
        ),
        told("slowest camera", max(back, key=lambda name: back[name])),
        told("median recovery", statistics.median(back.values()), "s"),
        exactly("faults not named in health", len(unnamed), 0),
        *(
            told(f"not named: {name}", ", ".join(watch.named.get(name, ())) or "–")
            for name in unnamed
        ),
        at_least(
            f"neighbours' pictures analysed, of {ANALYSED_FPS}/s",
            statistics.mean(during),
            4.5,
            "/s",
            timed=True,
        ),
        exactly("incidents of neighbours", watch.opened(neighbours), len(neighbours)),
        exactly(f"incidents of {LIE_DWELL} where clocks lie", watch.opened(wanted), 0),
        *_leaks(held, short=short),
    ]
    return Report("cameras", figures, short=short)


def _leaks(held: Sequence[Holding], *, short: bool) -> Iterator[Any]:
    """Yield what the processes hold after the last round, against after the first.

    What an allocator took for the largest stream it met it keeps, and the first clip and the first
    incident open and begin what stays from then on: the first round shows that.
    """
    before, since, after = held[0], held[1], held[-1]
    yield told("memory before", before.rss_mib, "MiB")
    percent = 100 * (after.rss_mib / since.rss_mib - 1)
    # In a short round not every camera is back, and rings fill still.
    yield at_most("memory more than after the first round", percent, 25 if short else 3, "%")
    fds, threads = after.fds - since.fds, after.threads - since.threads
    yield at_most("file descriptors more than after the first round", fds, 10 if short else 2)
    yield at_most("threads more than after the first round", threads, 6 if short else 1)


def _held(box: RunningBox) -> Holding:
    assert box.process is not None
    return holding(family(box.process.pid))


def _analysed(watch: Watch, names: Sequence[str], seconds: float) -> list[float]:
    """Return what is analysed of some cameras a second, looked at for so long."""
    found: list[float] = []
    seen: set[tuple[str, datetime]] = set()
    until_s = time.monotonic() + seconds
    while time.monotonic() < until_s:
        for name, (report, at) in watch.reports().items():
            if name in names and (name, at) not in seen:
                seen.add((name, at))
                found.append(report.analysed_fps)
        time.sleep(LOOK_EVERY_S * 5)
    return found


def _configuration(street: Street, broker: Mosquitto) -> dict[str, Any]:
    return {
        "box": {"id": "box-chaos", "home": "./var"},
        "models": {"street": "none"},
        "mqtt": {"url": broker.url, "health_every": f"{HEALTH_EVERY_S:.0f}s"},
        "console": {"port": 0},
        "evidence": {"clips": True, "pre_roll": "2s", "post_roll": "2s", "lookback": "0s"},
        "workers": 2,
        "cameras": [
            _camera(name, url, TRUE_DWELL if name in street.neighbours else LIE_DWELL)
            for name, url in street.urls().items()
        ],
    }


def _camera(name: str, url: str, dwell: str) -> dict[str, Any]:
    rule = {"type": "material_pile", "dwell": dwell}
    zone = {"id": "spot", "polygon": CORNERS, "rules": [rule]}
    return {
        "id": name,
        "url": url,
        "decode": "all",
        "street": {"fps": ANALYSED_FPS},
        "zones": [zone],
    }


def _broker(folder: Path) -> Mosquitto:
    if shutil.which("mosquitto") is None and not Path("/usr/sbin/mosquitto").exists():
        raise FileNotFoundError("mosquitto is not installed; scripts/apt-test.txt lists it")
    (folder / "broker").mkdir(exist_ok=True)
    broker = Mosquitto(folder / "broker", free_port())
    broker.start()
    return broker


EXPERIMENT = Experiment(
    "cameras",
    "cameras that stop, hang, lie, change and send rubbish, all at once, beside good ones",
    run,
)
