"""The status message names every network that is in use, and no other."""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from edge.bootstrap.camera.cameras import Site, StreetSite, open_site
from edge.bootstrap.camera.gate import GateSite
from edge.codes.table import load_table
from edge.delivery.listener import Listener
from edge.settings import Settings, load_settings
from edge.wire.box import BoxIdentity
from models.catalog import load_catalog
from models.faces import FacePack, Floats, Picture
from models.plates import Plate
from tests.detector_files import write_detector
from tests.fake_detector import FakeDetector
from tests.fixtures_mqtt import Mosquitto
from tests.fixtures_service import RunService
from tests.messages import valid

CONFIG = """\
box: {{id: box-01, home: ./var}}
mqtt: {{url: "{broker}", health_every: 1s}}
console: {{port: {port}}}
models: {{street: mine.onnx, street_labels: [car, person]}}
cameras:
  - id: street
    url: rtsp://127.0.0.1:1/cam
    zones:
      - id: curb
        polygon: [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]]
        rules: [{{type: motor_parking}}]
"""
PATIENCE_S = 60.0


class FakeReader:
    """Reads nothing."""

    sha256 = "cd" * 32

    def read(self, picture: Picture, vehicle_xyxy: Floats) -> Plate | None:
        return None


@dataclass(frozen=True)
class FakeLiveness:
    """Takes everybody for alive."""

    name: str = "alive"
    sha256: str = "ef" * 32

    def live_score(self, picture: Picture, box_xyxy: Floats) -> float:
        return 1.0


def a_site(*, gates: GateSite | None = None, streets: StreetSite | None = None) -> Site:
    codes = load_table("GB/T 30428.2-2013")
    return Site(Settings(), BoxIdentity("box-01"), codes, gates, streets)


@pytest.fixture
def config(tmp_path: Path) -> Callable[..., Path]:
    def config(**values: object) -> Path:
        answer = np.zeros((1, 6, 8), np.float32)
        write_detector(tmp_path / "mine.onnx", answer)
        path = tmp_path / "gridwatch.yaml"
        path.write_text(CONFIG.format(**values))
        return path

    return config


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_box_with_streets_only_has_no_face_network(config: Callable[..., Path]) -> None:
    path = config(broker="mqtt://127.0.0.1:1", port=0)
    settings = load_settings(path)
    site = open_site(settings, settings.cameras, lambda: pytest.fail("no residents are needed"))
    assert site.networks() == [("mine", sha256_of(path.parent / "mine.onnx"))]


def test_a_plate_reader_is_two_networks() -> None:
    entries = load_catalog().entries
    plates = [(name, entries[name].sha256) for name in ("plate-detector", "plate-reader")]
    streets = StreetSite(FakeDetector(), FakeReader())
    assert a_site(streets=streets).networks() == [("fake", "ab" * 32), *plates]
    assert a_site(streets=StreetSite(None)).networks() == []


def test_a_gate_names_its_pack_and_what_tells_the_living(open_pack: FacePack) -> None:
    gates = GateSite(open_pack, None, None, FakeLiveness())  # type: ignore[arg-type]
    entries = load_catalog().entries
    assert a_site(gates=gates).networks() == [
        ("yunet", entries["yunet"].sha256),
        ("open", entries["sface"].sha256),
        ("alive", "ef" * 32),
    ]


@pytest.mark.e2e
def test_the_platform_is_told_what_the_workers_have_loaded(
    config: Callable[..., Path], mosquitto: Mosquitto, run_service: RunService, free_port: int
) -> None:
    path = config(broker=mosquitto.url, port=free_port)
    told = threading.Event()
    wanted = [{"name": "mine", "sha256": sha256_of(path.parent / "mine.onnx")}]

    def take(topic: str, payload: bytes) -> None:
        if topic.endswith("/status") and valid(payload, "status")["models"] == wanted:
            told.set()

    with Listener(mosquitto.url, "gridwatch/1/box-01", take):
        run_service(path)
        assert told.wait(PATIENCE_S)
