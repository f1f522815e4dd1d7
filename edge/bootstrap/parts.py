"""One part at a time: paths, stores, networks, streams, gates."""

import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from zoneinfo import ZoneInfo

from edge.clock import Clock
from edge.delivery.mqtt import BrokerAddress
from edge.domain.identity import RANDOM_BITS, uuid7
from edge.errors import ConfigError
from edge.gallery.calibration import threshold_for
from edge.gallery.matrix import Gallery, build_gallery
from edge.gallery.watch import GalleryWatch
from edge.gate.decision import Patience, Thresholds
from edge.gate.gate import Gate, GateRules, Liveness
from edge.gate.quality import QualityLimits
from edge.settings import Settings
from edge.settings.schema import Camera, Match
from edge.settings.values import Secret
from edge.store.residents import ResidentStore
from edge.store.vault import open_vault
from edge.wire import BoxIdentity, CameraIdentity
from models.catalog import load_catalog
from models.depot import Condition, Depot
from models.faces import FacePack, ImpostorPrior
from models.liveness import load_liveness
from models.packs import load_face_pack
from models.session import Placement
from models.sources import Progress
from streams.decode import Decode
from streams.luma import MotionGate
from streams.recording import RealTime, open_recording
from streams.rtsp import RtspAddress, open_rtsp
from streams.source import Stream

log = logging.getLogger(__name__)

RECORDING_SCHEME = "file:"
WEAK_NORM_DROP = 2.0
"""Below a recogniser's norm floor: a face that may still prove who somebody is, never who not."""


def journal_path(settings: Settings) -> Path:
    """Return the journal's file."""
    return settings.home / "journal.db"


def residents_path(settings: Settings) -> Path:
    """Return the residents' file."""
    return settings.home / "residents.db"


def key_path(settings: Settings) -> Path:
    """Return the file of the key that seals templates."""
    given = settings.residents.key_file
    return settings.base / given if given else settings.home / "keys" / "templates.key"


def open_residents(
    settings: Settings, clock: Clock, path: Path | None = None, key: Path | None = None
) -> ResidentStore:
    """Return the residents' store, the configured one by default; StoreError, ConfigError."""
    vault = open_vault(key or key_path(settings))
    return ResidentStore(path or residents_path(settings), vault=vault, clock=clock)


def reveal(secret: Secret, settings: Settings, key: str) -> str:
    """Return a secret's value; raises ConfigError naming the key."""
    try:
        return secret.reveal(settings.base)
    except ValueError as error:
        raise ConfigError(f"{key}: {error}") from error


def placement(settings: Settings) -> Placement:
    """Return where networks run."""
    return Placement(settings.models.provider, settings.models.threads)


def pull_if_absent(pack: str, *, accept_noncommercial: bool, progress: Progress) -> None:
    """Pull the files of a catalogue pack that are not there yet; a folder is left alone."""
    catalog, depot = load_catalog(), Depot()
    if pack not in catalog.packs:
        return
    for entry in catalog.expand([pack]):
        entry.require_licence(accept_noncommercial=accept_noncommercial)
        if depot.inspect(entry).condition is Condition.ABSENT:
            log.info("model=%s pulled %s", entry.name, depot.pull(entry, progress))


def load_pack(
    settings: Settings, *, exact: bool = False, progress: Progress | None = None
) -> FacePack:
    """Return the configured face pack, pulled first if it is absent."""
    name = settings.models.faces
    accepted = settings.models.accept_noncommercial
    pull_if_absent(name, accept_noncommercial=accepted, progress=progress or _silently)
    folder = settings.base / name
    known = name in load_catalog().packs
    return load_face_pack(
        name if known else str(folder),
        accept_noncommercial=accepted,
        placement=placement(settings),
        canvas_px=settings.models.face_canvas,
        exact=exact,
    )


def _silently(name: str, done: int, total: int) -> None:
    """Report no progress."""


def load_optional_liveness(settings: Settings) -> Liveness | None:
    """Return the configured liveness network, None if there is none."""
    path = settings.models.liveness
    return load_liveness(settings.base / path, placement(settings)) if path else None


def box_identity(settings: Settings, model_names: Mapping[str, str]) -> BoxIdentity:
    """Return what messages say of the box; networks are named by their SHA-256."""
    return BoxIdentity(
        box_id=settings.box.id,
        grid_code=settings.box.grid_code,
        cameras={camera.id: _camera_identity(camera) for camera in settings.cameras},
        model_names=model_names,
    )


def _camera_identity(camera: Camera) -> CameraIdentity:
    place = camera.location
    return CameraIdentity(
        camera.id,
        camera.device_code,
        place.lon if place else None,
        place.lat if place else None,
        place.address if place else "",
    )


def watch_gallery(store: ResidentStore, pack: FacePack) -> GalleryWatch:
    """Return the watched gallery of a pack; raises ConfigError if it is of another network."""
    sha256 = pack.recogniser.sha256
    store.require_no_other_model(sha256)

    def load() -> Gallery:
        # Partial: an import for another network, under way, must not stop a running service.
        return build_gallery(
            [
                (resident, template.id, template.photos, template.vector)
                for resident, template in store.gallery(sha256, partial=True)
            ]
        )

    return GalleryWatch(store, load)


