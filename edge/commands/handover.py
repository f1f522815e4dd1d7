"""Clips on their way out of the box: one at a time, on the disk until it has arrived."""

import contextlib
import os
import shutil
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from edge.evidence.folder import sha256_of
from edge.files import flush_folder, write_whole

CLIP, FACTS, DRAFT = ".mp4", ".json", ".draft.mp4"


@dataclass(frozen=True, slots=True)
class Exhibit:
    """What is handed out.

    Attributes:
        incident: Whose clip it is; None for a piece of a camera's film.
        begins_at: Of what it shows, as ``ends_at``.
        kind: ``film``, or ``keyframes``: a picture every few seconds.
        redacted: Whether faces and heads are covered.
        held: Whether a legal hold keeps the incident's evidence.
    """

    incident: str | None
    camera: str
    begins_at: datetime
    ends_at: datetime
    kind: str
    redacted: bool
    held: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """A clip that lies ready.

    Attributes:
        path: The file.
        sha256: Of it.
        taken: Bytes that its receiver has; None before anything was sent.
    """

    exhibit: Exhibit
    path: Path
    bytes: int
    sha256: str
    taken: int | None = None


_KEPT = TypeAdapter(Kept)


class Handover:
    """The folder of what is on its way out; used by one thread."""

    def __init__(self, folder: Path) -> None:
        """Use a folder that is made when there is something to hand out."""
        self._folder = folder

    def resume(self, command_id: str) -> Kept | None:
        """Return what lies ready for a command, None if nothing does; forget all others'."""
        for path in self._folder.glob("*"):
            if not path.name.startswith(f"{command_id}."):
                path.unlink(missing_ok=True)
        try:
            kept = _KEPT.validate_json(self._facts(command_id).read_bytes())
            # What was being written when the power went is not whole.
            if kept.path.stat().st_size == kept.bytes and sha256_of(kept.path) == kept.sha256:
                return kept
        except (OSError, ValidationError):
            pass
        self.end(command_id)
        return None

    def tidy(self, before: datetime) -> None:
        """Remove what was left before a moment: its command has long expired."""
        for path in self._folder.glob("*"):
            with contextlib.suppress(OSError):
                if path.stat().st_mtime < before.timestamp():
                    path.unlink()

    def draft(self, command_id: str) -> Path:
        """Return a path for a clip that is being made; raises OSError."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self._folder / f"{command_id}{DRAFT}"

    def keep(self, command_id: str, clip: Path, exhibit: Exhibit) -> Kept:
        """Lay a clip ready, so that it is there after a restart; raises OSError.

        Args:
            command_id: Whose.
            clip: The file; whoever owns it may remove it meanwhile.
            exhibit: What it is.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{command_id}{CLIP}"
        path.unlink(missing_ok=True)
        try:
            os.link(clip, path)
        except OSError:  # another disk, or one that knows no links
            shutil.copyfile(clip, path)
            path.chmod(0o600)
        with path.open("rb") as file:
            os.fsync(file.fileno())
        # A film that was not redacted stays no longer than it must.
        (self._folder / f"{command_id}{DRAFT}").unlink(missing_ok=True)
        kept = Kept(exhibit, path, path.stat().st_size, sha256_of(path))
        self._write(command_id, kept)
        flush_folder(self._folder)
        return kept

    def note(self, command_id: str, kept: Kept, taken: int) -> None:
        """Note how much the receiver has; raises OSError."""
        self._write(command_id, replace(kept, taken=taken))

    def end(self, command_id: str) -> None:
        """Forget what lies ready for a command."""
        for suffix in (FACTS, CLIP, DRAFT):
            with contextlib.suppress(OSError):
                (self._folder / f"{command_id}{suffix}").unlink(missing_ok=True)

    def _facts(self, command_id: str) -> Path:
        return self._folder / f"{command_id}{FACTS}"

    def _write(self, command_id: str, kept: Kept) -> None:
        write_whole(self._facts(command_id), _KEPT.dump_json(kept))
