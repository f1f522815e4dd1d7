"""From a camera's section of the configuration to its running parts."""

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from edge.bootstrap import parts
from edge.bootstrap.camera.exhibits import Exhibitor, Roll
from edge.bootstrap.camera.gate import GateSite, build_gate, watch_gallery
from edge.bootstrap.camera.incidents import IncidentRecorder
from edge.bootstrap.camera.passage_book import PassageBook
from edge.bootstrap.camera.patience import Writes, at_once
from edge.bootstrap.camera.probes import ProbeKeeper
from edge.bootstrap.camera.recorder import PassageRecorder
from edge.bootstrap.camera.street import build_street, choose_detector, longest_dwell_s
from edge.bootstrap.evidence import evidence_folder
from edge.clock import BootMoment, Clock, ClockState
from edge.codes.table import SHIPPED, CodeTable, load_table
from edge.domain.camera import Duty, Post
from edge.evidence.manifest import ManifestWriter
from edge.gate.gate import Gate
from edge.integrity.faults import FaultBook
from edge.integrity.watch import IntegrityWatch
from edge.integrity.watch import Patience as IntegrityPatience
from edge.settings import Settings
from edge.settings.schema import Camera
from edge.settings.schema import Gate as GateSection
from edge.store.evidence import EvidenceStore
from edge.store.journal import Journal
from edge.store.kept import Clip
from edge.store.probes import Probes
from edge.store.residents import ResidentStore
from edge.wire.box import BoxIdentity
from edge.worker.camera import CameraWorker
from edge.worker.gate import GatePipeline
from edge.worker.governor import Governor
from edge.worker.integrity import IntegrityPipeline
from edge.worker.pipeline import Pipeline, Reporter, Viewer
from edge.worker.plates import PlateWatch
from edge.worker.second_looks import SecondLooks
from edge.worker.street import StreetPipeline, sees_well
from edge.worker.turn import Turn
from edge.worker.turnstile import Turnstile
from models.catalog import load_catalog
from models.detections import ObjectDetector
from models.plates import FINDER, READER, PlateReader
from models.sources import Progress
from streams.luma import MotionGate
from streams.pace import Pace
from streams.source import Stream

INTEGRITY_FPS = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class StreetSite:
    """What all streets of one process share; None is what nobody wants."""

    detector: ObjectDetector | None
    plates: PlateReader | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """What all cameras of one process share; what no camera needs is not loaded."""

    settings: Settings
    box: BoxIdentity
    codes: CodeTable
    gates: GateSite | None
    streets: StreetSite | None

    def networks(self) -> list[tuple[str, str]]:
        """Return name and SHA-256 of every network that was loaded."""
        found: list[tuple[str, str]] = []
        if self.gates is not None:
            found += self.gates.pack.networks
            if self.gates.liveness is not None:
                found.append((self.gates.liveness.name, self.gates.liveness.sha256))
        if self.streets is not None:
            if self.streets.detector is not None:
                found.append((self.streets.detector.name, self.streets.detector.sha256))
            if self.streets.plates is not None:
                found += [(one.name, one.sha256) for one in load_catalog().expand([FINDER])]
        return found


def open_site(
    settings: Settings,
    cameras: Sequence[Camera],
    store: Callable[[], ResidentStore],
    *,
    progress: Progress = parts.silently,
) -> Site:
    """Load what some cameras need: networks, gallery, code table.

    Args:
        settings: The configuration.
        cameras: Those of this process.
        store: Opens the residents' store.
        progress: Told of networks that are pulled.

    Raises:
        ModelFileError: A network's file is wrong or cannot be had.
        ConfigError: The gallery was made with another network, or a code table is wrong.
    """
    gates = streets = None
    if any(camera.gate for camera in cameras):
        pack = parts.load_pack(settings, progress=progress)
        opened = store()
        gates = GateSite(
            pack, opened, watch_gallery(opened, pack), parts.load_optional_liveness(settings)
        )
    if any(camera.watches_street for camera in cameras):
        chosen = choose_detector(settings, parts.placement(settings), progress=progress)
        plates = None
        if any(camera.watches_parking for camera in cameras):
            plates = parts.load_optional_plates(settings, progress=progress)
        streets = StreetSite(chosen.detector if chosen else None, plates)
    names = {gates.pack.recogniser.sha256: gates.pack.name} if gates else {}
    box = parts.box_identity(settings, names)
    return Site(settings, box, code_table(settings), gates, streets)


