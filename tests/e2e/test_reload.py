"""The configuration changes while real workers run: who is not concerned does not notice."""

import json
import signal
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import cv2
import numpy as np
import pytest

from edge.bench.service_tree import workers_of
from edge.bootstrap.configuration.history import History
from edge.clock import SystemClock
from edge.domain.camera import CameraReport, CameraState
from edge.store.accounts import Accounts
from edge.store.journal import Journal
from edge.store.sessions import Sessions
from models.faces import Picture
from streams.film import write_film
from tests.fixtures_service import RunService

PUT_DOWN_S, LENGTH_S, FPS = 8, 120, 5
PATIENCE_S = 60.0
CONFIG = """\
box: {{home: ./var}}
models: {{street: {network}}}
mqtt: {{url: "mqtt://127.0.0.1:1"}}
console: {{port: 0}}
evidence: {{clips: false, stills: false}}
workers: 2
cameras:
  - id: east # nobody changes this one
    url: file:empty.mp4
    zones:
      - id: corner
        polygon: {corner}
        rules: [{{type: material_pile, dwell: 4s}}]
"""
WEST = """\
  - id: west
    url: file:{film}.mp4
    zones:
      - id: spot
        polygon: {spot}
        rules: [{{type: material_pile, dwell: 4s}}]
"""
CORNER = "[[0.0, 0.0], [0.2, 0.0], [0.2, 0.2], [0.0, 0.2]]"
CRATE = "[[0.3, 0.3], [0.7, 0.3], [0.7, 0.9], [0.3, 0.9]]"


def lane(put_down_s: float) -> Iterator[Picture]:
    """A drawn lane on which a crate is put down, a picture every fifth of a second."""
    source = np.random.default_rng(5)
    coarse = source.normal(112, 10, (45, 80, 1)).astype(np.float32)
    empty = cv2.resize(coarse, (320, 180))[..., None].repeat(3, axis=2)
    for number in range(LENGTH_S * FPS):
        picture = empty.copy()
        if number >= put_down_s * FPS:
            picture[80:136, 120:200] = (60, 110, 160)
            picture[80:136:8, 120:200] -= 35
        yield np.clip(picture + source.normal(0, 1.5, picture.shape), 0, 255).astype(np.uint8)


class Running:
    """The service on a file that is edited under it."""

    def __init__(self, folder: Path, run_service: RunService) -> None:
        self.file = folder / "gridwatch.yaml"
        self.home = folder / "var"
        self.write(WEST.format(film="empty", spot=CORNER))
        self.process = run_service(self.file)

    def write(self, west: str, *, network: str = "none") -> None:
        self.file.write_text(CONFIG.format(network=network, corner=CORNER) + west)

    def token(self) -> str:
        """Return a secret with which an administrator's machine asks."""
        accounts = Accounts(self.home / "console.db", SystemClock())
        accounts.add("anne", "admin", None, by="test")
        accounts.set_password("anne", "correct horse battery", must_change=False, by="test")
        user = accounts.find("anne")
        assert user is not None
        expires_at = SystemClock().utc() + timedelta(hours=1)
        return Sessions(accounts, SystemClock()).make_token("test", user, "admin", expires_at)

    def hang_up(self, words: str) -> str:
        """Have the file read again; return the log until some words are said."""
        self.process.send_signal(signal.SIGHUP)
        assert self.process.stderr is not None
        said = []
        for line in self.process.stderr:
            said.append(line)
            if words in line:
                return "".join(said)
        raise AssertionError("".join(said))

    def line_with(self, words: str) -> str:
        assert self.process.stderr is not None
        return next(line for line in self.process.stderr if words in line)

    def workers(self) -> set[int]:
        """Return the processes of workers that have cameras."""
        return set(workers_of(self.process.pid))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("reload")
    write_film(path / "lane.mp4", lane(PUT_DOWN_S), fps=FPS)
    write_film(path / "empty.mp4", lane(LENGTH_S), fps=FPS)
    return path


def eventually(what: Callable[[], bool]) -> None:
    never, until_s = Event(), time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < until_s
        never.wait(0.2)


