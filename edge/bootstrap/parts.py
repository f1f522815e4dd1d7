"""One part at a time: paths, stores, networks, the broker's address."""

import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from edge.clock import Clock
from edge.delivery.mqtt import BrokerAddress
from edge.delivery.tls import Trust
from edge.domain.identity import RANDOM_BITS, uuid7
from edge.errors import ConfigError
from edge.settings import Settings
from edge.settings.schema import Camera
from edge.settings.values import Secret
from edge.store.directory import Directory
from edge.store.probes import Probes
from edge.store.residents import ResidentStore
from edge.store.vault import open_vault
from edge.wire.box import BoxIdentity, CameraIdentity
from models.catalog import load_catalog
from models.depot import Condition, Depot
from models.faces import FacePack
from models.liveness import LivenessNetwork, load_liveness
from models.packs import load_face_pack
from models.plates import FINDER, PlateReader, load_plate_reader
from models.session import Placement
from models.sources import Progress

SLEWED_MS = 60_000

log = logging.getLogger(__name__)


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
    settings: Settings,
    clock: Clock,
    path: Path | None = None,
    key: Path | None = None,
    *,
    actor: str | None = None,
) -> ResidentStore:
    """Return the residents' store, the configured one by default; StoreError, ConfigError."""
    vault = open_vault(key or key_path(settings))
    return ResidentStore(path or residents_path(settings), vault=vault, clock=clock, actor=actor)


def open_directory(settings: Settings, clock: Clock, *, actor: str) -> Directory:
    """Return the residents' store for somebody at the console; StoreError, ConfigError."""
    vault = open_vault(key_path(settings))
    return Directory(residents_path(settings), vault=vault, clock=clock, actor=actor)


def open_probes(settings: Settings) -> Probes:
    """Return the store of faces that gates decided on; StoreError, ConfigError."""
    return Probes(settings.home / "probes.db", vault=open_vault(key_path(settings)))


def reveal(secret: Secret, settings: Settings, key: str) -> str:
    """Return a secret's value; raises ConfigError naming the key."""
    try:
        return secret.reveal(settings.base)
    except ValueError as error:
        raise ConfigError(f"{key}: {error}") from error


def placement(settings: Settings) -> Placement:
    """Return where networks run."""
    return Placement(settings.models.provider, settings.models.threads)


def pull_if_absent(name: str, *, accept_noncommercial: bool, progress: Progress) -> None:
    """Pull the files of a name of the catalogue that are not there yet; a folder is left alone."""
    catalog, depot = load_catalog(), Depot()
    if name not in catalog.packs and name not in catalog.entries:
        return
    for entry in catalog.expand([name]):
        entry.require_licence(accept_noncommercial=accept_noncommercial)
        if depot.inspect(entry).condition is Condition.ABSENT:
            log.info("model=%s pulled %s", entry.name, depot.pull(entry, progress))


def load_pack(
    settings: Settings, *, exact: bool = False, progress: Progress | None = None
) -> FacePack:
    """Return the configured face pack, pulled first if it is absent."""
    name = settings.models.faces
    accepted = settings.models.accept_noncommercial
    pull_if_absent(name, accept_noncommercial=accepted, progress=progress or silently)
    folder = settings.base / name
    known = name in load_catalog().packs
    return load_face_pack(
        name if known else str(folder),
        accept_noncommercial=accepted,
        placement=placement(settings),
        canvas_px=settings.models.face_canvas,
        exact=exact,
    )


def silently(name: str, done: int, total: int) -> None:
    """Report no progress."""


def load_optional_liveness(settings: Settings) -> LivenessNetwork | None:
    """Return the configured liveness network, None if there is none."""
    path = settings.models.liveness
    return load_liveness(settings.base / path, placement(settings)) if path else None


def load_optional_plates(
    settings: Settings, *, progress: Progress | None = None
) -> PlateReader | None:
    """Return the number plate reader, pulled first if it is absent; None if it is not wanted."""
    if not settings.models.plates:
        return None
    pull_if_absent(FINDER, accept_noncommercial=False, progress=progress or silently)
    return load_plate_reader(placement=placement(settings))


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


def id_source(source: random.Random) -> Callable[[datetime], str]:
    """Return a function that makes a UUIDv7 of a moment.

    They sort as they are made while the clock is slewed or a camera lags; a clock that is set back
    by more is followed, or all ids would stand still until it comes there again.
    """
    latest_ms = 0

    def new_id(moment: datetime) -> str:
        nonlocal latest_ms
        ms = int(moment.astimezone(UTC).timestamp() * 1000)
        latest_ms = max(ms, latest_ms + 1) if latest_ms - ms < SLEWED_MS else ms
        return uuid7(latest_ms, source.getrandbits(RANDOM_BITS))

    return new_id


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
        trust=Trust(
            ca=base / mqtt.ca if mqtt.ca else None,
            crl=base / mqtt.crl if mqtt.crl else None,
            certificate=base / mqtt.certificate if mqtt.certificate else None,
            key=base / mqtt.key if mqtt.key else None,
        ),
        keepalive_s=mqtt.keepalive,
        session_expiry_s=mqtt.session_expiry,
    )


def as_visitor(address: BrokerAddress) -> BrokerAddress:
    """Return the same login under a client id that disturbs nobody."""
    return replace(address, client_id=f"{address.client_id}-check", session_expiry_s=0)
