"""Bicycles and electric bikes left outside the racks, once there are enough of them."""

from collections.abc import Iterator

from edge.domain.geometry import contains, foot
from edge.domain.rule import (
    Finding,
    IncidentType,
    Needs,
    Rule,
    Terms,
    Zone,
    stands_in,
    together,
    wanted,
)
from edge.domain.scene import Scene, Subject


def judge(scene: Scene, zone: Zone, terms: Terms) -> Iterator[Finding]:
    """Yield one finding for the zone if enough bikes stand in it and outside the racks."""
    bikes = [
        place
        for place in scene.of(Subject.BIKE)
        if stands_in(place, zone)
        and wanted(place, terms)
        and not any(contains(rack, foot(place.box)) for rack in terms.outside)
    ]
    if len(bikes) >= terms.least_count:
        yield together(zone, bikes, terms, detector=max(bike.score for bike in bikes))


RULE = Rule(
    type=IncidentType.NONMOTOR_PARKING,
    needs=Needs.PLACES,
    subjects=frozenset({Subject.BIKE}),
    terms=Terms(dwell_s=600, clear_s=300, hold_s=3600, least_count=3, least_score=0.35, gap_s=60),
    judge=judge,
)