@pytest.mark.e2e
def test_a_change_of_one_camera_leaves_the_other_alone(
    folder: Path, run_service: RunService
) -> None:
    running = Running(folder, run_service)
    eventually((running.home / "journal.db").exists)
    journal = Journal(running.home / "journal.db", SystemClock())

    def online() -> set[str]:
        seen = [one.report for one in journal.cameras()]
        return {one.camera_id for one in seen if one.state is CameraState.ONLINE}

    eventually(lambda: online() == {"east", "west"})
    before = running.workers()
    assert len(before) == 2

    running.write("  - id: west\n    url: [\n")
    said = running.hang_up("configuration refused")
    assert "the old one goes on" in said
    assert "gridwatch.yaml:16: is no valid YAML" in said
    assert running.workers() == before

    running.write(WEST.format(film="lane", spot=CRATE))
    said = running.hang_up("configuration followed")
    assert "workers begun anew: worker-2" in said
    kept = before & running.workers()
    assert len(kept) == 1
    eventually(lambda: len(running.workers()) == 2)

    def opened() -> list[str]:
        return [
            one.zone_id or "" for post in journal.posts() for one in journal.open_incidents(post)
        ]

    eventually(lambda: opened() == ["spot"])
    east = next(one.report for one in journal.cameras() if one.report.camera_id == "east")
    assert (east.state, east.dropped, east.reconnects) == (CameraState.ONLINE, 0, 0)
    assert kept < running.workers()

    running.write(WEST.format(film="empty", spot=CRATE).replace("id: spot", "id: other"))
    assert "workers begun anew: worker-2" in running.hang_up("configuration followed")
    eventually(lambda: opened() == [])
    assert kept < running.workers()

    running.write(WEST.format(film="lane", spot=CRATE), network="gone.onnx")
    said = running.hang_up("the one before goes on")
    assert "models.street: " in said
    eventually(lambda: len(running.workers()) == 2)
    running.write("")
    running.hang_up("configuration followed")  # of what was taken back
    running.hang_up("workers begun anew: none")
    eventually(lambda: online() == {"east"})
    assert opened() == []
    assert len(running.workers()) == 1
    remarks = [one.by for one in History(running.home, SystemClock()).states()]
    assert remarks == ["file"] * 5
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(10) == 0


class Caller:
    """A machine that asks the console."""

    def __init__(self, address: str, token: str) -> None:
        self.address = f"{address}/api/v1/configuration"
        self.token = token

    def ask(self, method: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        content = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(self.address, content, headers, method=method)
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return dict(json.load(answer))

    def save(self, **keys: Any) -> None:
        version = self.ask("GET")["version"]
        changes = [{"camera_id": "west", "keys": keys}]
        self.ask("PUT", {"version": version, "changes": changes, "remark": "tried"})


@pytest.mark.e2e
def test_what_is_saved_in_the_console_is_followed_and_what_cannot_run_is_taken_back(
    folder: Path, run_service: RunService
) -> None:
    running = Running(folder, run_service)
    address = running.line_with("console on").split()[-1]
    journal = Journal(running.home / "journal.db", SystemClock())
    caller = Caller(address, running.token())

    def east() -> list[CameraReport]:
        return [one.report for one in journal.cameras() if one.report.camera_id == "east"]

    eventually(lambda: [one.state for one in east()] == [CameraState.ONLINE])
    before = running.workers()
    rates = []
    for dwell in ("5s", "6s", "7s"):
        zones = caller.ask("GET")["cameras"][1]["zones"]
        zones[0]["rules"][0]["dwell"] = dwell
        caller.save(zones=zones)
        assert "worker-2" in running.line_with("configuration followed")
        rates += [one.fps for one in east()]
    assert len(before & running.workers()) == 1
    assert min(rates) > FPS - 2
    assert "dwell: 7s}" in running.file.read_text()
    text = running.file.read_text()
    saved_at = SystemClock().utc()
    heard: set[datetime] = set()

    def west_runs() -> bool:
        """Return whether its new worker has said so more often than once."""
        times = [one.reported_at for one in journal.cameras() if one.report.camera_id == "west"]
        heard.update(one for one in times if one > saved_at)
        return len(heard) > 3

    eventually(west_runs)

    def taken_back() -> bool:
        return "templates.key" in str(caller.ask("GET")["refused"])

    gate = {"gate": {"direction": "in"}}
    (running.home / "keys").mkdir(exist_ok=True)
    (running.home / "keys" / "templates.key").write_text("no key")
    caller.save(**gate)
    eventually(taken_back)
    assert running.file.read_text() == text
    eventually(lambda: len(running.workers()) == 2)
    assert [(one.state, one.dropped, one.reconnects) for one in east()] == [
        (CameraState.ONLINE, 0, 0)
    ]
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(10) == 0
