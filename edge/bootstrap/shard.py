"""One worker process: a share of the cameras, one thread each, one copy of the networks."""

import faulthandler
import logging
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event, Thread
from typing import Any

from edge.bootstrap import parts
from edge.bootstrap.cameras import Site, Surroundings, build_worker, open_site
from edge.bootstrap.confinement import call_itself, die_first, limit_memory
from edge.bootstrap.evidence import open_clip_desk
from edge.bootstrap.films import Films
from edge.bootstrap.memory import allowed_bytes
from edge.bootstrap.openers import stream_opener
from edge.bootstrap.patience import unwritten
from edge.bootstrap.processors import Processors
from edge.clock import SystemClock, boot_moment
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
from edge.supervisor.camera_thread import CameraThread
from edge.supervisor.pulse import Pulse
from edge.supervisor.slate import Slate, Stage
from edge.supervisor.turn import SlateTurn
from edge.worker.camera import CameraWorker, Viewer
from edge.worker.errands import Errands
from edge.worker.governor import Governor
from edge.worker.line import WorkerLine
from edge.worker.second_looks import SecondLooks
from edge.worker.turn import Turn
from models.picture import keep_to_one_thread

log = logging.getLogger(__name__)

PARENT_CHECK_S = 0.5
JOIN_S = 1.2
CLIPS_END_S = 0.6
"""With the cameras' end less than the service waits for its worker processes."""

FOLLOWED_CLIPS_END_S = 15.0
"""Where the cameras go on in another process, nobody waits for this one."""

STOPPED = 128 + signal.SIGTERM
"""Exit code of who was asked to end; 0 is said by who has nothing left to do."""

SPARE = "gridwatch-spare"


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a worker process is to do, sent to it over its line.

    Attributes:
        name: Its own, as in the log.
        config: The configuration's file.
        text: What was accepted of it: somebody may be in the middle of changing it.
        camera_ids: Its share.
        follows: Whether another process has these cameras until the turn comes.
    """

    name: str
    config: Path
    text: str
    camera_ids: tuple[str, ...]
    follows: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a worker that follows another one cannot start."""

    detail: str


def run_worker(
    slate: Slate, line: "Connection[Any, Any]", last_words: "Connection[Any, Any]"
) -> None:
    """Wait for a share of the cameras and run it until SIGTERM; the target of a worker process.

    Args:
        slate: Numbers that the service watches.
        line: To the service: the assignment comes over it, then wishes for live pictures.
        last_words: Takes the account of a crash in native code.
    """
    faulthandler.enable(file=last_words.fileno(), all_threads=False)
    stop = stopped_by(signal.SIGTERM)
    for asked in (signal.SIGINT, signal.SIGHUP):
        signal.signal(asked, signal.SIG_IGN)  # the supervisor decides
    call_itself(SPARE)
    die_first()
    configure_logging()
    keep_to_one_thread()
    pulse = Pulse(slate)
    pulse.start()
    slate.stage = Stage.SPARE
    assignment = _assigned(line, stop)
    slate.stage = Stage.LOADING
    call_itself(assignment.name)
    settings = parse_settings(assignment.config, assignment.text)  # which was accepted: it is valid
    limit_memory(allowed_bytes(settings, assignment.camera_ids))
    _run_shard(settings, assignment, slate=slate, line=line, pulse=pulse, stop=stop)


def _assigned(line: "Connection[Any, Any]", stop: Event) -> Assignment:
    """Return what to do; ends the process if the service does not want it any more."""
    parent = os.getppid()
    try:
        while not line.poll(PARENT_CHECK_S):
            if stop.is_set() or os.getppid() != parent:
                os._exit(STOPPED)
        assignment: Assignment = line.recv()
    except (EOFError, OSError):  # the service has ended
        os._exit(STOPPED)
    return assignment


