"""The service as a process of its own, with a console that people may sign in to."""

from pathlib import Path

import yaml

from edge.bench.service_process import STARTS_WITHIN_S, ServiceProcess
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


class RunningBox(ServiceProcess):
    """A box that a test or a picture looks at from outside."""

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
