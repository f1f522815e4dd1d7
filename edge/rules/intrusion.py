"""Somebody where nobody may be, or a thing of the classes that the terms name instead."""

from collections.abc import Iterator

from edge.domain.rule import Finding, IncidentType, Needs, Rule, Severity, Terms, Zone
from edge.domain.scene import Scene, Subject
from edge.domain.sightings import seen_in, sighting


def judge(scene: Scene, zone: Zone, terms: Terms) -> Iterator[Finding]:
    """Yield one finding for the zone if somebody, or a thing of the terms' classes, is in it."""
    inside = seen_in(scene, zone, terms, Subject.PERSON)
    if len(inside) >= terms.least_count:
        yield sighting(zone, inside, terms)


RULE = Rule(
    type=IncidentType.INTRUSION,
    needs=Needs.LOOK,
    subjects=frozenset({Subject.PERSON}),
    terms=Terms(
        dwell_s=3, clear_s=10, hold_s=300, least_score=0.5, gap_s=3, severity=Severity.URGENT
    ),
    judge=judge,
)
