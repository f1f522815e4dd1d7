"""One worker process: a share of the cameras, one thread each, one copy of the networks."""

import faulthandler
import logging
import os
import signal
import sys
import time
from collections.abc import Sequence
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from threading import Event, Thread
from typing import Any

from edge.bootstrap import parts
from edge.bootstrap.camera.films import Films
from edge.bootstrap.camera.journal_writer import JournalWriter
from edge.bootstrap.camera.patience import unwritten
from edge.bootstrap.evidence import open_clip_desk
from edge.bootstrap.worker.assignment import SPARE, Assignment, Refusal
from edge.bootstrap.worker.confinement import call_itself, die_first, limit_memory
from edge.bootstrap.worker.crew import build_workers, second_looks
from edge.bootstrap.worker.heap import settle, share_heaps
from edge.bootstrap.worker.memory import allowed_bytes
from edge.bootstrap.worker.processors import Processors
from edge.clock import SystemClock
from edge.domain.camera import CameraReport, CameraState
from edge.errors import TOLD, StoreError, exit_code
from edge.logs import configure_logging
from edge.settings import Settings
from edge.settings.load import parse_settings
from edge.signals import stopped_by
from edge.store.journal import Journal
from edge.supervisor.camera_thread import CameraThread
from edge.supervisor.pulse import Pulse
from edge.supervisor.slate import Slate, Stage
from edge.supervisor.turn import SlateTurn
from edge.worker.camera import CameraWorker
from edge.worker.clips import ClipDesk
from edge.worker.errands import Errands
from edge.worker.governor import Governor
from edge.worker.line import WorkerLine
from models.picture import keep_to_one_thread

log = logging.getLogger(__name__)

PARENT_CHECK_S = 0.5
JOIN_S = 1.2
WRITTEN_WITHIN_S = 0.6
CLIPS_END_S = 0.6
"""With the cameras' end less than the service waits for its worker processes."""

CLIPS_LATE_S = 15.0
"""Where the cameras go on in another process, nobody waits for this one: it keeps packets until its
clips are complete, which they are so long after their post-roll at the latest."""

JOIN_EVERY_S = 0.02

STOPPED = 128 + signal.SIGTERM
"""Exit code of who was asked to end; 0 is said by who has nothing left to do."""


def run_worker(
    slate: Slate, line: "Connection[Any, Any]", last_words: "Connection[Any, Any]"
) -> None:
    """Wait for a share of the cameras and run it until SIGTERM; what a worker process does.

    Args:
        slate: Numbers that the service watches.
        line: To the service: the assignment comes over it, then wishes for live pictures.
        last_words: Takes the account of a crash in native code.
    """
    # All threads, as only then it says which of them the crash was in.
    faulthandler.enable(file=last_words.fileno())
    stop = stopped_by(signal.SIGTERM)
    for asked in (signal.SIGINT, signal.SIGHUP):
        signal.signal(asked, signal.SIG_IGN)  # the supervisor decides
    call_itself(SPARE)
    die_first()
    share_heaps()
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
    try:
        while not line.poll(PARENT_CHECK_S):
            if stop.is_set() or _orphaned():
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
    cameras_over = Event()
    writer = JournalWriter()
    try:
        films = Films(settings, camera_ids)
        looks = second_looks(settings, camera_ids)
        talk = WorkerLine(line, camera_ids, clock, desk=Errands(looks, films.by_camera()))
        desk = open_clip_desk(settings, films.by_camera(), clock=clock)
        if not assignment.follows:  # else their clips are still being written
            desk.abandon(camera_ids)
        # They go on until the last clip is written.
        taps = [
            CameraThread(tap, stop=cameras_over, clock=clock)
            for tap in films.taps(stop=cameras_over, clock=clock)
        ]
        workers = build_workers(
            settings,
            camera_ids,
            stop,
            writer=writer,
            films=films,
            wish=desk.wish,
            viewers=talk.viewfinders,
            looks=looks,
            turn=SlateTurn(slate),
            doubted=lambda: bool(slate.suspect),
            governor=governor,
            followed=lambda: bool(slate.followed),
        )
        threads = [CameraThread(worker, stop=stop, clock=clock) for worker in workers]
    except TOLD as error:
        _refuse(settings, assignment, line, error)
        sys.exit(exit_code(error))
    settle()
    talk.start()
    writer.start()
    for thread in (*threads, *taps):
        thread.start()

    def errand() -> None:
        _tell_backlog(slate)
        govern(governor, workers, slate)

    pulse.follow(threads, workers, errand, alive=lambda: not writer.stuck)
    slate.stage = Stage.READY
    log.info("worker=%s ready after %.1f s", assignment.name, clock.mono_s() - began_s)
    lookbacks = films.lookbacks(clock)
    keepers = [
        Thread(target=keep, args=(cameras_over,), name=name, daemon=True)
        for name, keep in (("clips", desk.run), ("last-hour", lookbacks.run))
    ]
    for keeper in keepers:
        keeper.start()
    crashed = False
    while not stop.wait(PARENT_CHECK_S):
        crashed = any(thread.crashed for thread in (*threads, *taps))
        if crashed or _orphaned() or all(thread.over for thread in threads):
            break
    code = STOPPED if stop.is_set() else int(crashed)
    stop.set()
    _let_go(threads, workers)
    writer.finish(WRITTEN_WITHIN_S)
    pulse.beat()
    slate.stage = Stage.CAMERAS_OVER
    log.info("worker=%s has let go of its cameras", assignment.name)
    if slate.followed:
        _complete(desk, within_s=settings.evidence.post_roll + CLIPS_LATE_S)
    cameras_over.set()  # now, as a camera's end may still open or clear something
    deadline_s = time.monotonic() + CLIPS_END_S
    for keeper in keepers:
        keeper.join(max(deadline_s - time.monotonic(), 0.0))
    logging.shutdown()
    # Threads that hang in native code must not keep the process; everything is on disk.
    os._exit(code)


def _let_go(threads: Sequence[CameraThread], workers: Sequence[CameraWorker]) -> None:
    """Wait a moment for every camera to come to its end."""
    deadline_s = time.monotonic() + JOIN_S
    for thread, worker in zip(threads, workers, strict=True):
        while not worker.has_let_go and thread.is_alive() and time.monotonic() < deadline_s:
            thread.join(JOIN_EVERY_S)


def _complete(desk: ClipDesk, *, within_s: float) -> None:
    """Wait until all clips have their post-roll; nobody waits for this process any more."""
    until_s, never = time.monotonic() + within_s, Event()
    while desk.busy and time.monotonic() < until_s and not _orphaned():
        never.wait(JOIN_EVERY_S)


def _orphaned() -> bool:
    """Return whether the service has ended: it may do so before this process knows its parent."""
    service = parent_process()
    return service is not None and os.getppid() != service.pid


def _tell_backlog(slate: Slate) -> None:
    slate.unwritten, slate.lost = unwritten()


def govern(governor: Governor, workers: Sequence[CameraWorker], slate: Slate) -> None:
    """Adapt to how the cameras fare, here and in the other processes."""
    governor.common = slate.common_strain
    governor.look(lambda: [load for one in workers if (load := one.load()) is not None])
    slate.strain = governor.strain


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
