"""Streets as rows, for tests of what judges them: a scene of things, each where its foot is."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from edge.domain.geometry import Box, Point, box_area
from edge.domain.rule import Finding, IncidentType, Terms, Zone
from edge.domain.scene import Cloud, Evidence, Place, Presence, Scene, Subject, Thing
from edge.rules import RULES

NOW_S = 10_000.0
CAME_S = NOW_S - 400
ZONE = Zone("kerb", ((0.1, 0.4), (0.9, 0.4), (0.9, 0.9), (0.1, 0.9)))
INSIDE: Point = (0.5, 0.7)
BESIDE: Point = (0.5, 0.2)
BOTH = (Evidence.DETECTOR, Evidence.STATIC_FOREGROUND)


def standing_at(foot: Point, size: Point) -> Box:
    """Return the box of a thing that stands at a point."""
    return (foot[0] - size[0] / 2, foot[1] - size[1], foot[0] + size[0] / 2, foot[1])


def a_place(
    subject: Subject,
    *,
    number: int = 1,
    foot: Point = INSIDE,
    size: Point = (0.1, 0.1),
    **changes: Any,
) -> Place:
    """Return something that has stood for 400 s on every look; a network names all but objects."""
    box = standing_at(foot, size)
    named = subject is not Subject.OBJECT
    place = Place(
        id=number,
        subject=subject,
        label=str(subject) if named else "",
        box=box,
        area=box_area(box),
        since_s=CAME_S,
        seen_s=NOW_S,
        presence=Presence.PRESENT,
        steadiness=1.0,
        score=0.8 if named else 0.0,
        evidence=BOTH if named else (Evidence.STATIC_FOREGROUND,),
        missing=() if named else (Evidence.DETECTOR,),
    )
    return replace(place, **changes)


def a_person(foot: Point = INSIDE, **changes: Any) -> Thing:
    """Return somebody on this picture."""
    person = Thing(Subject.PERSON, "person", standing_at(foot, (0.04, 0.15)), 0.8)
    return replace(person, **changes)


def a_cloud(
    subject: Subject, *, foot: Point = INSIDE, size: Point = (0.1, 0.1), **changes: Any
) -> Cloud:
    """Return smoke or flame of 20 s whose evidence suffices and that no network confirms."""
    cloud = Cloud(subject, standing_at(foot, size), age_s=20.0, score=0.7, alarm=True)
    return replace(cloud, **changes)


def a_scene(*rows: Place | Thing | Cloud) -> Scene:
    """Return a moment with these rows at which everything has been looked for."""
    return Scene(
        mono_s=NOW_S,
        utc=datetime(2026, 11, 24, 3, 0, tzinfo=UTC),
        places=tuple(row for row in rows if isinstance(row, Place)),
        things=tuple(row for row in rows if isinstance(row, Thing)),
        clouds=tuple(row for row in rows if isinstance(row, Cloud)),
        looked=True,
        watching_clouds=True,
    )


def judged(
    incident: IncidentType, *rows: Place | Thing | Cloud, zone: Zone = ZONE, **terms: Any
) -> list[Finding]:
    """Return what a rule says of a scene, on its usual terms but for those given."""
    return list(RULES[incident].judge(a_scene(*rows), zone, usual(incident, **terms)))


def usual(incident: IncidentType, **terms: Any) -> Terms:
    """Return a rule's usual terms, changed."""
    return replace(RULES[incident].terms, **terms)
