"""A box whose disk is full, read only or damaged: it watches on, says so, and loses nothing."""

import json
import signal
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from edge.bootstrap import parts
from edge.clock import SystemClock
from edge.delivery.listener import Listener
from edge.demo.gate_scene import FPS, Scene, Walk, render
from edge.demo.people import find_portraits
from edge.settings import load_settings
from edge.store.journal import Journal
from models.faces import FacePack
from streams.film import write_film
from tests.fixtures_disk import SmallDisk
from tests.fixtures_mqtt import Mosquitto
from tests.fixtures_rtsp import RtspServer
from tests.fixtures_service import RunService

BOX = "box-disk"
STRANGER = 7
PATIENCE_S = 60.0
PAGE = 4096


@dataclass
class Platform:
    """What has come to the platform, each message once, and how the box is."""

    messages: dict[int, dict[str, Any]] = field(default_factory=dict)
    health: dict[str, Any] = field(default_factory=dict)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def take(self, topic: str, payload: bytes) -> None:
        kind = topic.split("/")[3]
        with self.changed:
            if kind == "passages":
                one = json.loads(payload)
                known = self.messages.setdefault(one["seq"], one)
                assert (known["id"], known["revision"]) == (one["id"], one["revision"])
            elif kind == "health":
                self.health = json.loads(payload)
            self.changed.notify_all()

    def wait_for(self, what: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(what, PATIENCE_S), (list(self.messages), self.health)

    @property
    def store(self) -> dict[str, Any]:
        found: dict[str, Any] = self.health.get("store", {})
        return found

    def has(self, number: int) -> bool:
        return sorted(self.messages)[:number] == list(range(1, number + 1))


@pytest.fixture(scope="module")
def film(exact_pack: FacePack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stranger who passes again and again."""
    portraits = find_portraits(exact_pack.detector)
    path = tmp_path_factory.mktemp("disk") / "gate.mp4"
    scene = Scene("stranger", (Walk(STRANGER),))
    write_film(path, render((scene,), portraits), fps=FPS)
    return path


@pytest.fixture
def config(small_disk: SmallDisk) -> Callable[[str, str], Path]:
    def write(camera: str, broker: str) -> Path:
        content = {
            "box": {"id": BOX, "home": "./var"},
            "mqtt": {"url": broker, "health_every": "500ms"},
            "console": {"port": 0},
            "cameras": [
                {"id": "east", "url": camera, "gate": {"direction": "in", "cooldown": "1s"}}
            ],
        }
        path = small_disk.root / "gridwatch.yaml"
        path.write_text(yaml.safe_dump(content))
        return path

    return write


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def gate(
    make_rtsp_server: Callable[..., RtspServer],
    make_mosquitto: Callable[..., Mosquitto],
    film: Path,
    config: Callable[[str, str], Path],
    platform: Platform,
) -> Iterator[Path]:
    """The configuration of a gate whose platform listens."""
    camera, broker = make_rtsp_server({"cam": ("h264", film)}), make_mosquitto()
    with Listener(broker.url, f"gridwatch/1/{BOX}", platform.take, client_id="platform"):
        yield config(camera.url("cam"), broker.url)


def ended(service: "subprocess.Popen[str]") -> None:
    service.send_signal(signal.SIGTERM)
    assert service.wait(8) == 0


@pytest.mark.e2e
@pytest.mark.timeout(180)
def test_passages_wait_for_a_full_disk_and_come_in_order_when_it_has_room(
    small_disk: SmallDisk, gate: Path, platform: Platform, run_service: RunService
) -> None:
    service = run_service(gate)
    platform.wait_for(lambda: platform.has(2))
    small_disk.fill()
    platform.wait_for(lambda: platform.store.get("unwritten", 0) >= 2)
    assert "full" in platform.store["error"]
    # What it said last: a camera is not called silent because nothing can be written down.
    assert [one["state"] for one in platform.health["cameras"]] != ["offline"]
    before, waiting = len(platform.messages), platform.store["unwritten"]
    small_disk.free()
    platform.wait_for(lambda: platform.has(before + waiting))
    platform.wait_for(lambda: platform.store["error"] == "")
    assert platform.store["lost"] == 0
    ended(service)


@pytest.mark.e2e
@pytest.mark.timeout(180)
def test_a_service_begins_on_a_full_disk_and_says_so(
    small_disk: SmallDisk, gate: Path, platform: Platform, run_service: RunService
) -> None:
    service = run_service(gate)
    platform.wait_for(lambda: platform.has(1))
    ended(service)
    before = max(platform.messages)
    small_disk.fill()
    service = run_service(gate)
    platform.wait_for(lambda: platform.store.get("unwritten", 0) >= 1)
    assert platform.store["error"]
    small_disk.free()
    platform.wait_for(lambda: platform.has(before + 1))
    platform.wait_for(lambda: platform.store["error"] == "")
    ended(service)


@pytest.mark.e2e
@pytest.mark.timeout(180)
def test_a_damaged_journal_is_put_aside_and_numbers_go_on(
    gate: Path, platform: Platform, run_service: RunService
) -> None:
    service = run_service(gate)
    platform.wait_for(lambda: platform.has(2))
    ended(service)
    before = max(platform.messages)
    journal = parts.journal_path(load_settings(gate))
    last = sqlite3.connect(journal)  # whoever closes last empties the log into the file
    last.execute("SELECT count(*) FROM passages").fetchone()
    last.close()
    assert not journal.with_name("journal.db-wal").exists()
    content = bytearray(journal.read_bytes())
    content[:100] = bytes(100)
    journal.write_bytes(content)
    service = run_service(gate)
    platform.wait_for(lambda: len(platform.messages) > before)
    assert platform.has(before + 1)
    platform.wait_for(lambda: bool(platform.store.get("put_aside")))
    (aside,) = platform.store["put_aside"]
    assert (aside["name"], aside["lost"]) == ("journal.db", 0)
    ended(service)
    opened = Journal(journal, SystemClock())
    assert len(opened.payloads()) >= before + 1
    opened.close()


@pytest.mark.e2e
@pytest.mark.timeout(180)
def test_a_first_start_on_a_full_disk_waits_for_room_and_needs_no_hand(
    small_disk: SmallDisk, config: Callable[[str, str], Path], run_service: RunService
) -> None:
    path = config("rtsp://127.0.0.1:1/cam", "mqtt://127.0.0.1:1")
    small_disk.fill()
    service = run_service(path)
    assert service.stderr is not None
    lines = iter(service.stderr)
    said = next(line for line in lines if "beginning the console cannot be done yet" in line)
    assert "the key cannot be written" in said
    small_disk.free()
    missing = {"the disk takes everything again", "console on ", "worker=worker-1 ready"}
    while missing:
        line = next(lines)
        missing = {words for words in missing if words not in line}
    ended(service)
