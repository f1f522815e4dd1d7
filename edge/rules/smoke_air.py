"""Smoke over a zone.

Whether it is smoke is decided where pixels are seen, so the least score of 0.3, not 0.5, only
leaves out the weakest: a score of that evidence is no probability.
"""

from collections.abc import Iterator

from edge.domain.rule import Finding, IncidentType, Needs, Rule, Severity, Terms, Zone
from edge.domain.scene import Evidence, Scene, Subject
from edge.domain.sightings import clouds_over


def judge(scene: Scene, zone: Zone, terms: Terms) -> Iterator[Finding]:
    """Yield one finding for the zone if smoke lies over it."""
    return clouds_over(scene, zone, terms, Subject.SMOKE, Evidence.SMOKE_MOTION)


RULE = Rule(
    type=IncidentType.SMOKE_AIR,
    needs=Needs.CLOUDS,
    subjects=frozenset({Subject.SMOKE}),
    terms=Terms(
        dwell_s=10,
        clear_s=60,
        hold_s=900,
        steadiness=0.6,
        least_score=0.3,
        gap_s=10,
        severity=Severity.URGENT,
    ),
    judge=judge,
)
