"""Bicycles and electric bikes left outside the racks, once there are enough of them.

It counts from when the third of those that stand now came: who comes and goes is no disorder. Ten
minutes are longer than any loading, so riders beside their bikes change nothing. A score of 0.35,
not 0.5: bikes are small and overlap, and the default network's mean is low for them.
"""

from collections.abc import Iterator, Sequence
from statistics import fmean

from edge.domain.judging import stands_in, together, wanted
from edge.domain.rule import Finding, IncidentType, Needs, Rule, Terms, Zone
from edge.domain.scene import Place, Scene, Subject


def judge(scene: Scene, zone: Zone, terms: Terms) -> Iterator[Finding]:
    """Yield one finding for the zone if enough bikes stand in it and outside the racks."""

    def enough(bikes: Sequence[Place]) -> bool:
        return len(bikes) >= terms.least_count

    bikes = [
        place
        for place in scene.of(Subject.BIKE)
        if not place.gone and stands_in(place, zone, terms) and wanted(place, terms)
    ]
    if enough(bikes):
        score = fmean(bike.score for bike in bikes)
        yield together(zone, bikes, terms, enough=enough, detector=score)


RULE = Rule(
    type=IncidentType.NONMOTOR_PARKING,
    needs=Needs.PLACES,
    subjects=frozenset({Subject.BIKE}),
    terms=Terms(dwell_s=600, clear_s=300, hold_s=3600, least_count=3, least_score=0.35, gap_s=60),
    judge=judge,
)
