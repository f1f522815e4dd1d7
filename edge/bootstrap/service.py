"""The service: worker processes, the relay, the web service, and their orderly end."""

import contextlib
import logging
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from threading import Event, Thread

from edge.bootstrap import parts
from edge.bootstrap.configuration import ConfigurationDesk
from edge.bootstrap.console import console_services
from edge.bootstrap.evidence import evidence_folder, open_retention
from edge.bootstrap.films import forget_lookbacks
from edge.bootstrap.first_user import welcome_first_user
from edge.bootstrap.forgetting import Forgetting
from edge.bootstrap.housekeeping import Housekeeping
from edge.bootstrap.listener import listen
from edge.bootstrap.live import LiveHub
from edge.bootstrap.platform import Platform
from edge.bootstrap.retirement import retire
from edge.bootstrap.web import address, require_usable_tls, served
from edge.bootstrap.webhooks import Couriers, addresses
from edge.bootstrap.workers import Workers
from edge.bootstrap.workshop import open_workshop
from edge.clock import SystemClock
from edge.console.app import create_app
from edge.domain.camera import CameraReport, CameraState
from edge.errors import ConfigError, StoreError
from edge.health import clock_state, disk_free_bytes
from edge.settings import Settings
from edge.store.journal import Journal, SeenCamera
from edge.store.networks import Networks
from edge.store.outbox import Outbox
from edge.wire.health import Health

log = logging.getLogger(__name__)

CHECK_EVERY_S = 0.2
SILENT_AFTER_S = 10.0
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

    def __init__(self, settings: Settings, config: Path) -> None:
        """Prepare the service.

        Args:
            settings: The configuration.
            config: Its file; it may be edited while the service runs.

        Raises:
            ConfigError: A secret is missing.
            StoreError: The journal cannot be used.
        """
        require_usable_tls(settings)
        addresses(settings)
        self._settings = settings
        self._config = config
        self._clock = SystemClock()
        self._box = parts.box_identity(settings, {})
        path = parts.journal_path(settings)
        self._journal = Journal(path, self._clock)
        self._journal.keep_cameras([camera.id for camera in settings.cameras])
        retire(settings, self._journal, box=self._box, clock=self._clock)
        self._networks = Networks(path)
        self._networks.forget()
        self._for_health = Outbox(path, self._clock)
        self._desk = ConfigurationDesk(config, settings, self._clock)
        self._desk.remember()
        self._live = LiveHub(self._clock)
        self._couriers = Couriers(path, self._clock, box_id=settings.box.id)
        self._workers = Workers(
            config,
            settings,
            self._desk,
            live=self._live,
            clock=self._clock,
            seen=self._journal.cameras,
            adapt=self._adapt,
        )
        self._running = contextlib.ExitStack()
        self._forgets = False
        self._platform = Platform(
            settings,
            path,
            self._clock,
            box=lambda: self._box,
            models=self._networks.loaded,
            health=self.health,
        )
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
            running.enter_context(platform.relay(url, mqtt_version))
            running.callback(self._couriers.end)
            self._couriers.follow(self._settings)
            running.enter_context(self._web())
            running.enter_context(self._housekeeping())
            running.enter_context(self._forgetting())
            spare = self._settings.processes.spare and not end_with_recordings
            shards = running.enter_context(self._workers.running(spare=spare))
            while not stop.wait(CHECK_EVERY_S):
                if hangup is not None and hangup.is_set():
                    hangup.clear()
                    self._read_again()
                self._live.forget()
                self._workers.look_after(shards)
                if end_with_recordings and shards.over and not self._for_health.depth():
                    return

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
        welcome_first_user(self._settings, self._clock, sys.stderr)
        where = address(self._settings, listener.getsockname()[1])
        log.info("console on %s", where)
        if not self._settings.cameras:
            log.warning("no camera is configured; add the first one on %s/cameras", where)
        workshop = open_workshop(
            self._settings.home, self._config, self._clock, accepted=lambda: self._desk.settings
        )
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
        try:
            yield
        finally:
            workshop.close()
            services.dry_runs.close()
            server.should_exit = True
            thread.join(WEB_ENDS_S)
            listener.close()

    @contextlib.contextmanager
    def _housekeeping(self) -> Iterator[None]:
        evidence_folder(self._settings).forget_drafts()  # before the workers make new ones
        housekeeping = Housekeeping(
            open_retention(self._settings, self._clock),
            self._clock,
            errand=lambda: forget_lookbacks(self._settings, self._clock.utc()),
        )
        with _beside("housekeeping", housekeeping.run):
            yield

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

    def _read_again(self) -> None:
        self._desk.read_again()
        try:
            # The text may be the same, and a secret in a file of its own another one.
            self._couriers.follow(self._settings)
        except (ConfigError, StoreError) as error:
            log.error("webhooks go on as before: %s", error)  # noqa: TRY400

    def _adapt(self, settings: Settings) -> None:
        """Follow a configuration beside the workers, which are about to."""
        self._settings = settings
        self._box = parts.box_identity(settings, {})
        try:
            self._journal.keep_cameras([camera.id for camera in settings.cameras])
            retire(settings, self._journal, box=self._box, clock=self._clock)
            self._couriers.follow(settings)
            if not self._forgets:
                self._running.enter_context(self._forgetting())
        except (ConfigError, StoreError) as error:
            log.error("%s; to be done at the next start", error)  # noqa: TRY400

    def health(self) -> Health:
        """Return how the box is at this moment; called from several threads."""
        return Health(
            at=self._clock.utc(),
            cameras=[present(seen, self._clock.utc()) for seen in self._journal.cameras()],
            waiting=self._for_health.depth(),
            parked=[(one.seq, one.reason) for one in self._for_health.parked()],
            disk_free_bytes=disk_free_bytes(self._settings.home),
            clock=clock_state(),
            worker_restarts=self._workers.restarts,
            broker=self._platform.link,
        )


def present(seen: SeenCamera, now: datetime) -> CameraReport:
    """Return a camera's report as it holds now: a worker that is silent has no camera online."""
    silent_s = (now - seen.reported_at).total_seconds()
    if seen.report.state is not CameraState.ONLINE or silent_s < SILENT_AFTER_S:
        return seen.report
    detail = f"its worker has said nothing for {silent_s:.0f} s"
    return CameraReport(
        seen.report.camera_id,
        CameraState.OFFLINE,
        detail,
        dropped=seen.report.dropped,
        reconnects=seen.report.reconnects,
    )
