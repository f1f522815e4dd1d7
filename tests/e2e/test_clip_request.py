"""The city asks the real service for clips and second looks, over a real broker."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import cv2
import numpy as np
import paho.mqtt.client as paho
import paho.mqtt.publish as publishing
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from edge.delivery.listener import Listener
from edge.demo.street_scene import FPS, Stop, StreetScene, Visit, render_street
from edge.demo.street_smoke import Plume
from edge.demo.street_things import COATS, crates, person
from streams.film import write_film
from streams.retouch import codec_of, pictures_of
from tests.city import BOX, ROOT, SIGNER, City
from tests.fixtures_mqtt import Mosquitto
from tests.fixtures_rtsp import RtspServer
from tests.media_store import MediaStore, Misdeed, storing
from tests.running_box import RunningBox

CAMERA = "street-east"
PAVEMENT = ((0.02, 0.34), (0.98, 0.34), (0.98, 0.55), (0.02, 0.55))
DRAWN_S, FILM_S = 12.0, 120.0
PATIENCE_S = 120.0


@dataclass
class Platform:
    """The city's platform: it signs, sends, and keeps what it hears."""

    url: str
    city: City
    heard: dict[str, list[bytes]] = field(default_factory=dict)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def take(self, topic: str, payload: bytes) -> None:
        with self.changed:
            self.heard.setdefault(topic.removeprefix(f"{ROOT}/"), []).append(payload)
            self.changed.notify_all()

    def wait_for(self, leaf: str, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the first message of a topic that is what is wanted."""

        def found() -> dict[str, Any] | None:
            told = (json.loads(one) for one in self.heard.get(leaf, []))
            return next((one for one in told if wanted(one)), None)

        with self.changed:
            assert self.changed.wait_for(lambda: found() is not None, PATIENCE_S), self.heard.keys()
            message = found()
        assert message is not None
        return message

    def wait_for_bytes(self, leaf: str) -> bytes:
        with self.changed:
            assert self.changed.wait_for(lambda: leaf in self.heard, PATIENCE_S), leaf
            return self.heard[leaf][0]

    def wait_until(self, happened: Callable[[], bool]) -> None:
        with self.changed:
            for _ in range(round(PATIENCE_S / 0.1)):
                if self.changed.wait_for(happened, 0.1):
                    return
        raise AssertionError("it did not happen")

    def ask(self, name: str, **body: Any) -> tuple[str, dict[str, Any]]:
        """Return a command's id, and its last answer."""
        command_id = self.send(name, **body)
        return command_id, self.answer(command_id)

    def send(self, name: str, **body: Any) -> str:
        content = self.city.content(name, body, at=datetime.now(UTC))
        broker = urlsplit(self.url)
        publishing.single(
            f"{ROOT}/commands",
            self.city.sign(content),
            qos=1,
            hostname=str(broker.hostname),
            port=int(broker.port or 1883),
            protocol=paho.MQTTv5,
        )
        return str(content["id"])

    def answer(self, command_id: str) -> dict[str, Any]:
        """Return the body of a command's last answer."""
        answer = self.wait_for(f"answers/{command_id}", lambda told: told["state"] != "progress")
        assert answer["state"] == "done", answer
        body: dict[str, Any] = answer["body"]
        return body


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Crates are put down on the pavement at once and stay; somebody walks off."""
    path = tmp_path_factory.mktemp("street") / "street.mp4"
    brought = Visit(crates, (Stop(2.0, -140.0, 372.0), Stop(5.0, 560.0, 372.0)))
    brought = Visit(crates, (*brought.stops, Stop(FILM_S, 560.0, 372.0)))
    who = Visit(
        person(COATS[1]),
        (Stop(2.0, -240.0, 374.0), Stop(5.0, 460.0, 374.0), Stop(10.0, -240.0, 378.0)),
    )
    never = Plume(1064, 352, FILM_S + 1, FILM_S + 2)
    drawn = list(render_street(StreetScene(DRAWN_S, (brought, who), never)))
    # Then nothing happens any more: the last second over and over.
    calm = [drawn[-FPS:]] * round(FILM_S - DRAWN_S)
    write_film(path, chain(drawn, *calm), fps=FPS)
    return path


@pytest.fixture
def store() -> Iterator[MediaStore]:
    with storing() as opened:
        yield opened


@pytest.fixture
def box(
    make_rtsp_server: Callable[..., RtspServer],
    mosquitto: Mosquitto,
    film: Path,
    store: MediaStore,
    tmp_path: Path,
    models_ready: None,
) -> Iterator[RunningBox]:
    server = make_rtsp_server({"street": ("h264", film)})
    rule = {"type": "material_pile", "dwell": "5s", "unseen_arrival": 0}
    box = RunningBox(
        tmp_path / "gridwatch.yaml",
        {
            "box": {"id": BOX, "home": "./var"},
            "mqtt": {"url": mosquitto.url},
            "console": {"port": 0},
            "models": {"street": "none"},
            "evidence": {"pre_roll": "4s", "post_roll": "3s"},
            "commands": {
                "keys": {SIGNER: "./city.pem"},
                "allow": ["clip.request", "recheck"],
                "uploads": [f"http://127.0.0.1:{store.port}"],
            },
            "cameras": [
                {
                    "id": CAMERA,
                    "url": server.url("street"),
                    "zones": [{"id": "pavement", "polygon": PAVEMENT, "rules": [rule]}],
                }
            ],
        },
    )
    yield box
    box.stop()


@pytest.mark.e2e
@pytest.mark.timeout(400)
def test_clips_arrive_whole_and_a_place_is_looked_at_again(
    box: RunningBox, mosquitto: Mosquitto, store: MediaStore, tmp_path: Path
) -> None:
    city = City()
    pem = city.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "city.pem").write_bytes(pem)
    platform = Platform(mosquitto.url, city)
    with Listener(mosquitto.url, ROOT, platform.take):
        box.start()
        incident = platform.wait_for("incidents", lambda told: told["type"] == "material_pile")

        command_id, seen = platform.ask("recheck", incident=incident["id"])
        assert (seen["verdict"], seen["camera"], seen["zone"]) == ("present", CAMERA, "pavement")
        still = platform.wait_for_bytes(f"answers/{command_id}/still.jpg")
        assert hashlib.sha256(still).hexdigest() == seen["still"]["sha256"]
        picture = cv2.imdecode(np.frombuffer(still, np.uint8), cv2.IMREAD_COLOR)
        assert picture is not None
        assert picture.shape == (540, 960, 3)

        store.misdeeds = [Misdeed.BREAKS_OFF, None, Misdeed.IS_BROKEN]
        _, answer = platform.ask("clip.request", incident=incident["id"], to=put(store, "/a.mp4"))
        clip = store.whole["/a.mp4"]
        assert hashlib.sha256(clip).hexdigest() == answer["sha256"]
        assert (answer["redacted"], answer["put"]["status"]) == (True, 201)
        shows(tmp_path / "a.mp4", clip, least_pictures=5 * FPS)

        command_id, answer = platform.ask(
            "clip.request", incident=incident["id"], to={"mqtt": True}
        )
        numbers = range(1, answer["mqtt"]["chunks"] + 1)
        chunks = [platform.wait_for_bytes(f"clips/{command_id}/{number}") for number in numbers]
        assert hashlib.sha256(b"".join(chunks)).hexdigest() == answer["sha256"]

        until = datetime.now(UTC) - timedelta(seconds=2)
        _, answer = platform.ask(
            "clip.request",
            camera=CAMERA,
            **{"from": moment(until - timedelta(seconds=6)), "until": moment(until)},
            to=put(store, "/b.mp4"),
        )
        assert answer["kind"] == "film"
        assert hashlib.sha256(store.whole["/b.mp4"]).hexdigest() == answer["sha256"]
        shows(tmp_path / "b.mp4", store.whole["/b.mp4"], least_pictures=5 * FPS)

        # A box that is restarted while the receiver is in trouble goes on where it was.
        store.misdeeds = [Misdeed.BREAKS_OFF, None, *[Misdeed.IS_BROKEN] * 1000]
        begun = len(store.puts)
        command_id = platform.send("clip.request", incident=incident["id"], to=put(store, "/c.mp4"))
        platform.wait_until(lambda: len(store.puts) >= begun + 3)
        box.stop()
        store.misdeeds.clear()
        had, begun = len(store.kept["/c.mp4"]), len(store.puts)
        box.start()
        answer = platform.answer(command_id)
        assert hashlib.sha256(store.whole["/c.mp4"]).hexdigest() == answer["sha256"]
        total = answer["bytes"]
        assert store.parts[begun:] == [f"bytes */{total}", f"bytes {had}-{total - 1}/{total}"]
    assert list((tmp_path / "var" / "handover").iterdir()) == []


def put(store: MediaStore, path: str) -> dict[str, str]:
    return {"put": store.url(path)}


def moment(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def shows(path: Path, content: bytes, *, least_pictures: int) -> None:
    """Check that a clip can be played."""
    path.write_bytes(content)
    assert codec_of(path) == "h264"
    assert sum(1 for _ in pictures_of(path)) >= least_pictures