def _run_shard(
    settings: Settings,
    assignment: Assignment,
    *,
    slate: Slate,
    line: "Connection[Any, Any]",
    pulse: Pulse,
    stop: Event,
) -> None:
    camera_ids, clock = assignment.camera_ids, SystemClock()
    began_s = clock.mono_s()
    governor = Governor(short=Processors().short, now_s=clock.mono_s)
    try:
        films = Films(settings, camera_ids)
        looks = second_looks(settings, camera_ids)
        talk = WorkerLine(line, camera_ids, clock, desk=Errands(looks, films.by_camera()))
        desk = open_clip_desk(settings, films.by_camera(), clock=clock)
        if not assignment.follows:  # else their clips are still being written
            desk.abandon(camera_ids)
        taps = [
            CameraThread(tap, stop=stop, clock=clock) for tap in films.taps(stop=stop, clock=clock)
        ]
        workers = build_workers(
            settings,
            camera_ids,
            stop,
            films=films,
            wish=desk.wish,
            viewers=talk.viewfinders,
            looks=looks,
            turn=SlateTurn(slate),
            doubted=lambda: bool(slate.suspect),
            governor=governor,
        )
        threads = [CameraThread(worker, stop=stop, clock=clock) for worker in workers]
    except TOLD as error:
        _refuse(settings, assignment, line, error)
        sys.exit(exit_code(error))
    talk.start()
    for thread in (*threads, *taps):
        thread.start()

    def errand() -> None:
        _tell_backlog(slate)
        govern(governor, workers, slate)

    pulse.follow(threads, workers, errand)
    slate.stage = Stage.READY
    log.info("worker=%s ready after %.1f s", assignment.name, clock.mono_s() - began_s)
    cameras_over = Event()
    clips = Thread(target=desk.run, args=(cameras_over,), name="clips", daemon=True)
    clips.start()
    lookbacks = films.lookbacks(clock)
    last_hour = Thread(target=lookbacks.run, args=(cameras_over,), name="last-hour", daemon=True)
    last_hour.start()
    parent = os.getppid()
    crashed = False
    while not stop.wait(PARENT_CHECK_S):
        crashed = any(thread.crashed for thread in (*threads, *taps))
        orphaned = os.getppid() != parent
        if crashed or orphaned or all(thread.over for thread in threads):
            break
    code = STOPPED if stop.is_set() else int(crashed)
    stop.set()
    deadline_s = time.monotonic() + JOIN_S
    for thread in threads:
        thread.join(max(deadline_s - time.monotonic(), 0.0))
    pulse.beat()
    slate.stage = Stage.CAMERAS_OVER
    log.info("worker=%s has let go of its cameras", assignment.name)
    cameras_over.set()  # now, as a camera's end may still open or clear something
    deadline_s = time.monotonic() + (FOLLOWED_CLIPS_END_S if slate.followed else CLIPS_END_S)
    for keeper in (clips, last_hour):
        keeper.join(max(deadline_s - time.monotonic(), 0.0))
    logging.shutdown()
    # Threads that hang in native code must not keep the process; everything is on disk.
    os._exit(code)


def _tell_backlog(slate: Slate) -> None:
    slate.unwritten, slate.lost = unwritten()


def govern(governor: Governor, workers: Sequence[CameraWorker], slate: Slate) -> None:
    """Adapt to how the cameras fare, here and in the other processes."""
    governor.common = slate.common_strain
    governor.look(lambda: [load for one in workers if (load := one.load()) is not None])
    slate.strain = governor.strain


def second_looks(settings: Settings, camera_ids: Sequence[str]) -> dict[str, SecondLooks]:
    """Return what can be asked about the places of those cameras that watch a street."""
    return {
        camera.id: SecondLooks(
            clock=SystemClock(),
            zones={zone.id: zone.polygon for zone in camera.zones},
            stills=settings.mqtt.street_stills,
        )
        for camera in map(settings.camera, camera_ids)
        if camera.watches_street
    }


def build_workers(
    settings: Settings,
    camera_ids: Sequence[str],
    stop: Event,
    *,
    films: Films,
    wish: Callable[[Clip], None],
    viewers: Mapping[str, Viewer],
    looks: Mapping[str, SecondLooks],
    turn: Turn,
    doubted: Callable[[], bool],
    governor: Governor,
) -> list[CameraWorker]:
    """Return the workers of some cameras, sharing networks and gallery.

    Args:
        settings: The configuration.
        camera_ids: Those of this process.
        stop: Ends recordings.
        films: Keep the cameras' packets.
        wish: Told of every clip that is wanted.
        viewers: Are shown each camera's pictures.
        looks: What is asked about the cameras' places.
        turn: Comes when nobody else has these cameras.
        doubted: Whether the box's clock is doubted.
        governor: Says what the machine can afford.
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
            lambda: replace(clock_state(), suspect=doubted()),
            probes,
            wish,
            viewers[camera.id],
            turn,
            looks.get(camera.id),
            governor,
            boot=boot_moment,
        )
        ring = films.ring(camera.id)
        opener = stream_opener(settings, camera, stop=stop, clock=clock, ring=ring)
        workers.append(build_worker(site, camera, opener, around=around))
    return workers


def _refuse(
    settings: Settings, assignment: Assignment, line: "Connection[Any, Any]", error: Exception
) -> None:
    """Say why these cameras are not there, for health and for who has changed something."""
    sys.stderr.write(f"gridwatch: {error}\n")
    if assignment.follows:
        line.send(Refusal(str(error)))
        return  # the process before this one goes on
    try:
        journal = Journal(parts.journal_path(settings), SystemClock())
        for camera_id in assignment.camera_ids:
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
