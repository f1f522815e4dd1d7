"""Flames in a zone.

Whether it is flame is decided where pixels are seen, so the least score of 0.3, not 0.5, only
leaves out the weakest: a score of that evidence is no probability.
"""

from collections.abc import Iterator

from edge.domain.rule import Finding, IncidentType, Needs, Rule, Severity, Terms, Zone
from edge.domain.scene import Evidence, Scene, Subject
from edge.domain.sightings import clouds_over


def judge(scene: Scene, zone: Zone, terms: Terms) -> Iterator[Finding]:
    """Yield one finding for the zone if something burns in it."""
    return clouds_over(scene, zone, terms, Subject.FLAME, Evidence.FLAME_FLICKER)


RULE = Rule(
    type=IncidentType.OPEN_FLAME,
    needs=Needs.CLOUDS,
    subjects=frozenset({Subject.FLAME}),
    terms=Terms(
        dwell_s=4,
        clear_s=30,
        hold_s=300,
        steadiness=0.6,
        least_score=0.3,
        gap_s=6,
        severity=Severity.URGENT,
    ),
    judge=judge,
)