def code_table(settings: Settings) -> CodeTable:
    """Return what the city calls incidents; raises ConfigError."""
    scheme, overrides = settings.codes.scheme, settings.codes.overrides
    if scheme not in SHIPPED and (settings.base / scheme).is_file():
        scheme = str(settings.base / scheme)
    return load_table(scheme, settings.base / overrides if overrides else None)


@dataclass(frozen=True, slots=True, eq=False)
class Exhibits:
    """What all cameras of one process keep evidence with.

    Attributes:
        store: What is known of evidence.
        manifests: Writes what is signed.
        wish: Told of every clip that is wanted.
    """

    store: EvidenceStore
    manifests: ManifestWriter
    wish: Callable[[Clip], None]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What differs between the service and a replay.

    Attributes:
        journal: Of whoever writes.
        reporter: Takes vital signs.
        new_id: Makes ids of passages.
        clock: For durations outside the stream.
        clock_state: What messages say of the box's clock.
        probes: The faces that are kept, of whoever writes; None to keep none.
        exhibits: What evidence is kept with, of whoever writes; None to keep none, as in a replay.
        viewer: Is shown the camera's pictures; None for nobody.
        turn: Comes when no other process has the camera; None for at once.
        looks: What is asked about its places; None where nobody asks.
        governor: Says what the machine can afford; None for everything, as in a replay.
        turnstile: Says whose pictures are looked at first; None in a replay.
        followed: Returns whether another process goes on with the camera; None for never.
        boot: This moment by a clock that nobody sets; a replay has none.
        hand: Has incidents written.
        book: Has the passages of all gates written; None for each gate by itself, at once.
        reading: Opens what a camera's own thread may read of; None for ``journal``.
    """

    journal: Journal
    reporter: Reporter
    new_id: Callable[[datetime], str]
    clock: Clock
    clock_state: Callable[[], ClockState]
    probes: Probes | None = None
    exhibits: Exhibits | None = None
    viewer: Viewer | None = None
    turn: Turn | None = None
    looks: SecondLooks | None = None
    governor: Governor | None = None
    turnstile: Turnstile | None = None
    followed: Callable[[], bool] | None = None
    boot: Callable[[], BootMoment] = BootMoment
    hand: Callable[[Writes], None] = at_once
    book: PassageBook | None = None
    reading: Callable[[], AbstractContextManager[Journal]] | None = None

    def pace(self, fps: float) -> Pace:
        """Return which pictures of a street are due; fewer while the machine cannot do all."""
        return Pace(fps) if self.governor is None else Pace(fps, self.governor.street_share)

    def gate_pace(self, fps: float, gate: Gate) -> Pace:
        """Return which pictures of a gate are due; more before a decision, fewer at the last."""
        governor = self.governor

        def share() -> float:
            return 1.0 if governor is None else governor.gate_share(occupied=gate.occupied)

        return Pace(fps, share, lambda: gate.deciding)


def build_worker(
    site: Site,
    camera: Camera,
    open_stream: Callable[[float], Stream],
    *,
    around: Surroundings,
) -> CameraWorker:
    """Return the worker of a camera that has a gate, a street, both, or is only shown.

    Raises:
        ConfigError: One of its rules cannot be kept.
    """
    pipelines: list[Pipeline] = []
    if camera.gate is not None and site.gates is not None:
        pipelines.append(_gate_pipeline(site, site.gates, camera, camera.gate, around))
    integrity = None
    if camera.analysed and camera.integrity.enabled:
        integrity = _integrity_pipeline(site, camera, around)
    if camera.watches_street and site.streets is not None:
        pipelines.append(_street_pipeline(site, site.streets, camera, around, integrity))
    if integrity is not None:
        pipelines.append(integrity)
    return CameraWorker(
        camera.id,
        open_stream=open_stream,
        pipelines=pipelines,
        motion=_build_motion(camera),
        reporter=around.reporter,
        clock=around.clock,
        viewer=around.viewer,
        turn=around.turn,
        governor=around.governor,
        turnstile=around.turnstile,
        followed=around.followed,
    )


def _gate_pipeline(
    site: Site, gates: GateSite, camera: Camera, section: GateSection, around: Surroundings
) -> GatePipeline:
    recorder = PassageRecorder(
        around.book or PassageBook(around.journal),
        box=site.box,
        announce=frozenset(section.announce),
        clock=around.clock_state,
        stills=site.settings.mqtt.face_stills,
        probes=ProbeKeeper(around.probes, section.probes, frozenset(section.probes_of))
        if around.probes is not None
        else None,
    )
    gate = build_gate(site.settings, gates, camera, section, new_id=around.new_id)
    pace = around.gate_pace(section.fps, gate)
    return GatePipeline(gate, pace=pace, recorder=recorder)


def _street_pipeline(
    site: Site,
    streets: StreetSite,
    camera: Camera,
    around: Surroundings,
    integrity: IntegrityPipeline | None,
) -> StreetPipeline:
    detector = streets.detector if camera.street.network else None
    street = build_street(site.settings, camera, detector=detector, new_id=around.new_id)
    return StreetPipeline(
        camera.id,
        street,
        pace=around.pace(camera.street.fps),
        recorder=_incident_recorder(
            site, camera, around, Duty.STREET, detector=detector, plates=streets.plates
        ),
        plates=PlateWatch(streets.plates, street.keeper) if streets.plates else None,
        second_looks=around.looks,
        blind=integrity.blind if integrity is not None else sees_well,
        boot=around.boot,
    )


def _integrity_pipeline(site: Site, camera: Camera, around: Surroundings) -> IntegrityPipeline:
    section = camera.integrity
    patience = IntegrityPatience(
        frozen_s=section.frozen_after,
        black_s=section.black_after,
        covered_s=section.covered_after,
        defocused_s=section.defocused_after,
        moved_s=section.moved_after,
    )
    return IntegrityPipeline(
        camera.id,
        IntegrityWatch(patience),
        FaultBook(camera.id, new_id=around.new_id),
        view=_view_of(camera),
        pace=around.pace(INTEGRITY_FPS),
        recorder=_incident_recorder(site, camera, around, Duty.INTEGRITY),
        clock=around.clock,
        clock_state=around.clock_state,
    )


def _view_of(camera: Camera) -> str:
    """Return what changes when a camera's zones are drawn anew: then its view is the right one."""
    zones = json.dumps([[zone.id, zone.polygon] for zone in camera.zones])
    return hashlib.sha256(zones.encode()).hexdigest()


