"""One person passing a gate, with one decision."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from edge.domain.resident import Category


class Decision(StrEnum):
    """What the box says about one person at a gate."""

    RESIDENT = "resident"
    STRANGER = "stranger"
    WATCHLIST = "watchlist"
    UNSURE = "unsure"


class Direction(StrEnum):
    """Which way people on this camera's picture walk."""

    IN = "in"
    OUT = "out"


class Doubt(StrEnum):
    """Why a passage is ``unsure``."""

    NO_USABLE_FACE = "no_usable_face"
    TOO_FEW_FRAMES = "too_few_frames"
    BETWEEN_THRESHOLDS = "between_thresholds"
    SMALL_MARGIN = "small_margin"
    FRAMES_DISAGREE = "frames_disagree"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    NOT_LIVE = "not_live"
    SEEN_TWICE = "seen_twice"


class Action(StrEnum):
    """What a passage message does to what the platform already knows."""

    DECIDED = "decided"
    UPDATED = "updated"


@dataclass(frozen=True, slots=True)
class Likeness:
    """How the person compares with the gallery.

    Attributes:
        similarity: Cosine of the fused face with the most similar person, in [-1, 1].
        margin: ``similarity`` minus that of the second person; None in a gallery of one.
        threshold: What ``similarity`` had to exceed.
        template_id: Which enrolled template was met.
    """

    similarity: float
    margin: float | None
    threshold: float
    template_id: str


@dataclass(frozen=True, slots=True)
class Passage:
    """One person passing one gate once.

    Attributes:
        id: UUIDv7; with ``revision`` the receiver's key.
        revision: 1 when decided; counts up with each update.
        doubts: Why ``unsure``; empty for every other decision.
        resident_id: Set for ``resident`` and ``watchlist``, and for ``unsure`` because of validity.
        likeness: None where no usable face was seen or the gallery is empty.
        frames: Frames on which the person's face was found.
        usable_frames: Frames whose face was good enough to be fused.
        refused: How many faces were refused, per reason, sorted by reason.
        appeared_at: First frame with the face, UTC.
        decided_at: Frame at which the evidence sufficed, UTC.
        persons: People who went through with this authorisation, this one included; more than
            one is tailgating.
    """

    id: str
    revision: int
    action: Action
    camera_id: str
    direction: Direction
    decision: Decision
    doubts: tuple[Doubt, ...]
    resident_id: str | None
    category: Category | None
    likeness: Likeness | None
    frames: int
    usable_frames: int
    refused: tuple[tuple[str, int], ...]
    model_sha256: str
    appeared_at: datetime
    decided_at: datetime
    persons: int = 1
