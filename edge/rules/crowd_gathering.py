"""Many people in one place for some time."""

from collections.abc import Iterator

from edge.domain.geometry import around, contains, foot
from edge.domain.rule import Finding, IncidentType, Needs, Rule, Terms, Zone
from edge.domain.scene import Evidence, Presence, Scene


def judge(scene: Scene, zone: Zone, terms: Terms) -> Iterator[Finding]:
    """Yield one finding for the zone if enough people are in it on this picture."""
    people = [
        one
        for one in scene.people()
        if one.score >= terms.least_score and contains(zone.polygon, foot(one.box))
    ]
    if len(people) >= terms.least_count:
        yield Finding(
            key=f"zone:{zone.id}",
            box=around([one.box for one in people]),
            presence=Presence.PRESENT,
            since_s=None,
            parts=(("detector", round(sum(one.score for one in people) / len(people), 3)),),
            evidence=(Evidence.DETECTOR, Evidence.PEOPLE),
            confirmed=True,
            count=len(people),
            label="person",
        )


RULE = Rule(
    type=IncidentType.CROWD_GATHERING,
    needs=Needs.LOOK,
    subjects=frozenset(),
    terms=Terms(dwell_s=120, clear_s=60, hold_s=900, least_count=8, least_score=0.4, gap_s=10),
    judge=judge,
)
