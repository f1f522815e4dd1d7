"""A picture's scene: what is drawn, and the rows that rules see of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from edge.domain.geometry import Polygon, box_area
from edge.domain.rule import Finding, IncidentType, Terms, Zone
from edge.domain.scene import Cloud, Evidence, Place, Subject, Thing
from edge.rules import RULES
from tests.pictures.ink import Ink
from tests.scenes import a_cloud, a_person, a_place, a_scene

Row = Place | Thing | Cloud


@dataclass(frozen=True, slots=True)
class Actor:
    """Something in a picture.

    Attributes:
        row: What the rules see of it; None where nothing.
        why_not: Why the rule does not speak of it; empty where it does.
    """

    ink: Ink
    row: Row | None = None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """One picture.

    Attributes:
        backdrop: SVG of the street, and of what lies on the ground.
        actors: From the farthest to the nearest.
        terms: What differs from the rule's usual terms.
        shown: Height of what is shown of the camera's picture, from its top.
    """

    incident: IncidentType
    zone: Zone
    backdrop: str
    actors: tuple[Actor, ...]
    allowed: tuple[tuple[str, Polygon], ...] = ()
    terms: Mapping[str, Any] = field(default_factory=dict)
    shown: int = 432

    def judge(self, *, without: Actor | None = None) -> list[Finding]:
        """Return what the rule says of the scene, or of the scene without something."""
        rows = [one.row for one in self.actors if one is not without and one.row is not None]
        return list(RULES[self.incident].judge(a_scene(*rows), self.zone, self.usual()))

    def usual(self) -> Terms:
        """Return the terms."""
        polygons = tuple(polygon for _, polygon in self.allowed)
        return replace(RULES[self.incident].terms, outside=polygons, **self.terms)


def standing(
    ink: Ink, number: int, subject: Subject, *, label: str = "", why_not: str = "", **changes: Any
) -> Actor:
    """Return something that stands where it is drawn."""
    box = ink.box
    place = a_place(subject, number=number, box=box, area=round(0.8 * box_area(box), 4), **changes)
    named = Evidence.DETECTOR in place.evidence
    return Actor(ink, replace(place, label=label or place.label) if named else place, why_not)


def seen(ink: Ink, *, why_not: str = "", **changes: Any) -> Actor:
    """Return somebody whom a network sees on this picture."""
    return Actor(ink, a_person(box=ink.box, **changes), why_not)


def rising(ink: Ink, subject: Subject, *, why_not: str = "", **changes: Any) -> Actor:
    """Return smoke or flame."""
    return Actor(ink, a_cloud(subject, box=ink.box, **changes), why_not)


def drawn(ink: Ink) -> Actor:
    """Return something that the rules do not see."""
    return Actor(ink)
