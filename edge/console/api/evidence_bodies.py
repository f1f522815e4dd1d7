"""What the API says of the files that show an incident."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from edge.evidence.verification import Verified
from edge.store.clip_faults import ClipFault, fault_of
from edge.store.evidence import Hold
from edge.store.kept import ANNOTATED, Clip, ClipState, Gap, Item

AS_SIGNED, PURGED = "as_signed", "purged"


class Strict(BaseModel):
    """A body that has nothing else."""

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class Exhibits:
    """What the box keeps of an incident, and one picture of it and of similar ones."""

    items: Sequence[Item]
    gaps: Sequence[Gap]
    clip: Clip | None
    hold: Hold | None
    stills: Mapping[str, str]


class MediaBody(Strict):
    """A picture or clip.

    Attributes:
        annotated: Whether zone and box are drawn on it already.
        purged_at: When it was removed; null while it is there.
    """

    name: str
    kind: str
    media_type: str
    annotated: bool
    camera_id: str
    bytes: int
    sha256: str
    begins_at: datetime
    ends_at: datetime
    purged_at: datetime | None


class GapBody(Strict):
    """A file that could not be written, and why."""

    name: str
    detail: str


class ClipBody(Strict):
    """How far the clip is: wanted, written or missing, and why.

    Attributes:
        fault: Why it is missing, in a word; null while it is not.
    """

    state: str
    fault: ClipFault | None
    moment: datetime
    begins_at: datetime
    ends_at: datetime
    detail: str


class HoldBody(Strict):
    """A legal hold."""

    reason: str
    held_by: str
    held_at: datetime


class HoldReason(Strict):
    """Why evidence is held."""

    reason: str = Field(min_length=1, max_length=200)


class FileVerdictBody(Strict):
    """What became of one file: ``as_signed``, ``purged`` and recorded, or what is wrong."""

    name: str
    state: str
    detail: str


class VerificationBody(Strict):
    """What came of a verification.

    Attributes:
        sound: Whether all files are as the box has signed them.
        key: SHA-256 of the public key that the manifest was checked with.
    """

    sound: bool
    key: str
    files: list[FileVerdictBody]


def media_of(items: Sequence[Item], cameras: Collection[str] | None) -> list[MediaBody]:
    """Return the files of cameras that may be seen; None: of all."""
    return [
        MediaBody(
            annotated=one.name.endswith(ANNOTATED),
            **{
                name: getattr(one, name)
                for name in MediaBody.model_fields
                if name not in {"annotated", "kind"}
            },
            kind=str(one.kind),
        )
        for one in items
        if cameras is None or one.camera_id in cameras
    ]


def hold_of(hold: Hold) -> HoldBody:
    """Return a hold as the API tells it."""
    return HoldBody(reason=hold.reason, held_by=hold.held_by, held_at=hold.held_at)


def clip_of(clip: Clip) -> ClipBody:
    """Return how far a clip is."""
    return ClipBody(
        state=str(clip.state),
        fault=fault_of(clip.detail) if clip.state is ClipState.MISSING else None,
        moment=clip.moment,
        begins_at=clip.begins_at,
        ends_at=clip.ends_at,
        detail=clip.detail,
    )


def verification_of(items: Sequence[Item], found: Verified, key: str) -> VerificationBody:
    """Return what came of a verification, file by file."""
    wrong = {one.name: one for one in found.problems}
    files = [
        FileVerdictBody(name=one.name, state=PURGED if one.purged_at else AS_SIGNED, detail="")
        for one in items
        if one.name not in wrong
    ]
    files += [
        FileVerdictBody(name=one.name, state=str(one.fault), detail=one.detail)
        for one in found.problems
    ]
    return VerificationBody(sound=found.sound, key=key, files=files)
