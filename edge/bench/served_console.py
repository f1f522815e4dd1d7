"""A console in a process of its own: the pages of the service without its cameras."""

import multiprocessing
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Self

from edge.bootstrap import parts
from edge.bootstrap.configuration.desk import ConfigurationDesk
from edge.bootstrap.ways.webhooks import Couriers
from edge.bootstrap.web.console import console_services
from edge.bootstrap.web.listener import listen
from edge.bootstrap.web.serving import served
from edge.bootstrap.worker.live import LiveHub
from edge.bootstrap.workshop.service import open_workshop
from edge.clock import Clock, SystemClock
from edge.console.app import create_app
from edge.health import clock_state, disk_free_bytes
from edge.settings import Settings, load_settings
from edge.store.journal import Journal
from edge.store.outbox import Outbox
from edge.store.per_thread import PerThread
from edge.wire.health import Health

READY_S = 60.0
ENDS_S = 10.0


class ServedConsole:
    """The process; it runs between entering and leaving."""

    def __init__(self, config: Path) -> None:
        """Prepare; ``config`` is the configuration's file."""
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(config, theirs), name="console")
        self.port = 0

    def __enter__(self) -> Self:
        """Start it and wait until it answers.

        Raises:
            TimeoutError: It does not.
        """
        self._process.start()
        if not self._pipe.poll(READY_S):
            self._end()
            raise TimeoutError(f"the console did not start within {READY_S:.0f} s")
        self.port = self._pipe.recv()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it."""
        self._end()

    @property
    def pid(self) -> int:
        """Return its process id."""
        assert self._process.pid is not None
        return self._process.pid

    def _end(self) -> None:
        self._pipe.close()
        self._process.join(ENDS_S)
        self._process.kill()
        self._process.join()


def _serve(config: Path, pipe: Connection) -> None:
    """Serve until the other end of the pipe is closed."""
    settings, clock = load_settings(config), SystemClock()
    path = parts.journal_path(settings)
    journal, outbox = (
        PerThread(lambda: Journal(path, clock)),
        PerThread(lambda: Outbox(path, clock)),
    )
    desk = ConfigurationDesk(config, settings, clock)
    desk.remember()
    workshop = open_workshop(settings.home, config, clock, accepted=lambda: settings)
    services = console_services(
        desk,
        workshop,
        live=LiveHub(clock),
        clock=clock,
        health=lambda: _health(settings, journal(), outbox(), clock),
        webhooks=Couriers(path, clock, box_id=settings.box.id),
    )
    listener = listen("127.0.0.1", 0)
    server = served(create_app(services), settings)
    web = Thread(target=server.run, args=([listener],), name="web", daemon=True)
    web.start()
    pipe.send(listener.getsockname()[1])
    try:
        pipe.recv()
    except EOFError:
        server.should_exit = True
        web.join()
    workshop.close()


def _health(settings: Settings, journal: Journal, outbox: Outbox, clock: Clock) -> Health:
    return Health(
        at=clock.utc(),
        cameras=[seen.report for seen in journal.cameras()],
        waiting=outbox.depth(),
        parked=[(one.seq, one.reason) for one in outbox.parked()],
        disk_free_bytes=disk_free_bytes(settings.home),
        clock=clock_state(),
        worker_restarts=0,
    )
