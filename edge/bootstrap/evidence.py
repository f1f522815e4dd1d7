"""Evidence of a configuration: its folder, key, store and retention."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from edge.bootstrap import parts
from edge.clock import Clock, SystemClock
from edge.errors import ConfigError
from edge.evidence.folder import EvidenceFolder
from edge.evidence.manifest import ManifestWriter
from edge.evidence.retention import Retention, Terms
from edge.evidence.signing import PUBLIC_NAME, Authenticator, open_authenticator, open_signer
from edge.evidence.verification import Verified, folders_below, verify_folder, verify_incident
from edge.health import disk_free_bytes
from edge.settings import Settings
from edge.store.evidence import EvidenceStore
from edge.store.journal import Journal
from edge.worker.clips import ClipDesk
from edge.worker.film import Film

FOLDER = "evidence"
KEYS = "keys"


def evidence_folder(settings: Settings) -> EvidenceFolder:
    """Return where evidence lies."""
    return EvidenceFolder(settings.home / FOLDER)


def open_evidence(settings: Settings, clock: Clock | None = None) -> EvidenceStore:
    """Return what the journal knows of evidence; raises StoreError."""
    return EvidenceStore(parts.journal_path(settings), clock or SystemClock())


def open_manifests(settings: Settings, clock: Clock) -> ManifestWriter:
    """Return a writer of manifests for one thread; raises ConfigError and StoreError."""
    signer = open_signer(settings.home / KEYS)
    return ManifestWriter(evidence_folder(settings), open_evidence(settings, clock), signer)


def open_retention(
    settings: Settings, clock: Clock, *, certain: Callable[[], bool] = lambda: True
) -> Retention:
    """Return the retention of a box, for one thread; raises ConfigError and StoreError.

    Args:
        settings: The configuration.
        clock: The box's.
        certain: Whether it is believed.
    """
    section = settings.evidence
    return Retention(
        evidence_folder(settings),
        open_evidence(settings, clock),
        open_manifests(settings, clock),
        terms=Terms(
            stills_s=section.keep_stills,
            clips_s=section.keep_clips,
            quota_bytes=section.quota,
            least_free_bytes=section.least_free,
        ),
        clock=clock,
        free_bytes=lambda: disk_free_bytes(settings.home),
        certain=certain,
    )


def open_clip_desk(settings: Settings, films: Mapping[str, Film], *, clock: Clock) -> ClipDesk:
    """Return the desk of a process's cameras, for one thread; raises ConfigError and StoreError."""
    return ClipDesk(
        films,
        folder=evidence_folder(settings),
        journal=Journal(parts.journal_path(settings), clock),
        store=open_evidence(settings, clock),
        manifests=open_manifests(settings, clock),
        clock=clock,
    )


def verify_path(path: Path, key: Path | None) -> Iterator[Verified]:
    """Yield what came of every incident's folder in a folder.

    Args:
        path: Of one incident, or above many.
        key: The box's public key; None to look for it where the box keeps it.

    Raises:
        ConfigError: There is no key.
    """
    authenticator = open_authenticator(key or _key_above(path))
    for folder in folders_below(path):
        yield verify_folder(folder, authenticator)


def verify_box(
    settings: Settings, incident_id: str | None, key: Path | None = None
) -> Iterator[Verified]:
    """Yield what came of one incident, or of all; raises ConfigError and StoreError."""
    store = open_evidence(settings)
    if incident_id is not None:
        known_incident(store, incident_id)
    authenticator = _authenticator(settings, key)
    for one in [incident_id] if incident_id is not None else list(store.incident_ids()):
        yield verify_incident(
            one, folder=evidence_folder(settings), store=store, authenticator=authenticator
        )


def known_incident(store: EvidenceStore, incident_id: str) -> None:
    """Raise ConfigError if there is no such incident."""
    if not store.revisions(incident_id):
        raise ConfigError(
            f"incident {incident_id} is not in the journal; copy the id from the console"
        )


def _authenticator(settings: Settings, key: Path | None) -> Authenticator:
    return open_authenticator(key or settings.home / KEYS / PUBLIC_NAME)


def _key_above(path: Path) -> Path:
    """Return the public key of the home that a folder of evidence lies in."""
    above = [path.resolve(), *path.resolve().parents]
    home = next((one.parent for one in above if one.name == FOLDER), path)
    return home / KEYS / PUBLIC_NAME
