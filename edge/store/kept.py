"""What shows an incident: its files, their gaps and its clip, written with its revision."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from edge.store.moments import text_of

JPEG = "image/jpeg"
MP4 = "video/mp4"
ANNOTATED = "-annotated.jpg"
"""How the name of a still ends on which zone and box are drawn."""


class Kind(StrEnum):
    """What a file of evidence is; each kind is kept for its own time."""

    STILL = "still"
    CLIP = "clip"


class ClipState(StrEnum):
    """How far an incident's clip has come."""

    WANTED = "wanted"
    WRITTEN = "written"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Item:
    """A file that shows an incident.

    Attributes:
        path: Below the evidence folder.
        begins_at: UTC; of a still, when it was taken.
        ends_at: UTC; of a still as ``begins_at``.
        made_at: When it was recorded; None before that.
        purged_at: When the file was removed; None while it is there.
    """

    incident_id: str
    name: str
    kind: Kind
    camera_id: str
    media_type: str
    bytes: int
    sha256: str
    path: str
    begins_at: datetime
    ends_at: datetime
    made_at: datetime | None = None
    purged_at: datetime | None = None

    def listed(self) -> dict[str, str | int]:
        """Return what a message or a manifest says of it."""
        return {
            "name": self.name,
            "media_type": self.media_type,
            "bytes": self.bytes,
            "sha256": self.sha256,
        }


@dataclass(frozen=True, slots=True)
class Gap:
    """A file that should show an incident and could not be written."""

    incident_id: str
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class Clip:
    """The clip of an incident.

    Attributes:
        moment: The incident's own time, which the clip must contain.
        begins_at: With the pre-roll.
        ends_at: With the post-roll.
        detail: Why it is missing, or short.
    """

    incident_id: str
    camera_id: str
    moment: datetime
    begins_at: datetime
    ends_at: datetime
    state: ClipState = ClipState.WANTED
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is written of evidence together with a revision of its incident."""

    items: Sequence[Item] = ()
    gaps: Sequence[Gap] = ()
    clip: Clip | None = None


def write_evidence(connection: sqlite3.Connection, kept: Kept, made_at: datetime) -> None:
    """Write what shows an incident; inside the transaction of the revision it belongs to."""
    for item in kept.items:
        connection.execute(
            "INSERT OR REPLACE INTO evidence VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
            (
                item.incident_id,
                item.name,
                item.kind,
                item.camera_id,
                item.media_type,
                item.bytes,
                item.sha256,
                item.path,
                text_of(item.begins_at),
                text_of(item.ends_at),
                text_of(made_at),
            ),
        )
    connection.executemany(
        "INSERT OR REPLACE INTO evidence_gaps VALUES (?, ?, ?, ?)",
        [(gap.incident_id, gap.name, gap.detail, text_of(made_at)) for gap in kept.gaps],
    )
    if kept.clip is not None:
        clip = kept.clip
        connection.execute(
            "INSERT OR REPLACE INTO clips VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                clip.incident_id,
                clip.camera_id,
                text_of(clip.moment),
                text_of(clip.begins_at),
                text_of(clip.ends_at),
                clip.state,
                clip.detail,
            ),
        )
