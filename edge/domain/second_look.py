"""A second look at a place: what is asked of a camera, and what it says."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from edge.domain.geometry import Box
from edge.domain.rule import IncidentType, Needs
from edge.domain.scene import Evidence, Subject


class Sight(StrEnum):
    """What a second look at a place found."""

    PRESENT = "present"
    GONE = "gone"
    """The place has been seen without it."""
    OCCLUDED = "occluded"
    """Something is before it, or stands there that is not known to be it."""
    UNSEEN = "unseen"
    """Nobody could look; a reason says why."""


class Unseen(StrEnum):
    """Why a place could not be looked at."""

    OFFLINE = "offline"
    NO_PICTURE = "no_picture"
    """The camera sent none in time."""
    UNWATCHED = "unwatched"
    """No rule of the camera sees such things there any more, or nobody has the camera."""
    CHANGING = "changing"
    """All of the picture changes at once: a light goes on, or the camera turns."""
    BLACK = "black"
    COVERED = "covered"
    FROZEN = "frozen"
    MOVED = "moved"
    """The camera shows another view than its zones were drawn on."""
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that is to be looked at again.

    Attributes:
        box: Where it is, shares of the picture.
        zone_id: Whose rule told of it; None if nobody's.
        type: What was told; None if nothing was.
        needs: What must be seen to say anything.
        subjects: What it may be.
        own_ids: What the camera itself calls the incidents that are meant.
    """

    camera_id: str
    box: Box
    zone_id: str | None
    type: IncidentType | None
    needs: Needs
    subjects: frozenset[Subject]
    own_ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SecondLook:
    """What a camera says of a spot.

    Attributes:
        reason: Why it is unseen; None otherwise.
        at: When the picture was taken that says so; None without one.
        looks: How many pictures were judged.
        evidence: What says that it is there.
        jpeg: The picture, with heads coarse and zone and box drawn; None where none may leave.
        heads_known: Whether a network has looked for people: else heads are as they are.
    """

    sight: Sight
    reason: Unseen | None = None
    at: datetime | None = None
    looks: int = 0
    evidence: tuple[Evidence, ...] = ()
    jpeg: bytes | None = field(default=None, repr=False)
    heads_known: bool = False
