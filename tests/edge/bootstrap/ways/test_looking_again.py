"""``recheck`` from the handler over a worker's line to a camera on keyframes, and back."""

import json
import random
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import cv2
import numpy as np
import pytest

from edge.bootstrap import parts
from edge.bootstrap.camera.cameras import Surroundings, build_worker, open_site
from edge.bootstrap.ways.looking_again import fitting, open_recheck
from edge.bootstrap.worker.live import LiveHub
from edge.clock import ClockState
from edge.commands.command import Answer, Command
from edge.commands.recheck import LOOKS_S, NAME
from edge.domain.camera import CameraReport, CameraState, Duty, Post
from edge.errors import ConfigError
from edge.settings import Settings
from edge.stills import STILL_BYTES
from edge.store.journal import Journal
from edge.worker.errands import Errands
from edge.worker.line import WorkerLine
from edge.worker.second_looks import SecondLooks
from streams.decode import Decode
from streams.film import write_film
from streams.recording import open_recording
from tests.burning_scenes import NOISE, STREET
from tests.conftest import FakeClock

PATIENCE_S = 20.0
FPS, GOP_S, QUIET_S = 5, 2.0, 2.0
COMES_S, HIDDEN_S, SHOWN_S, GOES_S, DARK_S, ENDS_S = 6, 30, 56, 66, 80, 110
"""Crates are put down, something stands before them for a while, they go, and the lights go out."""

ZONE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def pictures() -> Iterator[Any]:
    for index in range(ENDS_S * FPS):
        mono_s = index / FPS
        picture = np.clip(STREET + NOISE[index % len(NOISE)], 0, 255).astype(np.uint8)
        if COMES_S <= mono_s < GOES_S:
            picture[90:130, 60:100] = (30, 90, 160)
            picture[98:122:6, 66:94] = (200, 210, 220)
        if HIDDEN_S <= mono_s < SHOWN_S:
            picture[60:160, 30:150] = (200, 200, 205)
        yield picture // 16 if mono_s >= DARK_S else picture


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    write_film(path, pictures(), fps=FPS, gop_s=GOP_S)
    return path


class Box:
    """A service and its one worker, as far as second looks need them; the film is its time."""

    def __init__(self, folder: Path, film: Path, clock: FakeClock) -> None:
        self.settings = Settings.model_validate(
            {
                "models": {"street": "none"},
                "cameras": [
                    {
                        "id": "east",
                        "url": f"file:{film}",
                        "decode": "adaptive",
                        "zones": [
                            {
                                "id": "all",
                                "polygon": ZONE,
                                "rules": [{"type": "material_pile", "dwell": "10s"}],
                            }
                        ],
                    }
                ],
            }
        )
        self.clock = clock
        self.journal = Journal(folder / "journal.db", clock)
        self.reports = [CameraReport("east", CameraState.ONLINE)]
        self.looks = SecondLooks(clock=clock, zones={"all": ZONE}, stills=True)
        self.live = LiveHub(clock)
        line = WorkerLine(
            self.live.connect("worker-1", ["east"]),
            ["east"],
            clock,
            desk=Errands({"east": self.looks}, {}),
        )
        line.start()
        self.recheck = open_recheck(
            lambda: self.settings,
            journal=folder / "journal.db",
            live=self.live,
            reports=lambda: self.reports,
            cover=self._cover,
            clock=clock,
        )
        self._steps = self._run(film)
        self._threads = ThreadPoolExecutor(1)
        self.now_s = 0.0
        self.covered: list[bool] = []
        self.no_network = False

    def _cover(self, jpeg: bytes, plates: bool) -> bytes:
        if self.no_network:
            raise ConfigError("no network that finds faces is here")
        self.covered.append(plates)
        return jpeg

    def _run(self, film: Path) -> Iterator[float]:
        def opener(start_s: float) -> Any:
            return open_recording(
                film,
                start_utc=datetime(2026, 1, 1, tzinfo=UTC),
                decode=Decode.ADAPTIVE,
                quiet_after_s=QUIET_S,
                start_mono_s=start_s,
            )

        site = open_site(
            self.settings, self.settings.cameras, lambda: pytest.fail("a street has no residents")
        )
        around = Surroundings(
            self.journal,
            self.journal,
            parts.id_source(random.Random(1)),
            FakeClock(),  # the camera is never behind
            ClockState,
            looks=self.looks,
        )
        worker = build_worker(site, self.settings.cameras[0], opener, around=around)
        return worker.steps(Event())

    def step(self) -> None:
        now_s = next(self._steps)
        self.clock.advance(now_s - self.now_s)
        self.now_s = now_s

    def watch(self, until_s: float) -> None:
        while self.now_s < until_s:
            self.step()

    def incident_id(self) -> str:
        (incident,) = self.journal.open_incidents(Post("east", Duty.STREET))
        return incident.id

    def ask(self, **body: Any) -> tuple[dict[str, Any], Answer, float]:
        """Return what is answered, and how much of the film went by meanwhile."""
        command = Command(
            id="0193",
            box_id="box-01",
            name=NAME,
            signer="city",
            issued_at=self.clock.now,
            expires_at=self.clock.now + timedelta(minutes=5),
            body=json.dumps(body).encode(),
        )
        asked_s = self.now_s
        asked: Future[Answer] = self._threads.submit(
            self.recheck.handle, command, lambda told: None
        )
        while not self.looks.waiting and not asked.done():
            pass  # until the question is there
        while self.looks.waiting:
            self.step()
        answer = asked.result(PATIENCE_S)
        return json.loads(answer.body), answer, self.now_s - asked_s


