"""The cameras of one worker process, built of the configuration."""

import logging
import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from threading import Event

from edge.bootstrap import parts
from edge.bootstrap.camera.cameras import Exhibits, Site, Surroundings, build_worker, open_site
from edge.bootstrap.camera.films import Films
from edge.bootstrap.camera.journal_writer import JournalWriter, VitalSigns
from edge.bootstrap.camera.openers import stream_opener
from edge.bootstrap.camera.passage_book import PassageBook
from edge.bootstrap.evidence import open_evidence, open_manifests
from edge.bootstrap.worker.shares import places
from edge.clock import SystemClock, boot_moment
from edge.errors import StoreError
from edge.health import clock_state
from edge.settings import Settings
from edge.store.journal import Journal
from edge.store.kept import Clip
from edge.store.networks import Networks
from edge.worker.camera import CameraWorker
from edge.worker.governor import Governor
from edge.worker.pipeline import Viewer
from edge.worker.second_looks import SecondLooks
from edge.worker.turn import Turn
from edge.worker.turnstile import Turnstile

log = logging.getLogger(__name__)


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
    writer: JournalWriter,
    films: Films,
    wish: Callable[[Clip], None],
    viewers: Mapping[str, Viewer],
    looks: Mapping[str, SecondLooks],
    turn: Turn,
    doubted: Callable[[], bool],
    governor: Governor,
    followed: Callable[[], bool],
) -> list[CameraWorker]:
    """Return the workers of some cameras, sharing networks and gallery.

    Args:
        settings: The configuration.
        camera_ids: Those of this process.
        stop: Ends recordings.
        writer: Writes what they find.
        films: Keep the cameras' packets.
        wish: Told of every clip that is wanted.
        viewers: Are shown each camera's pictures.
        looks: What is asked about the cameras' places.
        turn: Comes when nobody else has these cameras.
        doubted: Whether the box's clock is doubted.
        governor: Says what the machine can afford.
        followed: Whether another process goes on with these cameras.
    """
    clock = SystemClock()
    cameras = [settings.camera(camera_id) for camera_id in camera_ids]
    site = open_site(settings, cameras, lambda: parts.open_residents(settings, clock))
    _report_networks(settings, camera_ids[0], site)
    new_id = parts.id_source(random.SystemRandom())
    turnstile = Turnstile(places(settings.workers))
    journal = Journal(parts.journal_path(settings), clock)
    vital_signs = VitalSigns(lambda reports: journal.report(*reports), writer.hand_later)
    book = PassageBook(journal, hand=writer.hand_first)
    probes = parts.open_probes(settings) if site.gates is not None else None
    exhibits = Exhibits(open_evidence(settings, clock), open_manifests(settings, clock), wish)
    workers = []
    for camera in cameras:
        around = Surroundings(
            journal,
            vital_signs,
            new_id,
            clock,
            lambda: replace(clock_state(), suspect=doubted()),
            probes if camera.gate is not None else None,
            exhibits,
            viewers[camera.id],
            turn,
            looks.get(camera.id),
            governor=governor,
            turnstile=turnstile,
            followed=followed,
            boot=boot_moment,
            hand=writer.hand,
            book=book,
            reading=lambda: closing(Journal(parts.journal_path(settings), clock)),
        )
        ring = films.ring(camera.id)
        opener = stream_opener(settings, camera, stop=stop, clock=clock, ring=ring)
        workers.append(build_worker(site, camera, opener, around=around))
    return workers


def _report_networks(settings: Settings, worker: str, site: Site) -> None:
    """Say which networks were loaded, for the status message."""
    networks = Networks(parts.journal_path(settings))
    try:
        networks.report(worker, site.networks())
    except StoreError as error:
        log.warning("networks are not told: %s", error)  # cameras do not wait for the disk
    finally:
        networks.close()
