"""A fire lane that things stand in, whatever they are, once they cover enough of it."""

from collections.abc import Iterator

from edge.domain.geometry import share_covered, share_inside
from edge.domain.rule import Finding, IncidentType, Needs, Rule, Terms, Zone, together
from edge.domain.scene import Scene, Subject

IN_THE_WAY = (
    Subject.VEHICLE,
    Subject.BIKE,
    Subject.STALL,
    Subject.GOODS,
    Subject.GARBAGE,
    Subject.OBJECT,
)
LEAST_INSIDE = 0.15


def judge(scene: Scene, zone: Zone, terms: Terms) -> Iterator[Finding]:
    """Yield one finding for the lane if what stands in it covers enough of it."""
    standing = [
        place
        for place in scene.of(*IN_THE_WAY)
        if share_inside(place.box, zone.polygon) >= LEAST_INSIDE
    ]
    if not standing:
        return
    cover = share_covered(zone.polygon, [place.box for place in standing])
    if cover >= terms.least_cover:
        yield together(zone, standing, terms, coverage=min(cover / (2 * terms.least_cover), 1.0))


RULE = Rule(
    type=IncidentType.FIRE_LANE_BLOCKED,
    needs=Needs.PLACES,
    subjects=frozenset(IN_THE_WAY),
    terms=Terms(dwell_s=120, warn_s=30, clear_s=30, hold_s=900, least_cover=0.2, least_score=0.3),
    judge=judge,
)
