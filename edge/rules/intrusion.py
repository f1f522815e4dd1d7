"""Somebody where nobody may be."""

from collections.abc import Iterator

from edge.domain.geometry import around, contains, foot
from edge.domain.rule import Finding, IncidentType, Needs, Rule, Severity, Terms, Zone
from edge.domain.scene import Evidence, Presence, Scene, Subject


def judge(scene: Scene, zone: Zone, terms: Terms) -> Iterator[Finding]:
    """Yield one finding for the zone if somebody, or a thing of the terms' classes, is in it."""
    inside = [
        thing
        for thing in scene.things
        if (thing.label in terms.classes or (not terms.classes and thing.subject is Subject.PERSON))
        and thing.score >= terms.least_score
        and contains(zone.polygon, foot(thing.box))
    ]
    if len(inside) >= terms.least_count:
        yield Finding(
            key=f"zone:{zone.id}",
            box=around([thing.box for thing in inside]),
            presence=Presence.PRESENT,
            since_s=None,
            parts=(("detector", round(max(thing.score for thing in inside), 3)),),
            evidence=(Evidence.DETECTOR,),
            confirmed=True,
            count=len(inside),
            label=inside[0].label,
        )


RULE = Rule(
    type=IncidentType.INTRUSION,
    needs=Needs.LOOK,
    subjects=frozenset({Subject.PERSON}),
    terms=Terms(
        dwell_s=3, clear_s=10, hold_s=300, least_score=0.5, gap_s=3, severity=Severity.URGENT
    ),
    judge=judge,
)
