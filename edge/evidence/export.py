"""An incident's evidence as one ZIP file that can be verified without the box."""

import zipfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from edge.evidence.folder import sha256_of
from edge.evidence.manifest import MANIFEST, signed
from edge.evidence.signing import PUBLIC_NAME, Signer
from edge.store.kept import Item
from edge.wire.text import timestamp

ORIGINAL_MANIFEST = "original-manifest.json"
OF_TEXT = (".html", ".txt", ".json", ".pub")


@dataclass(frozen=True, slots=True)
class Shown:
    """A file that goes out, which may be a redaction of what the box keeps."""

    item: Item
    path: Path


@dataclass(frozen=True, slots=True)
class Export:
    """What goes into the archive.

    Attributes:
        files: Those of the incident that are there.
        manifest: Signed; lists these files as they are in the archive.
        papers: What lies beside the incident's folder, by name.
    """

    incident_id: str
    files: Sequence[Shown]
    manifest: bytes
    papers: Mapping[str, bytes]
    made_at: datetime


def redacted_manifest(
    content: Mapping[str, Any], shown: Sequence[Shown], signer: Signer, made_at: datetime
) -> bytes:
    """Return a manifest of redactions, signed by the box that made them.

    Each file names the SHA-256 of the original that it was made of, so that both can be brought
    together where somebody may see the original. What is not in the archive is not listed.

    Args:
        content: Of the incident's own manifest.
        shown: The redactions.
        signer: Of the box.
        made_at: Time of the export.

    Raises:
        OSError: A redaction cannot be read.
    """
    paths = {one.item.name: one.path for one in shown}
    files = []
    for listed in content["files"]:
        path = paths.get(listed["name"])
        if path is not None:
            files.append(
                {
                    **listed,
                    "bytes": path.stat().st_size,
                    "sha256": sha256_of(path),
                    "redaction_of": listed["sha256"],
                }
            )
        elif listed["purged_at"]:
            files.append(listed)
    export = {"redacted": True, "made_at": timestamp(made_at)}
    return signed({**content, "files": files, "export": export}, signer)


def manifest_of_originals(content: Mapping[str, Any], signer: Signer, made_at: datetime) -> bytes:
    """Return a manifest of originals that are not all an incident has, signed by the box.

    Their hashes are those of the incident's own manifest: a file that was changed since is found.

    Args:
        content: Of the incident's own manifest, without what does not go out.
        signer: Of the box.
        made_at: Time of the export.
    """
    export = {"redacted": False, "made_at": timestamp(made_at)}
    return signed({**content, "export": export}, signer)


def without_others(content: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Return what a manifest says of some files, and nothing of others."""
    told = {
        part: [one for one in content[part] if one["name"] in names] for part in ("files", "purges")
    }
    return {**content, **told}


def write_archive(target: IO[bytes], export: Export, public_pem: bytes) -> None:
    """Write a ZIP file: the folder as ``gridwatch evidence verify`` reads it, and papers.

    Raises:
        OSError: A file cannot be read, or the target not be written.
    """
    folder = f"{export.incident_id}/"
    at = export.made_at.astimezone(UTC).timetuple()[:6]

    def entry(name: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, at)
        info.external_attr = 0o644 << 16
        # Pictures and clips are as small as they get.
        text = name.endswith(OF_TEXT)
        info.compress_type = zipfile.ZIP_DEFLATED if text else zipfile.ZIP_STORED
        return info

    with zipfile.ZipFile(target, "w") as archive:
        for name, content in {**export.papers, PUBLIC_NAME: public_pem}.items():
            archive.writestr(entry(name), content)
        archive.writestr(entry(folder + MANIFEST), export.manifest)
        for one in export.files:
            with (
                one.path.open("rb") as source,
                archive.open(entry(folder + one.item.name), "w") as written,
            ):
                while chunk := source.read(1 << 20):
                    written.write(chunk)
