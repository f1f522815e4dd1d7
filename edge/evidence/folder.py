"""Where evidence lies: a file is whole and on the disk, or it is not there."""

import contextlib
import hashlib
import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from edge.files import flush_file, flush_folder, make_folder, write_whole

DRAFTS = ".drafts"
"""Files on their way into an incident's folder."""

CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Draft:
    """A whole file that belongs to no incident yet."""

    path: Path
    bytes: int
    sha256: str


class EvidenceFolder:
    """The folder of all evidence; used by any thread of any process."""

    def __init__(self, root: Path) -> None:
        """Use a folder that is made when the first file is."""
        self.root = root

    def draft(self, content: bytes) -> Draft:
        """Write a file that will be placed later, and is on the disk then; raises OSError."""
        path = self.new_draft(".jpg")
        try:
            with path.open("xb") as file:
                file.write(content)
        except OSError:
            with contextlib.suppress(OSError):
                path.unlink()
            raise
        return Draft(path, len(content), hashlib.sha256(content).hexdigest())

    def new_draft(self, suffix: str) -> Path:
        """Return a path that nobody else uses, for a file that will be placed; raises OSError."""
        drafts = self.root / DRAFTS
        make_folder(drafts)
        return drafts / (secrets.token_hex(8) + suffix)

    def place(self, draft: Path, incident_id: str, opened_at: datetime, name: str) -> str:
        """Put a draft into its incident's folder; return its path below the root.

        The draft stays until the incident is written: if that fails it is placed once more.

        Raises:
            OSError: The disk fails.
        """
        flush_file(draft)
        folder = self.of(incident_id, opened_at)
        make_folder(folder)
        target = folder / name
        # A second name for the same file, by way of one among the drafts: whole or not there, and
        # after a crash nothing is left beside it.
        link = self.new_draft(draft.suffix)
        os.link(draft, link)
        link.replace(target)
        link.unlink(missing_ok=True)  # renaming a name onto another of the same file does nothing
        flush_folder(folder)
        return target.relative_to(self.root).as_posix()

    def write(self, path: Path, content: bytes) -> None:
        """Write a file of an incident's folder anew, whole or not at all; raises OSError."""
        write_whole(path, content, drafts=self.new_draft("").parent)

    def of(self, incident_id: str, opened_at: datetime) -> Path:
        """Return the folder of an incident."""
        return self.root / opened_at.date().isoformat() / incident_id

    def forget_drafts(self) -> int:
        """Remove what was not placed before a crash; return how many files."""
        removed = 0
        with contextlib.suppress(FileNotFoundError):
            for path in (self.root / DRAFTS).iterdir():
                path.unlink(missing_ok=True)
                removed += 1
        return removed


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, read in pieces; raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
