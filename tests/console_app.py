"""The console on a store of its own, with a client for every role."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from argon2 import PasswordHasher
from fastapi.testclient import TestClient

from edge.bootstrap import parts
from edge.bootstrap.configuration.desk import ConfigurationDesk
from edge.bootstrap.ways.webhooks import Couriers
from edge.bootstrap.web.console import accounts_path, console_services
from edge.bootstrap.worker.live import LiveHub
from edge.bootstrap.workshop.service import Pool, Workshop
from edge.clock import ClockState, SystemClock
from edge.console.app import create_app
from edge.console.permissions import Role
from edge.console.services import Services
from edge.domain.camera import CameraReport, CameraState
from edge.domain.lane import Lane
from edge.domain.sink import SinkState
from edge.domain.worker import WorkerReport, WorkerState
from edge.settings import Settings, load_settings
from edge.store.accounts import Accounts
from edge.store.journal import Journal
from edge.store.per_thread import PerThread
from edge.store.sessions import Sessions
from edge.wire.health import BrokerLink, CommandsState, Health

PASSWORD = "correct horse battery"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Good for no real password: a tenth of a second for each would be most of a test's time."""

ONLY_CAMERA = "east"
CONFIGURATION = """\
box: {home: .}
cameras:
  - id: east # by the gate
    url: rtsp://viewer:hush@192.0.2.1/1
    gate: {direction: in}
  - id: west
    url: rtsp://192.0.2.2/1
    zones:
      - id: curb
        polygon: [[0.1, 0.6], [0.9, 0.6], [0.9, 0.9]]
        rules:
          - {type: motor_parking, dwell: 3m} # agreed with the shops
"""


def _no_pool() -> Pool:
    raise AssertionError("nothing here is work for the workshop")


def health() -> Health:
    """Return a box with one camera that is online and one that is not."""
    return Health(
        at=datetime(2026, 11, 24, tzinfo=UTC),
        cameras=[
            CameraReport(
                "east",
                CameraState.ONLINE,
                fps=25.0,
                analysed_fps=4.0,
                due_fps=5.0,
                dropped=3,
                cpu_share=0.06,
            ),
            CameraReport("west", CameraState.OFFLINE, "sent nothing in time", reconnects=2),
        ],
        waiting=4,
        parked=[(7, "too large")],
        disk_free_bytes=5_000_000_000,
        clock=ClockState(),
        worker_restarts=1,
        workers=[
            WorkerReport("worker-1", WorkerState.RUNNING, ("east",), memory_bytes=400_000_000),
            WorkerReport(
                "worker-1.west",
                WorkerState.CRASH_LOOP,
                ("west",),
                alone=True,
                restarts=7,
                crashes=4,
                last_exit="SIGSEGV",
                culprit="west",
                last_exit_ago_s=62.0,
                next_try_s=17.0,
            ),
        ],
        strain=0.25,
        broker=BrokerLink(
            connected=False,
            error="nobody listens there",
            delivered=9,
            receipts={"settled": 4, "unknown": 1, "malformed": 2, "again": 3},
            refused={"oversized": 6},
        ),
        commands=CommandsState(12, 1, {"bad_signature": 240}, {"timeout": 1}),
        sinks=[
            SinkState(
                "mqtt",
                waiting={Lane.ALERT: 1, Lane.STREET: 0, Lane.PASSAGE: 1, Lane.UPKEEP: 0},
                loose=2,
                awaiting=5,
                parked=1,
                refusals=((7, "too large"),),
                oldest_at=datetime(2026, 11, 24, 3, tzinfo=UTC),
                given_up=8,
                delivered=9,
                failing_since=datetime(2026, 11, 24, 4, tzinfo=UTC),
                error="nobody listens there",
            ),
            SinkState("files:archive", delivered_at=datetime(2026, 11, 24, 4, tzinfo=UTC)),
        ],
    )


@dataclass
class Console:
    """A console, its services, and who is known there."""

    home: Path
    settings: Settings = field(init=False)
    services: Services = field(init=False)
    accounts: Accounts = field(init=False)
    live: LiveHub = field(init=False)
    couriers: Couriers = field(init=False)

    def __post_init__(self) -> None:
        config = self.home / "gridwatch.yaml"
        if not config.exists():
            config.write_text(CONFIGURATION, encoding="utf-8")
        self.settings = load_settings(config)
        clock = SystemClock()
        Journal(parts.journal_path(self.settings), clock).close()
        desk = ConfigurationDesk(config, self.settings, clock)
        workshop = Workshop(self.home / "redacted", _no_pool, clock)
        self.live = LiveHub(clock)
        self.couriers = Couriers(
            parts.journal_path(self.settings), clock, box_id=self.settings.box.id
        )
        services = console_services(
            desk, workshop, live=self.live, clock=clock, health=health, webhooks=self.couriers
        )
        path = accounts_path(self.settings)
        accounts = PerThread(lambda: Accounts(path, clock, QUICK))
        sessions = PerThread(lambda: Sessions(accounts(), clock))
        self.services = replace(services, accounts=accounts, sessions=sessions)
        self.accounts = accounts()
        self.app = create_app(self.services)

    def client(self) -> TestClient:
        """Return somebody who is not signed in."""
        return TestClient(self.app, follow_redirects=False)

    def sign_in(self, role: Role, *, cameras: Sequence[str] | None = None) -> TestClient:
        """Return somebody of a role; its changes carry what a page of the console would send."""
        known = {user.name for user in self.accounts.users()}
        if role not in known:
            only = None if cameras is None else frozenset(cameras)
            self.accounts.add(role, role, only, by="test")
            self.accounts.set_password(role, PASSWORD, must_change=False, by="test")
        client = self.client()
        answer = client.post("/api/v1/login", json={"name": role, "password": PASSWORD})
        assert answer.status_code == 204, answer.text
        session = self.services.sessions().find(client.cookies["gridwatch-session"])
        assert session is not None
        client.headers["X-CSRF-Token"] = session.csrf
        return client


MakeConsole = Callable[[], Console]
