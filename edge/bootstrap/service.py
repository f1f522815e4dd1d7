"""The service: worker processes, the relay, the web service, and their orderly end."""

import contextlib
import logging
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

from edge.bootstrap import parts
from edge.bootstrap.camera.films import forget_lookbacks
from edge.bootstrap.configuration.desk import ConfigurationDesk
from edge.bootstrap.configuration.retirement import retire
from edge.bootstrap.evidence import evidence_folder, open_retention
from edge.bootstrap.upkeep.chores import Chores
from edge.bootstrap.upkeep.databases import Databases
from edge.bootstrap.upkeep.forgetting import Forgetting
from edge.bootstrap.upkeep.housekeeping import Housekeeping
from edge.bootstrap.upkeep.machine import Machine
from edge.bootstrap.upkeep.store_watch import StoreWatch
from edge.bootstrap.upkeep.vitals import Vitals
from edge.bootstrap.ways.commands import CommandRoom
from edge.bootstrap.ways.files import FileSinks
from edge.bootstrap.ways.platform import Platform
from edge.bootstrap.ways.webhooks import Couriers, addresses
from edge.bootstrap.web.console import console_services
from edge.bootstrap.web.first_user import welcome_first_user
from edge.bootstrap.web.listener import listen
from edge.bootstrap.web.serving import address, require_usable_tls, served
from edge.bootstrap.worker.live import LiveHub
from edge.bootstrap.worker.recruits import Recruits
from edge.bootstrap.worker.workers import Workers
from edge.bootstrap.workshop.service import open_workshop
from edge.clock import SystemClock
from edge.console.app import create_app
from edge.errors import ConfigError, StoreError
from edge.health import clock_state, disk_free_bytes
from edge.notify import Systemd
from edge.settings import Settings
from edge.store.journal import Journal
from edge.store.networks import Networks
from edge.wire.health import Health

log = logging.getLogger(__name__)

CHECK_EVERY_S = 0.2
BESIDES_END_S = 1.0
WEB_ENDS_S = 0.5


