"""Workers that die, hang or are stopped, with their networks and real cameras: who is back when."""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
import yaml

from edge.clock import SystemClock
from edge.domain.camera import CameraState
from edge.settings import load_settings
from edge.store.journal import Journal
from models.faces import FacePack
from tests.fixtures_rtsp import RtspServer
from tests.running_box import RunningBox, demo_town

BACK_WITHIN_S = 3.0
HANG_AFTER_S = 4
GAP_S = 1.0
PATIENCE_S = 90.0


class Town:
    """The demo's gate and street, each with a worker process of its own."""

    def __init__(self, box: RunningBox, cameras: RtspServer) -> None:
        self.box = box
        self.cameras = cameras
        self.journal = Journal(load_settings(box.config).home / "journal.db", SystemClock())

    def worker(self, camera: str) -> int:
        """Return the process that has a camera."""
        names = {Path(f"/proc/{pid}/comm").read_text().strip(): pid for pid in self.box.workers}
        return names[{"gate-demo": "worker-1", "street-demo": "worker-2"}[camera]]

    def online(self, camera: str) -> str:
        return f"camera={camera} online"

    def told(self, words: str) -> int:
        return sum(words in line for line in self.box.said)

    def back_after_s(self, camera: str, strike: Callable[[int], None]) -> float:
        """Do something to the worker of a camera; return after how long it has pictures again."""
        words = self.online(camera)
        before = self.told(words)
        struck_s = time.monotonic()
        strike(self.worker(camera))
        self.box.wait_for(words, times=before + 1, within_s=PATIENCE_S)
        return time.monotonic() - struck_s

    def open_incidents(self) -> list[str]:
        posts = self.journal.posts()
        return [one.id for post in posts for one in self.journal.open_incidents(post)]

    def opened_twice(self) -> list[tuple[str, str | None]]:
        """Return type and zone of what is open more often than once."""
        posts = self.journal.posts()
        open_ones = [one for post in posts for one in self.journal.open_incidents(post)]
        places = Counter((str(one.type), one.zone_id) for one in open_ones)
        return [place for place, count in places.items() if count > 1]

    def wait_until(self, what: Callable[[], bool]) -> None:
        never, until_s = Event(), time.monotonic() + PATIENCE_S
        while not what():
            assert time.monotonic() < until_s, "\n".join(self.box.said[-20:])
            never.wait(0.1)

    @property
    def spare(self) -> bool:
        """Return whether a process lies ready."""
        assert self.box.process is not None
        children = Path(f"/proc/{self.box.process.pid}/task/{self.box.process.pid}/children")
        names = [Path(f"/proc/{pid}/comm").read_text() for pid in children.read_text().split()]
        return "gridwatch-spare\n" in names


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, open_pack: FacePack) -> Iterator[Town]:
    box, cameras = demo_town(tmp_path_factory.mktemp("town"), open_pack)
    content = yaml.safe_load(box.config.read_text(encoding="utf-8"))
    content["processes"] = {"hang_after": f"{HANG_AFTER_S}s"}
    box.config.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    try:
        box.start()
        town = Town(box, cameras)
        for camera in ("gate-demo", "street-demo"):
            box.wait_for(town.online(camera), within_s=PATIENCE_S)
        town.wait_until(lambda: bool(town.open_incidents()))
        yield town
    finally:
        box.stop()
        cameras.stop()


@pytest.mark.e2e
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_worker_that_dies_is_back_within_three_seconds_and_the_other_does_not_notice(
    town: Town, number: signal.Signals
) -> None:
    town.wait_until(lambda: town.spare)
    gate = town.worker("gate-demo")
    gate_was_online = town.told(town.online("gate-demo"))
    known = town.open_incidents()
    after_s = town.back_after_s("street-demo", lambda pid: os.kill(pid, number))
    assert after_s < BACK_WITHIN_S
    assert town.box.wait_for(f": {number.name}", within_s=1.0)
    assert town.worker("gate-demo") == gate
    assert town.told(town.online("gate-demo")) == gate_was_online
    report = next(one.report for one in town.journal.cameras() if "gate" in one.report.camera_id)
    assert (report.state, report.reconnects) == (CameraState.ONLINE, 0)
    assert set(known) <= set(town.open_incidents())
    assert town.opened_twice() == []


@pytest.mark.e2e
def test_a_worker_that_is_stopped_gives_no_sign_of_life_and_is_replaced(town: Town) -> None:
    town.wait_until(lambda: town.spare)
    after_s = town.back_after_s("gate-demo", lambda pid: os.kill(pid, signal.SIGSTOP))
    assert town.box.wait_for("no sign of life", within_s=1.0)
    assert after_s < HANG_AFTER_S + BACK_WITHIN_S


@pytest.mark.e2e
def test_a_changed_camera_is_watched_on_while_its_worker_is_followed_by_another(
    town: Town,
) -> None:
    town.wait_until(lambda: town.spare)
    box, street = town.box, town.worker("street-demo")
    before = town.told(town.online("street-demo"))
    let_go = town.told("has let go of its cameras")
    content = yaml.safe_load(box.config.read_text(encoding="utf-8"))
    content["cameras"][1]["zones"][0]["rules"][0]["dwell"] = "25s"
    box.config.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    assert box.process is not None
    box.process.send_signal(signal.SIGHUP)
    box.wait_for("has let go of its cameras", times=let_go + 1, within_s=PATIENCE_S)
    let_go_s = time.monotonic()
    box.wait_for(town.online("street-demo"), times=before + 1, within_s=PATIENCE_S)
    assert time.monotonic() - let_go_s < GAP_S
    town.wait_until(lambda: len(box.workers) == 2)  # who has let go may write its last clips
    assert town.worker("street-demo") != street
