"""What one camera's street looks like at one moment: rows, no pixels."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from edge.domain.geometry import Box


class Subject(StrEnum):
    """What something is to the rules, whatever a network calls it."""

    PERSON = "person"
    VEHICLE = "vehicle"
    BIKE = "bike"
    STALL = "stall"
    GOODS = "goods"
    GARBAGE = "garbage"
    SMOKE = "smoke"
    FLAME = "flame"
    OTHER = "other"
    """Animals and what else is none of these: only a rule that names its class is about it."""
    OBJECT = "object"
    """Something that stands and that no network has named."""


class Presence(StrEnum):
    """What the last look at a place said."""

    PRESENT = "present"
    OCCLUDED = "occluded"
    """Something is in front of it, or the picture could not be compared: nothing is known."""
    ABSENT = "absent"


class Evidence(StrEnum):
    """What a statement rests on."""

    DETECTOR = "detector"
    STATIC_FOREGROUND = "static_foreground"
    APPEARANCE = "appearance"
    SMOKE_MOTION = "smoke_motion"
    FLAME_FLICKER = "flame_flicker"
    PEOPLE = "people"
    COVERAGE = "coverage"
    INTEGRITY = "integrity"


@dataclass(frozen=True, slots=True)
class Thing:
    """Something a network sees on this picture.

    Attributes:
        label: The network's own word.
        box: Corners as shares of the picture.
        score: In [0, 1].
        moving: Whether somebody is known to have been elsewhere at the looks before.
    """

    subject: Subject
    label: str
    box: Box
    score: float
    moving: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Something that stands: its place, not its track.

    Attributes:
        id: Of this place on this camera; the same again if the same thing comes back.
        subject: What it is; ``OBJECT`` where no network says.
        label: The network's own word, empty where none says.
        box: Where it came to stand, shares of the picture.
        area: Share of the picture it covers; less than its box's where its outline is known.
        since_s: Stream time at which it came to stand.
        seen_s: Stream time at which it was last positively there.
        presence: What the last look said.
        steadiness: Share of the unhindered looks since ``since_s`` that found it, in [0, 1].
        score: Mean detector score, 0 where no network has seen it.
        evidence: What says that it stands there.
        missing: What could have said so and did not.
        attended: Share of the looks at which people were at it.
        questioned: Whether a network has looked at it closely and more than once.
        arrival_seen: Whether the camera was watching when it came.
        neighbour_left_s: Stream time at which something of its kind beside it last moved off.
    """

    id: int
    subject: Subject
    label: str
    box: Box
    area: float
    since_s: float
    seen_s: float
    presence: Presence
    steadiness: float
    score: float
    evidence: tuple[Evidence, ...]
    missing: tuple[Evidence, ...] = ()
    attended: float = 0.0
    questioned: bool = False
    arrival_seen: bool = True
    neighbour_left_s: float | None = None

    @property
    def confirmed(self) -> bool:
        """Return whether a network has named it."""
        return Evidence.DETECTOR in self.evidence

    @property
    def gone(self) -> bool:
        """Return whether the last look found what is behind it."""
        return self.presence is Presence.ABSENT


@dataclass(frozen=True, slots=True)
class Cloud:
    """Smoke or flame on this picture.

    Attributes:
        age_s: For how long it has been there.
        score: How strong the evidence is, in [0, 1].
        alarm: Whether it suffices by itself.
        cues: Named parts of the evidence, each with its strength.
        missing: Cues that were looked for and not found.
        confirmed: Whether a network says so too.
    """

    subject: Subject
    box: Box
    age_s: float
    score: float
    alarm: bool
    cues: tuple[tuple[str, float], ...] = ()
    missing: tuple[str, ...] = ()
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class CloudReport:
    """What is known of smoke and flame on one picture.

    Attributes:
        watching: Whether pictures came often enough to say anything.
        suspicious: Whether it is worth having every picture.
    """

    clouds: tuple[Cloud, ...] = ()
    watching: bool = False
    suspicious: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """One moment of one camera.

    Attributes:
        mono_s: Stream time.
        utc: Wall time, aware.
        aspect: Width of the picture over its height: boxes are shares of each.
        places: What stands, by id.
        things: What a network sees now; empty where none has looked at this picture.
        looked: Whether a network has looked at this picture.
        clouds: Smoke and flame.
        watching_clouds: Whether pictures came often enough to judge smoke and flame.
    """

    mono_s: float
    utc: datetime
    aspect: float = 16 / 9
    places: tuple[Place, ...] = ()
    things: tuple[Thing, ...] = ()
    looked: bool = False
    clouds: tuple[Cloud, ...] = ()
    watching_clouds: bool = False

    def of(self, *subjects: Subject) -> Iterator[Place]:
        """Yield the places of some subjects."""
        return (place for place in self.places if place.subject in subjects)

    def people(self) -> Iterator[Thing]:
        """Yield the people on this picture."""
        return (thing for thing in self.things if thing.subject is Subject.PERSON)
