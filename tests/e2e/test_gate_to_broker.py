"""The whole way: two RTSP cameras, the service, mosquitto; each goes away and comes back."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from edge.bootstrap import parts
from edge.bootstrap.registration import open_registrar
from edge.clock import SystemClock
from edge.delivery.listener import Listener
from edge.demo.gate_scene import FPS, Scene, Walk, render
from edge.demo.people import find_portraits, photo
from edge.domain.resident import Resident
from edge.gallery.roster import Applicant
from edge.settings import load_settings
from edge.store.journal import Journal
from models.faces import FacePack
from streams.film import write_film
from tests.fixtures_mqtt import Mosquitto
from tests.fixtures_rtsp import RtspServer
from tests.fixtures_service import RunService

BOX = "box-e2e"
STRANGER, RESIDENT = 7, 6
PATIENCE_S = 60.0
UNDER_WAY = 4
"""Most messages that may be between box, broker and platform when the broker ends: two a camera."""

FLOWS_AGAIN_S = 5.0 + 1.0
"""Five seconds to be seen again, and up to one until health says so."""


@dataclass
class Platform:
    """Everything the central platform has received."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    health: list[dict[str, Any]] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def take(self, topic: str, payload: bytes) -> None:
        kind = topic.split("/")[3]
        with self.changed:
            if kind == "passages":
                self.messages.append(json.loads(payload))
            elif kind == "status":
                self.states.append(json.loads(payload)["state"])
            elif kind == "health":
                self.health.append(json.loads(payload))
            self.changed.notify_all()

    def wait_for(self, what: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(what, PATIENCE_S), self.heard()

    def heard(self) -> list[tuple[int, str, str]]:
        return [(one["seq"], one["camera_id"], one["decision"]) for one in self.messages]

    def told_once(self) -> list[dict[str, Any]]:
        """Return the messages as a receiver keeps them, in order of arrival.

        A broker that ends while a message is under way sends it again when it is back, and so does
        the box; its key shows that it is the same.
        """
        known: dict[tuple[str, int], dict[str, Any]] = {}
        for one in self.messages:
            assert known.setdefault((one["id"], one["revision"]), one) == one
        assert len(self.messages) - len(known) <= UNDER_WAY
        return list(known.values())

    def count(self, camera_id: str) -> int:
        return sum(one["camera_id"] == camera_id for one in self.messages)

    def online(self) -> dict[str, str]:
        return {c["id"]: c["state"] for c in self.health[-1]["cameras"]} if self.health else {}


def passages_of(config: Path) -> list[dict[str, Any]]:
    """Return what the box itself has written down, in order."""
    journal = Journal(parts.journal_path(load_settings(config)), SystemClock())
    try:
        return [json.loads(payload) for payload in journal.payloads()]
    finally:
        journal.close()


@pytest.fixture(scope="module")
def film(exact_pack: FacePack, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """A resident, then a stranger, and the photo that the resident enrols with."""
    portraits = find_portraits(exact_pack.detector)
    scenes = (Scene("resident", (Walk(RESIDENT),)), Scene("stranger", (Walk(STRANGER),)))
    path = tmp_path_factory.mktemp("e2e") / "gate.mp4"
    write_film(path, render(scenes, portraits), fps=FPS)
    return path, photo(portraits[RESIDENT])


@pytest.fixture
def config(tmp_path: Path, film: tuple[Path, bytes]) -> Callable[..., Path]:
    def write(cameras: dict[str, str], broker: str) -> Path:
        content = {
            "box": {"id": BOX, "home": "./var"},
            "mqtt": {"url": broker, "health_every": "500ms"},
            "console": {"port": 0},
            "cameras": [
                {
                    "id": name,
                    "url": url,
                    "read_timeout": "2s",
                    "gate": {"direction": "in", "cooldown": "2s"},
                }
                for name, url in cameras.items()
            ],
        }
        path = tmp_path / "gridwatch.yaml"
        path.write_text(yaml.safe_dump(content))
        picture = tmp_path / "photo.jpg"
        picture.write_bytes(film[1])
        registrar = open_registrar(load_settings(path))
        outcome = registrar.register(Applicant(Resident("A-101"), None, (picture,)))
        assert outcome.registered, outcome.summary
        return path

    return write


@pytest.mark.e2e
@pytest.mark.timeout(240)
def test_nothing_is_lost_while_a_camera_and_the_broker_go_away_and_come_back(
    make_rtsp_server: Callable[..., RtspServer],
    make_mosquitto: Callable[..., Mosquitto],
    film: tuple[Path, bytes],
    config: Callable[..., Path],
    run_service: RunService,
    tmp_path: Path,
) -> None:
    east = make_rtsp_server({"cam": ("h264", film[0])})
    west = make_rtsp_server({"cam": ("h264", film[0])})
    # The broker keeps what it has promised over its own restart, as a platform's does.
    broker = make_mosquitto(f"persistence true\npersistence_location {tmp_path}/")
    platform = Platform()
    path = config({"east": east.url("cam"), "west": west.url("cam")}, broker.url)
    service = run_service(path)
    with Listener(broker.url, f"gridwatch/1/{BOX}", platform.take, client_id="platform"):
        platform.wait_for(lambda: platform.count("east") >= 2 and platform.count("west") >= 2)
        east.stop()
        platform.wait_for(lambda: platform.online().get("east") == "offline")
        east.start()
        came_back_s, before = time.monotonic(), platform.count("east")
        platform.wait_for(lambda: platform.online().get("east") == "online")
        assert time.monotonic() - came_back_s < FLOWS_AGAIN_S
        platform.wait_for(lambda: platform.count("east") >= before + 2)
        broker.stop()
        broker.start()
        before = len(platform.messages)
        platform.wait_for(lambda: len(platform.messages) >= before + 4)
        service.send_signal(signal.SIGTERM)
        assert service.wait(5) == 0
        platform.wait_for(lambda: platform.states[-1] == "offline")
    arrived = platform.told_once()
    told = sorted(arrived, key=lambda one: int(one["seq"]))
    assert [one["seq"] for one in told] == list(range(1, len(told) + 1))
    assert told == passages_of(path)
    firsts = [one for one in told if one["revision"] == 1]
    alerts = {one["id"] for one in firsts if one["alert"]}
    for lane in (True, False):
        seqs = [one["seq"] for one in arrived if (one["id"] in alerts) is lane]
        assert seqs == sorted(seqs)
    assert {one["decision"] for one in firsts} == {"resident", "stranger"}
    assert {one["resident_id"] for one in firsts if one["decision"] == "resident"} == {"A-101"}


@pytest.mark.e2e
@pytest.mark.timeout(180)
def test_a_resident_removed_while_the_service_runs_is_a_stranger_at_the_next_pass(
    make_rtsp_server: Callable[..., RtspServer],
    mosquitto: Mosquitto,
    film: tuple[Path, bytes],
    config: Callable[..., Path],
    run_service: RunService,
) -> None:
    server = make_rtsp_server({"cam": ("h264", film[0])})
    platform = Platform()
    path = config({"east": server.url("cam")}, mosquitto.url)
    service = run_service(path)

    def decided(decision: str) -> int:
        return sum(one["decision"] == decision for one in platform.messages)

    with Listener(mosquitto.url, f"gridwatch/1/{BOX}", platform.take):
        platform.wait_for(lambda: decided("resident") == 1 and decided("stranger") == 1)
        removed = subprocess.run(
            [sys.executable, "-m", "edge", "residents", "remove", "A-101", "--config", str(path)],
            check=False,
        )
        assert removed.returncode == 0
        platform.wait_for(lambda: decided("stranger") >= 3)
        assert decided("resident") == 1
        service.send_signal(signal.SIGTERM)
        assert service.wait(5) == 0