@pytest.fixture
def box(film: Path, tmp_path: Path, clock: FakeClock) -> Box:
    return Box(tmp_path, film, clock)


@pytest.mark.timeout(60)
def test_a_place_is_present_occluded_gone_and_unseen_as_the_camera_shows_it(box: Box) -> None:
    box.watch(26)
    incident_id = box.incident_id()
    body, answer, took_s = box.ask(incident=incident_id)
    assert (body["verdict"], body["evidence"]) == ("present", ["static_foreground"])
    # A keyframe comes within two seconds, the next look in one more, although nothing moves.
    assert took_s <= GOP_S + 1.5
    (still,) = answer.attachments
    picture = cv2.imdecode(np.frombuffer(still.content, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert (still.name, len(still.content)) == (body["still"]["name"], body["still"]["bytes"])
    assert box.covered == [True]  # this camera has no network that sees where people are

    box.watch(HIDDEN_S + 3)
    body, _, took_s = box.ask(incident=incident_id)
    assert body["verdict"] == "occluded"
    assert took_s == pytest.approx(LOOKS_S, abs=GOP_S)

    box.watch(SHOWN_S + 4)
    box.no_network = True
    body, answer, _ = box.ask(incident=incident_id)
    assert (body["verdict"], body["still"], answer.attachments) == ("present", None, ())

    box.watch(GOES_S + 2)
    body, _, took_s = box.ask(incident=incident_id)
    assert (body["verdict"], body["evidence"]) == ("gone", [])
    assert took_s <= GOP_S + 1.5
    box_of_it = body["box"]

    box.watch(DARK_S + 4)
    body, _, _ = box.ask(camera="east", box=box_of_it)
    assert (body["verdict"], body["reason"]) == ("unseen", "black")


def test_a_camera_that_is_offline_is_said_to_be(box: Box) -> None:
    box.reports = [CameraReport("east", CameraState.OFFLINE, "no route to host")]
    body, answer, _ = box.ask(camera="east", box=(0.1, 0.4, 0.4, 0.8))
    assert (body["verdict"], body["reason"], body["still"]) == ("unseen", "offline", None)
    assert answer.attachments == ()


def test_a_picture_that_has_grown_is_made_small_enough_to_be_sent() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (540, 960, 3), np.uint8)
    large = cv2.imencode(".jpg", noise, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()
    assert len(large) > STILL_BYTES
    assert len(fitting(large)) <= STILL_BYTES
    assert fitting(b"small") == b"small"
