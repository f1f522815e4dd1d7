"""A console with incidents to judge, what shows them, and a workshop that redacts at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from edge.console.app import create_app
from edge.console.workshop import Prepared
from edge.store.audit import AuditRow
from edge.store.kept import Clip, ClipState, Gap
from tests.conftest import FakeClock
from tests.console_app import Console
from tests.exhibits import Exhibits
from tests.incidents import NOON

CLIP = "clip.mp4"
REDACTED = b"\x00\x00\x00\x11free redacted"
"""Added to a file it leaves a picture a picture and a clip a clip."""

STILLS = ("first.jpg", "opened.jpg", "opened-annotated.jpg")


@dataclass
class FakeRedactions:
    """Redacts stills at once, and clips when it is told that time has passed."""

    folder: Path
    clips_ready: bool = True
    failure: str = ""
    asked: list[tuple[str, bool]] = field(default_factory=list)

    def redact_still(self, path: Path, *, plates: bool) -> Prepared:
        return self._made(path, plates=plates)

    def redact_clip(self, path: Path, *, plates: bool) -> Prepared:
        return self._made(path, plates=plates) if self.clips_ready else Prepared(None)

    def clear_clip(self, path: Path) -> Prepared:
        return Prepared(path)

    def _made(self, path: Path, *, plates: bool) -> Prepared:
        self.asked.append((path.name, plates))
        if self.failure:
            return Prepared(None, self.failure)
        self.folder.mkdir(exist_ok=True)
        made = self.folder / f"{path.parent.name}-{path.name}"
        made.write_bytes(path.read_bytes() + REDACTED)
        return Prepared(made)


class ReviewConsole(Console):
    """A console on the evidence of a box."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.redactions = FakeRedactions(self.home / "redacted")
        self.services = replace(self.services, redactions=self.redactions)
        self.app = create_app(self.services)
        self.exhibits = Exhibits(self.home, FakeClock())

    def open(self, name: str, files: Sequence[str] = (*STILLS, CLIP), **facts: Any) -> None:
        """Record an incident of the camera ``west``, with what shows it."""
        self.exhibits.open(name, files, **{"camera_id": "west", **facts})

    def open_without_clip(self, name: str, why: str) -> None:
        """Record an incident whose clip could not be written."""
        clip = Clip(name, "west", NOON, NOON, NOON, ClipState.MISSING, why)
        gap = Gap(name, "opened.jpg", "no space left on the disk")
        self.exhibits.open(name, (), clip=clip, gaps=[gap], camera_id="west")

    def audited(self) -> list[AuditRow]:
        """Return the audit, the first row first."""
        return sorted(self.accounts.audit_rows(), key=lambda row: row.number)
