"""An incident's archive: what is asked of stores and workshop, and written as one ZIP file."""

import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import IO, Any

from edge.console.rendering import document
from edge.console.services import Services
from edge.console.shown import prepare
from edge.console.texts import Language
from edge.evidence.export import (
    ORIGINAL_MANIFEST,
    Export,
    Shown,
    manifest_of_originals,
    redacted_manifest,
    without_others,
    write_archive,
)
from edge.evidence.folder import DRAFTS, EvidenceFolder
from edge.evidence.manifest import MANIFEST, ManifestWriter
from edge.evidence.verification import Verified, verify_incident
from edge.store.clip_faults import fault_of
from edge.store.heads import Head
from edge.store.kept import Item

CHUNK_BYTES = 1 << 18
AT_ONCE = 2
"""Archives that are made at the same time: each takes as much of the disk as what it is made of."""

_places = threading.BoundedSemaphore(AT_ONCE)


class ArchiveError(Exception):
    """It cannot be made now; its text says why to a person."""


@dataclass(frozen=True, slots=True)
class Archive:
    """A ZIP file that is gone when it is closed; None while clips are still being redacted."""

    file: IO[bytes] | None

    def chunks(self) -> Iterator[bytes]:
        """Yield its content, and close it."""
        assert self.file is not None
        with self.file as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk


def verified(services: Services, incident_id: str) -> Verified:
    """Return what came of comparing an incident's files with what the box has signed."""
    return verify_incident(
        incident_id,
        folder=EvidenceFolder(services.evidence_folder),
        store=services.evidence(),
        authenticator=services.signer.authenticator(),
    )


def make_archive(services: Services, head: Head, *, items: Sequence[Item], clear: bool) -> Archive:
    """Return the archive of an incident; raises ArchiveError.

    Args:
        services: The console's.
        head: The incident.
        items: Its files that go out.
        clear: Whether they go out as they are.
    """
    if not _places.acquire(blocking=False):
        raise ArchiveError(f"{AT_ONCE} archives are being made already; ask again in a minute")
    try:
        shown = _shown(services, items, clear=clear)
        if shown is None:
            return Archive(None)
        names = frozenset(item.name for item in items)
        return Archive(_written(services, head, shown, names, clear=clear))
    except OSError as error:
        raise ArchiveError(f"the archive cannot be written ({error}); check the disk") from error
    finally:
        _places.release()


def _shown(services: Services, items: Sequence[Item], *, clear: bool) -> list[Shown] | None:
    """Return what goes out; None while some of it is still being made."""
    shown, waiting = [], False
    for item in items:
        path = services.evidence_folder / item.path
        if item.purged_at is not None or not path.is_file():
            continue  # the summary names it
        if clear:
            shown.append(Shown(item, path))  # as it was signed, whatever browsers can play
            continue
        prepared = prepare(services, item, clear=False)
        if prepared.failure:
            raise ArchiveError(f"{item.name} cannot be redacted: {prepared.failure}")
        if prepared.path is None:
            waiting = True
        else:
            shown.append(Shown(item, prepared.path))
    return None if waiting else shown


def _written(
    services: Services, head: Head, shown: Sequence[Shown], names: frozenset[str], *, clear: bool
) -> IO[bytes]:
    evidence, now = services.evidence(), services.clock.utc()
    folder = EvidenceFolder(services.evidence_folder)
    everything = ManifestWriter(folder, evidence, services.signer).content(head.id)
    content = without_others(everything, names)
    place = folder.of(head.id, evidence.opened_at(head.id) or head.opened_at)
    hidden = {one["name"] for one in everything["files"]} - names
    papers = _papers(services, head, content, shown, hidden, clear=clear)
    original = (place / MANIFEST).read_bytes() if (place / MANIFEST).is_file() else None
    if hidden:
        original = None  # it tells of cameras that are not shown, and misses their files here
    if not clear:
        manifest = redacted_manifest(content, shown, services.signer, now)
        if original is not None:
            papers[ORIGINAL_MANIFEST] = original
    else:
        manifest = original or manifest_of_originals(content, services.signer, now)
    drafts = services.evidence_folder / DRAFTS
    drafts.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Without a name: whatever happens, nothing stays on the disk.
    file = tempfile.TemporaryFile(dir=drafts)  # noqa: SIM115 - the response closes it
    try:
        export = Export(head.id, shown, manifest, papers, now)
        write_archive(file, export, services.signer.public_pem)
    except OSError:
        file.close()
        raise
    file.seek(0)
    return file


def _papers(
    services: Services,
    head: Head,
    content: Mapping[str, Any],
    shown: Sequence[Shown],
    hidden: Set[str],
    *,
    clear: bool,
) -> dict[str, bytes]:
    context = {
        "head": head,
        "manifest": content,
        "clip_fault": fault_of((content["clip"] or {}).get("detail", "")),
        "shown": [one.item.name for one in shown],
        "stills": [one.item.name for one in shown if one.item.media_type.startswith("image/")],
        "reviews": services.reviews().reviews(head.id),
        "clear": clear,
        "problems": [one for one in verified(services, head.id).problems if one.name not in hidden],
        "fingerprint": services.signer.fingerprint,
        "box_id": services.box_id,
        "version": services.version,
        "made_at": services.clock.utc(),
    }
    zone = services.time_zone
    return {
        f"summary.{language.tag}.html": document("summary.html", language, zone, **context).encode()
        for language in Language
    }
