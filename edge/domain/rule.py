"""What is not allowed in a zone, and what a rule says about one moment."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from edge.domain.geometry import Box, Polygon
from edge.domain.scene import Evidence, Presence, Scene, Subject


class IncidentType(StrEnum):
    """What can be wrong; stable names that code tables map to a city's own."""

    MOTOR_PARKING = "motor_parking"
    NONMOTOR_PARKING = "nonmotor_parking"
    FIRE_LANE_BLOCKED = "fire_lane_blocked"
    ITINERANT_VENDOR = "itinerant_vendor"
    ROAD_TRADING = "road_trading"
    SHOP_OVERFLOW = "shop_overflow"
    MATERIAL_PILE = "material_pile"
    EXPOSED_GARBAGE = "exposed_garbage"
    CROWD_GATHERING = "crowd_gathering"
    INTRUSION = "intrusion"
    SMOKE_AIR = "smoke_air"
    OPEN_FLAME = "open_flame"
    OPEN_BURNING = "open_burning"
    CAMERA_LOST = "camera_lost"
    CAMERA_FROZEN = "camera_frozen"
    CAMERA_BLACK = "camera_black"
    CAMERA_COVERED = "camera_covered"
    CAMERA_DEFOCUSED = "camera_defocused"
    CAMERA_MOVED = "camera_moved"
    CAMERA_CLOCK = "camera_clock"


class Severity(StrEnum):
    """How much an incident matters."""

    REVIEW = "review"
    """Unconfirmed: a person looks first, nobody is sent."""
    NORMAL = "normal"
    URGENT = "urgent"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one rule in one zone; each rule has its own defaults.

    Attributes:
        dwell_s: How long before an incident opens.
        warn_s: How long before a warning, less than ``dwell_s``; None without.
        clear_s: How long it must be positively gone.
        clear_looks: How many looks must agree on that.
        gap_s: A condition that fails for no longer goes on.
        hold_s: The same thing again within this time continues the old incident.
        steadiness: Share of looks that must have found it, in [0, 1].
        least_score: Least score of what a network names, mean over all looks at a place. Not the
            threshold of one picture, which is the network's own.
        least_area: Share of the picture.
        greatest_area: Share of the picture.
        least_count: How many there must be.
        least_cover: Share of the zone, or of the thing, that must be covered.
        severity: Of a confirmed incident.
        review_unconfirmed: Without a network's word it opens as ``review``.
        classes: The network's words that count; empty for all of the rule's subjects. What no
            network names counts all the same, as far as the rule takes such things.
        outside: Parts of the zone where the things may stand: racks, bays, around the bins.
        loading_s: How much longer a vehicle may stand while people are at it.
        unseen_arrival_s: How much longer something may stand that was there before the camera: it
            may be part of the street.
    """

    dwell_s: float
    warn_s: float | None = None
    clear_s: float = 60.0
    clear_looks: int = 3
    gap_s: float = 20.0
    hold_s: float = 3600.0
    steadiness: float = 0.7
    least_score: float = 0.5
    least_area: float = 0.0
    greatest_area: float = 1.0
    least_count: int = 1
    least_cover: float = 0.3
    severity: Severity = Severity.NORMAL
    review_unconfirmed: bool = True
    classes: tuple[str, ...] = ()
    outside: tuple[Polygon, ...] = ()
    loading_s: float = 0.0
    unseen_arrival_s: float = 600.0


@dataclass(frozen=True, slots=True)
class Zone:
    """A polygon on a camera's picture, shares of its width and height."""

    id: str
    polygon: Polygon


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says about one moment.

    Attributes:
        key: Which thing it is about: ``place:7``, or the zone where the zone itself is the thing.
        box: Where, shares of the picture.
        presence: Whether the condition holds, is hidden, or positively does not.
        since_s: Stream time at which the thing came; None if only from now.
        parts: What the confidence is made of, each in [0, 1]; it is their product.
        evidence: What it rests on.
        missing: What could have supported it and did not.
        confirmed: Whether somebody else than the trigger says so.
        count: How many things.
        label: What it is, in the network's word.
    """

    key: str
    box: Box
    presence: Presence
    since_s: float | None
    parts: tuple[tuple[str, float], ...] = ()
    evidence: tuple[Evidence, ...] = ()
    missing: tuple[str, ...] = ()
    confirmed: bool = False
    count: int = 1
    label: str = ""

    @property
    def confidence(self) -> float:
        """Return the product of the parts, in [0, 1]."""
        product = 1.0
        for _, part in self.parts:
            product *= part
        return product


class Needs(StrEnum):
    """What a rule must see before it can say anything about a moment."""

    PLACES = "places"
    LOOK = "look"
    """A network's look at this very picture."""
    CLOUDS = "clouds"


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of rule: what it is about, its usual terms, and how it judges a moment.

    Attributes:
        type: What it opens.
        subjects: What it is about; a network that names none of them cannot confirm it.
        terms: Its defaults.
        judge: Pure; what the rule says about one moment of one zone.
        needs_people: Whether it finds nothing that nobody is seen at, which a network must see.
    """

    type: IncidentType
    needs: Needs
    subjects: frozenset[Subject]
    terms: Terms
    judge: Callable[[Scene, Zone, Terms], Iterable[Finding]]
    needs_people: bool = False