@contextlib.contextmanager
def _beside(name: str, run: Callable[[Event], None]) -> Iterator[None]:
    """Have something run on a thread of its own; one that hangs on a disk keeps nobody."""
    stop = Event()
    thread = Thread(target=run, args=(stop,), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(BESIDES_END_S)


class Service:
    """One run of ``gridwatch run``."""

    def __init__(
        self, settings: Settings, config: Path, *, recruits: Recruits | None = None
    ) -> None:
        """Prepare the service.

        Args:
            settings: The configuration.
            config: Its file; it may be edited while the service runs.
            recruits: Worker processes that have been started already; None for none.

        Raises:
            ConfigError: A secret is missing.
        """
        require_usable_tls(settings)
        addresses(settings)
        self._settings = settings
        self._config = config
        self._clock = SystemClock()
        self._box = parts.box_identity(settings, {})
        path = parts.journal_path(settings)
        self._databases = Databases(settings, self._clock)
        self._databases.begin()
        self._chores = Chores(self._clock)
        self._journal = Journal(path, self._clock)
        self._chores.do("tidying the journal", self._tidy)
        try:
            with contextlib.closing(Networks(path)) as networks:
                networks.forget()
        except StoreError as error:
            log.warning("networks of before are told still: %s", error)
        self._desk = ConfigurationDesk(config, settings, self._clock)
        self._desk.remember()
        self._live = LiveHub(self._clock)
        self._couriers = Couriers(path, self._clock, box_id=settings.box.id)
        self._files = FileSinks(settings, self._clock)
        self._vitals = Vitals(path, self._clock, writable=lambda: self._store_watch.writable)
        self._workers = Workers(
            config,
            settings,
            self._desk,
            live=self._live,
            clock=self._clock,
            seen=self._vitals.seen,
            adapt=self._adapt,
            recruits=recruits,
        )
        self._store_watch = StoreWatch(
            path,
            self._databases,
            clock=self._clock,
            clock_state=clock_state,
            unwritten=self._workers.backlog,
        )
        self._running = contextlib.ExitStack()
        self._forgets = False
        self._commands = CommandRoom(
            self._desk,
            live=self._live,
            reports=self._vitals.cameras,
            clock=self._clock,
            clock_state=self._store_watch.clock_now,
            unread=lambda: self._platform.unread,
        )
        self._platform = Platform(
            settings,
            path,
            self._clock,
            box=lambda: self._box,
            models=self._vitals.networks,
            health=self.health,
            inbox=self._commands.inbox,
        )
        self._machine = Machine(Systemd.of_this_process(), self._clock, health=self.health)
        self.on_broker: Callable[[str, str], None] | None = None
        """Told the broker's URL and MQTT version before anything is published."""

    def run(
        self,
        stop: Event,
        *,
        hangup: Event | None = None,
        end_with_recordings: bool = False,
        before_end: Callable[[], None] | None = None,
    ) -> None:
        """Run until ``stop`` is set.

        Args:
            stop: Set by SIGTERM or SIGINT.
            hangup: Set by SIGHUP: the configuration is to be read again.
            end_with_recordings: Also end when every camera was a recording and is over, and
                everything has been delivered.
            before_end: Called when the relay has ended and the broker has not.

        Raises:
            WorkerRefusedError: A worker could not start at all.
            DeliveryError: The embedded broker's port is taken.
        """
        with self._running as running:
            platform = self._platform
            url, mqtt_version = running.enter_context(platform.broker())
            if self.on_broker is not None:
                self.on_broker(url, mqtt_version)
            if before_end is not None:
                running.callback(before_end)
            running.enter_context(self._commands.running())
            running.enter_context(platform.relay(url, mqtt_version))
            running.callback(self._couriers.end)
            running.callback(self._files.end)
            self._store_watch.look()
            running.enter_context(_beside("store-watch", self._store_watch.run))
            for what, begin in (
                ("following webhooks", lambda: self._couriers.follow(self._settings)),
                ("following files", lambda: self._files.follow(self._settings)),
                ("keeping house", lambda: running.enter_context(self._housekeeping())),
                ("forgetting", lambda: running.enter_context(self._forgetting())),
            ):
                self._chores.do(what, begin)
            spare = self._settings.processes.spare and not end_with_recordings
            shards = running.enter_context(self._workers.running(spare=spare))
            if not stop.is_set():  # last, as it takes longest: nobody at a gate waits for it
                self._chores.do("beginning the console", lambda: running.enter_context(self._web()))
            self._machine.begin()
            running.callback(self._machine.end)
            while not stop.wait(CHECK_EVERY_S):
                if hangup is not None and hangup.is_set():
                    hangup.clear()
                    self._machine.reload()
                    self._read_again()
                self._live.forget()
                self._chores.look()
                self._workers.doubt_clock(suspect=self._store_watch.belief.suspect)
                self._workers.look_after(shards)
                self._machine.go_round(changing=self._workers.changing)
                if end_with_recordings and shards.over and not self._vitals.waiting():
                    break
        self._databases.end()

    @contextlib.contextmanager
    def _web(self) -> Iterator[None]:
        section = self._settings.console
        try:
            listener = listen(section.host, section.port)
        except OSError as error:
            # The gates go on: they matter more than their figures.
            log.error(  # noqa: TRY400 - one line, no traceback
                "console.port: %s:%s cannot be used (%s); no health and metrics until it is free",
                section.host,
                section.port,
                error.strerror,
            )
            yield
            return
        with contextlib.closing(listener), self._console(listener):
            yield

    @contextlib.contextmanager
    def _console(self, listener: socket.socket) -> Iterator[None]:
        self._chores.do(
            "making the first user",
            lambda: welcome_first_user(self._settings, self._clock, sys.stderr),
        )
        where = address(self._settings, listener.getsockname()[1])
        if not self._settings.cameras:
            log.warning("no camera is configured; add the first one on %s/cameras", where)
        workshop = open_workshop(
            self._settings.home, self._config, self._clock, accepted=lambda: self._desk.settings
        )
        with contextlib.closing(workshop):
            services = console_services(
                self._desk,
                workshop,
                live=self._live,
                clock=self._clock,
                health=self.health,
                webhooks=self._couriers,
            )
            server = served(create_app(services), self._settings)
            thread = Thread(target=server.run, args=([listener],), name="web", daemon=True)
            thread.start()
            log.info("console on %s", where)
            try:
                yield
            finally:
                services.dry_runs.close()
                server.should_exit = True
                thread.join(WEB_ENDS_S)

    @contextlib.contextmanager
    def _housekeeping(self) -> Iterator[None]:
        evidence_folder(self._settings).forget_drafts()  # before the workers make new ones
        housekeeping = Housekeeping(
            open_retention(
                self._settings, self._clock, certain=lambda: self._store_watch.belief.certain
            ),
            self._clock,
            errand=self._forget_lookbacks,
        )
        with _beside("housekeeping", housekeeping.run):
            yield

    def _forget_lookbacks(self) -> None:
        """Forget the last hours of cameras that are too old; while no clock says so, none is."""
        scarce = disk_free_bytes(self._settings.home) < self._settings.evidence.least_free
        if self._store_watch.belief.certain or scarce:
            forget_lookbacks(self._settings, self._clock.utc())

    @contextlib.contextmanager
    def _forgetting(self) -> Iterator[None]:
        """Purge faces and handicaps when their time is over."""
        if not any(camera.gate for camera in self._settings.cameras):
            yield
            return
        directory = parts.open_directory(self._settings, self._clock, actor="service")
        self._forgets = True
        forgetting = Forgetting(parts.open_probes(self._settings), directory, self._clock)
        with _beside("forgetting", forgetting.run):
            yield

    def _tidy(self) -> None:
        """Let go of cameras that are not configured any more."""
        self._journal.keep_cameras([camera.id for camera in self._settings.cameras])
        retire(self._settings, self._journal, box=self._box, clock=self._clock)

    def _read_again(self) -> None:
        self._desk.read_again()
        try:
            # The text may be the same, and a secret in a file of its own another one.
            self._couriers.follow(self._settings)
        except (ConfigError, StoreError) as error:
            log.error("webhooks go on as before: %s", error)  # noqa: TRY400
        self._believe()

    def _believe(self) -> None:
        """Believe the keys of commands that are configured now: one may have been withdrawn."""
        try:
            self._commands.follow(self._settings)
        except ConfigError as error:
            log.error("commands are taken as before: %s", error)  # noqa: TRY400

    def _adapt(self, settings: Settings) -> None:
        """Follow a configuration beside the workers, which are about to."""
        self._settings = settings
        self._box = parts.box_identity(settings, {})
        self._believe()
        self._chores.do("tidying the journal", self._tidy)
        self._chores.do("following webhooks", lambda: self._couriers.follow(self._settings))
        self._chores.do("following files", lambda: self._files.follow(self._settings))
        if not self._forgets:
            self._chores.do("forgetting", lambda: self._running.enter_context(self._forgetting()))

    def health(self) -> Health:
        """Return how the box is at this moment; called from several threads."""
        return Health(
            at=self._clock.utc(),
            cameras=self._vitals.cameras(),
            waiting=self._vitals.waiting(),
            parked=self._vitals.parked(),
            sinks=self._vitals.sinks(),
            disk_free_bytes=disk_free_bytes(self._settings.home),
            clock=self._store_watch.clock_now(),
            store=self._store_watch.state(),
            worker_restarts=self._workers.restarts,
            workers=self._workers.reports(),
            strain=self._workers.strain,
            broker=self._platform.link,
            commands=self._commands.state(),
        )