def _incident_recorder(
    site: Site,
    camera: Camera,
    around: Surroundings,
    duty: Duty,
    *,
    detector: ObjectDetector | None = None,
    plates: PlateReader | None = None,
) -> IncidentRecorder:
    return IncidentRecorder(
        around.journal,
        Post(camera.id, duty),
        box=site.box,
        codes=site.codes,
        models=[(detector.name, detector.sha256)] if detector else [],
        plate_models=[(READER, plates.sha256)] if plates else [],
        zones={zone.id: zone.polygon for zone in camera.zones},
        clock=around.clock_state,
        stills=site.settings.mqtt.street_stills,
        keep_s=longest_dwell_s(site.settings, camera),
        exhibitor=_exhibitor(site.settings, camera, around, duty),
        hand=around.hand,
        reading=around.reading,
    )


def _exhibitor(
    settings: Settings, camera: Camera, around: Surroundings, duty: Duty
) -> Exhibitor | None:
    section = settings.evidence
    exhibits = around.exhibits
    if exhibits is None or not (section.stills or section.clips):
        return None
    # The camera's own troubles are shown by stills: there is little to see on a video of them.
    rolls = section.clips and duty is Duty.STREET
    return Exhibitor(
        evidence_folder(settings),
        exhibits.manifests,
        opened_at=exhibits.store.opened_at,
        zones={zone.id: zone.polygon for zone in camera.zones},
        stills=section.stills,
        roll=Roll(section.pre_roll, section.post_roll) if rolls else None,
        wish=exhibits.wish,
    )


def _build_motion(camera: Camera) -> MotionGate | None:
    if not camera.motion.enabled:
        return None
    watch = [zone.polygon for zone in camera.zones if zone.rules]
    # A gate looks at the whole picture; the street's zones are all that a street is about.
    everywhere = camera.gate is not None or camera.street.motion == "picture"
    return MotionGate(
        watch=[] if everywhere else watch,
        ignore=[camera.polygon(zone) for zone in camera.motion.ignore],
    )
