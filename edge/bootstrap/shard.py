"""One worker process: a share of the cameras, one thread each, one copy of the networks."""

import logging
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event, Thread
from typing import Any

from edge.bootstrap import parts
from edge.bootstrap.cameras import Site, Surroundings, build_worker, open_site
from edge.bootstrap.evidence import open_clip_desk
from edge.bootstrap.films import Films
from edge.bootstrap.openers import stream_opener
from edge.clock import SystemClock
from edge.domain.camera import CameraReport, CameraState
from edge.errors import TOLD, StoreError, exit_code
from edge.health import clock_state
from edge.logs import configure_logging
from edge.settings import Settings
from edge.settings.load import parse_settings
from edge.signals import stopped_by
from edge.store.journal import Journal
from edge.store.kept import Clip
from edge.store.networks import Networks
from edge.supervisor import CameraThread
from edge.worker.camera import CameraWorker, Viewer
from edge.worker.errands import Errands
from edge.worker.line import WorkerLine
from edge.worker.second_looks import SecondLooks
from models.picture import keep_to_one_thread

log = logging.getLogger(__name__)

PARENT_CHECK_S = 0.5
JOIN_S = 1.2
CLIPS_END_S = 0.6
"""With the cameras' end less than the service waits for its worker processes."""


def run_shard(
    config: Path, text: str, camera_ids: Sequence[str], line: "Connection[Any, Any]"
) -> None:
    """Run a share of the cameras until SIGTERM; the target of a worker process.

    Args:
        config: The configuration's file.
        text: What was accepted of it: somebody may be in the middle of changing it.
        camera_ids: Whose.
        line: To the service, for live pictures and errands.
    """
    stop = stopped_by(signal.SIGTERM)
    for asked in (signal.SIGINT, signal.SIGHUP):
        signal.signal(asked, signal.SIG_IGN)  # the supervisor decides
    configure_logging()
    keep_to_one_thread()
    settings = parse_settings(config, text)  # which was accepted: it is valid
    try:
        films = Films(settings, camera_ids)
        looks = second_looks(settings, camera_ids)
        live = WorkerLine(line, camera_ids, SystemClock(), desk=Errands(looks, films.by_camera()))
        desk = open_clip_desk(settings, films.by_camera(), clock=SystemClock())
        desk.abandon(camera_ids)
        taps = [
            CameraThread(tap, stop=stop, clock=SystemClock())
            for tap in films.taps(stop=stop, clock=SystemClock())
        ]
        threads = [
            CameraThread(worker, stop=stop, clock=SystemClock())
            for worker in build_workers(
                settings,
                camera_ids,
                stop,
                films=films,
                wish=desk.wish,
                viewers=live.viewfinders,
                looks=looks,
            )
        ]
    except TOLD as error:
        sys.stderr.write(f"gridwatch: {error}\n")
        _report_refusal(settings, camera_ids, error)
        sys.exit(exit_code(error))
    live.start()
    for thread in (*threads, *taps):
        thread.start()
    cameras_over = Event()
    clips = Thread(target=desk.run, args=(cameras_over,), name="clips", daemon=True)
    clips.start()
    lookbacks = films.lookbacks(SystemClock())
    last_hour = Thread(target=lookbacks.run, args=(cameras_over,), name="last-hour", daemon=True)
    last_hour.start()
    parent = os.getppid()
    crashed = False
    while not stop.wait(PARENT_CHECK_S):
        crashed = any(thread.crashed for thread in (*threads, *taps))
        orphaned = os.getppid() != parent
        if crashed or orphaned or all(thread.over for thread in threads):
            break
    stop.set()
    deadline_s = time.monotonic() + JOIN_S
    for thread in threads:
        thread.join(max(deadline_s - time.monotonic(), 0.0))
    cameras_over.set()  # now, as a camera's end may still open or clear something
    deadline_s = time.monotonic() + CLIPS_END_S
    for keeper in (clips, last_hour):
        keeper.join(max(deadline_s - time.monotonic(), 0.0))
    logging.shutdown()
    # Threads that hang in native code must not keep the process; everything is on disk.
    os._exit(1 if crashed else 0)


def build_workers(
    settings: Settings,
    camera_ids: Sequence[str],
    stop: Event,
    *,
    films: Films,
    wish: Callable[[Clip], None],
    viewers: Mapping[str, Viewer],
    looks: Mapping[str, SecondLooks],
) -> list[CameraWorker]:
    """Return the workers of some cameras, sharing networks and gallery.

    Args:
        settings: The configuration.
        camera_ids: Those of this process.
        stop: Ends recordings.
        films: Keep the cameras' packets.
        wish: Told of every clip that is wanted.
        viewers: Are shown each camera's pictures.
        looks: What is asked about the places of those that watch a street.
    """
    clock = SystemClock()
    cameras = [settings.camera(camera_id) for camera_id in camera_ids]
    site = open_site(settings, cameras, lambda: parts.open_residents(settings, clock))
    _report_networks(settings, camera_ids[0], site)
    new_id = parts.id_source(random.SystemRandom())
    workers = []
    for camera in cameras:
        journal = Journal(parts.journal_path(settings), clock)
        probes = parts.open_probes(settings) if camera.gate is not None else None
        around = Surroundings(
            journal,
            journal,
            new_id,
            clock,
            clock_state,
            probes,
            wish,
            viewers[camera.id],
            looks=looks.get(camera.id),
        )
        ring = films.ring(camera.id)
        opener = stream_opener(settings, camera, stop=stop, clock=clock, ring=ring)
        workers.append(build_worker(site, camera, opener, around=around))
    return workers


def second_looks(settings: Settings, camera_ids: Sequence[str]) -> dict[str, SecondLooks]:
    """Return who takes questions about places, of the cameras that watch a street."""
    cameras = (settings.camera(camera_id) for camera_id in camera_ids)
    return {
        camera.id: SecondLooks(
            clock=SystemClock(),
            zones={zone.id: zone.polygon for zone in camera.zones},
            stills=settings.mqtt.street_stills,
        )
        for camera in cameras
        if camera.watches_street
    }


def _report_refusal(settings: Settings, camera_ids: Sequence[str], error: Exception) -> None:
    """Say why these cameras are not there, for health and for who has changed something."""
    try:
        journal = Journal(parts.journal_path(settings), SystemClock())
        for camera_id in camera_ids:
            journal.report(CameraReport(camera_id, CameraState.OFFLINE, str(error)))
        journal.close()
    except StoreError as why:
        log.warning("the refusal is not told: %s", why)


def _report_networks(settings: Settings, worker: str, site: Site) -> None:
    """Say which networks were loaded, for the status message."""
    networks = Networks(parts.journal_path(settings))
    try:
        networks.report(worker, site.networks())
    except StoreError as error:
        log.warning("networks are not told: %s", error)  # cameras do not wait for the disk
    finally:
        networks.close()