class SiteReference:
    """The gallery with the thresholds that one camera's ``match`` section asks for."""

    def __init__(
        self, watch: GalleryWatch, match: Match, impostors: Callable[[], ImpostorPrior]
    ) -> None:
        """Combine them.

        Args:
            watch: The gallery.
            match: Wanted rates.
            impostors: The calibrated distribution; asked again when the gallery has changed.
        """
        self.search = watch.search
        self._watch = watch
        self._match = match
        self._impostors = impostors
        self._version: int | None = None
        self._thresholds = Thresholds(1.0, 1.0, 0)

    def thresholds(self) -> Thresholds:
        """Return the cosines for the gallery's present size and calibration."""
        version = self._watch.version()
        if version != self._version:
            people, photos = self._watch.size()
            prior = self._impostors()
            match, unsure = (
                threshold_for(people=people, fpir=fpir, prior=prior, photos=photos, fused=True)
                for fpir in (self._match.fpir, self._match.unsure_fpir)
            )
            self._thresholds = Thresholds(match, unsure, people)
            self._version = version
        return self._thresholds


def impostors_of(store: ResidentStore, pack: FacePack) -> Callable[[], ImpostorPrior]:
    """Return what gives the calibrated impostor distribution, else the network's own."""

    def impostors() -> ImpostorPrior:
        saved = store.calibration(pack.recogniser.sha256)
        return ImpostorPrior(saved.mean, saved.sd) if saved else pack.impostors

    return impostors


def build_gate(
    settings: Settings,
    camera: Camera,
    *,
    pack: FacePack,
    reference: SiteReference,
    new_id: Callable[[datetime], str],
    liveness: Liveness | None,
) -> Gate:
    """Return the gate of a camera that has one."""
    section = camera.gate
    if section is None:
        raise ConfigError(f"cameras: {camera.id} has no gate section; add one")
    floor = pack.norm_floor
    rules = GateRules(
        camera_id=camera.id,
        direction=section.direction,
        time_zone=ZoneInfo(settings.box.time_zone),
        fps=section.fps,
        keep_s=section.lost_after,
        cooldown_s=section.cooldown,
        tailgate_s=section.tailgate_window,
        zone=camera.polygon(section.zone) if section.zone else None,
        limits=QualityLimits(
            eyes_px=section.least_eye_distance,
            norm=None if floor is None else floor - WEAK_NORM_DROP,
        ),
        patience=Patience(strong_norm=floor, margin=section.match.margin),
    )
    return Gate(rules, pack=pack, reference=reference, new_id=new_id, liveness=liveness)


def build_motion(camera: Camera) -> MotionGate | None:
    """Return the motion gate of a camera, None if it is switched off."""
    if not camera.motion.enabled:
        return None
    return MotionGate(ignore=[camera.polygon(zone) for zone in camera.motion.ignore])


def recording_path(camera: Camera, settings: Settings) -> Path | None:
    """Return the file of a camera whose address is one (``file:PATH``), else None."""
    written = camera.url.value or ""
    if not written.startswith(RECORDING_SCHEME):
        return None
    return settings.base / written.removeprefix(RECORDING_SCHEME).removeprefix("//")


def stream_opener(
    settings: Settings, camera: Camera, *, stop: Event, clock: Clock
) -> Callable[[float], Stream]:
    """Return a function that opens a camera at a stream time; raises ConfigError at once."""
    key = f"cameras.{camera.id}"
    decode = Decode(camera.decode)
    quiet_after_s = camera.motion.quiet_after
    path = recording_path(camera, settings)
    if path is not None:
        return lambda start_mono_s: open_recording(
            path,
            start_utc=clock.utc(),
            decode=decode,
            pacer=RealTime(clock.mono_s, stop.wait),
            quiet_after_s=quiet_after_s,
            start_mono_s=start_mono_s,
        )
    password = reveal(camera.password, settings, f"{key}.password") if camera.password else None
    url = reveal(camera.url, settings, f"{key}.url")
    address = RtspAddress(url, camera.username, password)
    return lambda start_mono_s: open_rtsp(
        address,
        decode=decode,
        transport=camera.transport,
        open_timeout_s=camera.open_timeout,
        read_timeout_s=camera.read_timeout,
        quiet_after_s=quiet_after_s,
        start_mono_s=start_mono_s,
    )


def id_source(source: random.Random) -> Callable[[datetime], str]:
    """Return a function that makes a UUIDv7 of a moment."""
    return lambda moment: uuid7(
        int(moment.astimezone(UTC).timestamp() * 1000), source.getrandbits(RANDOM_BITS)
    )


def broker_address(settings: Settings, url: str, version: str) -> BrokerAddress:
    """Return how to reach the platform's broker; raises ConfigError for a missing secret."""
    mqtt = settings.mqtt
    base = settings.base
    return BrokerAddress(
        url=url,
        client_id=mqtt.client_id or f"gridwatch-{settings.box.id}",
        version=version,
        username=mqtt.username,
        password=reveal(mqtt.password, settings, "mqtt.password") if mqtt.password else None,
        ca=base / mqtt.ca if mqtt.ca else None,
        certificate=base / mqtt.certificate if mqtt.certificate else None,
        key=base / mqtt.key if mqtt.key else None,
        keepalive_s=mqtt.keepalive,
        session_expiry_s=mqtt.session_expiry,
    )


def as_visitor(address: BrokerAddress) -> BrokerAddress:
    """Return the same login under a client id that disturbs nobody."""
    return replace(address, client_id=f"{address.client_id}-check", session_expiry_s=0)
