"""Many people in one place for some time; who is known to walk on is not one of them."""

from collections.abc import Iterator

from edge.domain.rule import Finding, IncidentType, Needs, Rule, Terms, Zone
from edge.domain.scene import Evidence, Scene, Subject
from edge.domain.sightings import seen_in, sighting


def judge(scene: Scene, zone: Zone, terms: Terms) -> Iterator[Finding]:
    """Yield one finding for the zone if enough people stay in it on this picture."""
    people = [one for one in seen_in(scene, zone, terms, Subject.PERSON) if not one.moving]
    if len(people) >= terms.least_count:
        yield sighting(zone, people, terms, Evidence.PEOPLE)


RULE = Rule(
    type=IncidentType.CROWD_GATHERING,
    needs=Needs.LOOK,
    subjects=frozenset({Subject.PERSON}),
    terms=Terms(dwell_s=120, clear_s=60, hold_s=900, least_count=8, least_score=0.4, gap_s=10),
    judge=judge,
)
