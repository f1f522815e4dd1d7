"""The service as a process of its own, with a console that people may sign in to."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from edge.bootstrap.web.console import accounts_path
from edge.clock import SystemClock
from edge.console.permissions import Role
from edge.demo.show import enrol, prepare
from edge.settings import load_settings
from edge.store.accounts import Accounts
from edge.store.first_password import NAME
from models.faces import FacePack
from tests.fixtures_rtsp import RtspServer

PASSWORD = "correct horse battery"
DEMO = {"gate-demo": "gate.mp4", "street-demo": "street.mp4"}
ENDS_WITHIN_S = 15.0
STARTS_WITHIN_S = 60.0


class RunningBox:
    """A box that a test or a picture looks at from outside."""

    def __init__(self, config: Path, content: Mapping[str, Any]) -> None:
        """Write its configuration."""
        self.config = config
        config.write_text(
            yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=False), encoding="utf-8"
        )
        self.url = ""
        self.said: list[str] = []
        self._heard = threading.Condition()
        self._service: subprocess.Popen[str] | None = None

    def let_in(self, role: Role) -> str:
        """Make a user who may sign in with ``PASSWORD``; return the name."""
        accounts = Accounts(accounts_path(load_settings(self.config)), SystemClock())
        accounts.add(role, role, None, by="town")
        accounts.set_password(role, PASSWORD, must_change=False, by="town")
        accounts.close()
        return role

    def first_password(self) -> str:
        """Return what the service has written for whoever signs in first."""
        self.wait_for("the password for the first login is in", within_s=STARTS_WITHIN_S)
        return (load_settings(self.config).home / NAME).read_text(encoding="utf-8").strip()

    def start(self) -> None:
        """Start the service; returns when its console listens."""
        self._service = subprocess.Popen(
            [sys.executable, "-m", "edge", "run", "--config", str(self.config)],
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )
        threading.Thread(target=self._follow, args=(self._service,), daemon=True).start()
        line = self.wait_for("console on ", within_s=STARTS_WITHIN_S)
        self.url = line.rpartition("console on ")[2]

    @property
    def process(self) -> "subprocess.Popen[str] | None":
        """Return the service while it runs."""
        return self._service

    @property
    def workers(self) -> list[int]:
        """Return the process ids of its workers that have a share of the cameras."""
        assert self._service is not None
        return workers_of(self._service.pid)

    def wait_for(self, words: str, *, times: int = 1, within_s: float) -> str:
        """Return the line with which the service has said something so often; else TimeoutError."""

        def heard() -> list[str]:
            return [line for line in self.said if words in line][times - 1 : times]

        with self._heard:
            if not self._heard.wait_for(heard, within_s):
                told = "\n".join(self.said[-20:])
                raise TimeoutError(f"{words!r} was not said within {within_s:.0f} s:\n{told}")
            return heard()[0]

    def stop(self) -> None:
        """End the service."""
        if self._service is not None:
            self._service.send_signal(signal.SIGTERM)
            self._service.wait(ENDS_WITHIN_S)
            self._service = None

    def _follow(self, service: "subprocess.Popen[str]") -> None:
        assert service.stderr is not None
        with service.stderr as lines:
            for line in lines:
                with self._heard:
                    self.said.append(line.rstrip("\n"))
                    self._heard.notify_all()


def workers_of(service: int) -> list[int]:
    """Return the process ids of a service's workers, without one that lies ready."""
    found = []
    for task in Path(f"/proc/{service}/task").glob("*/children"):
        for child in task.read_text().split():
            with contextlib.suppress(OSError):  # it has just ended
                if Path(f"/proc/{child}/comm").read_text().startswith("worker-"):
                    found.append(int(child))
    return found


def demo_town(folder: Path, pack: FacePack) -> tuple[RunningBox, RtspServer]:
    """Return the demo's gate and street as cameras over RTSP, and a box with its residents."""
    config = prepare(folder, pack, _unheard, street=True)
    cameras = RtspServer({name: ("h264", folder / film) for name, film in DEMO.items()})
    cameras.start()
    content = yaml.safe_load(config.read_text(encoding="utf-8"))
    content["console"] = {"port": 0}
    content["evidence"] = {"pre_roll": "5s", "post_roll": "4s"}
    for camera in content["cameras"]:
        camera["url"] = cameras.url(camera["id"])
    box = RunningBox(config, content)
    enrol(load_settings(config), folder, _unheard)
    return box, cameras


def _unheard(_: str) -> None:
    """Say nothing."""
