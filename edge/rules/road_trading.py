"""A stall that takes up the road: something stall-like that stands in the zone, with people at it.

The same evidence as for a vendor on foot, but measured against the road: it must lie in the zone
with a good part of itself, and it may be large.
"""

from collections.abc import Iterator

from edge.domain.geometry import share_inside
from edge.domain.rule import (
    PUT_DOWN,
    Finding,
    IncidentType,
    Needs,
    Rule,
    Terms,
    Zone,
    about,
    wanted,
)
from edge.domain.scene import Scene, Subject

ATTENDED = 0.3
STALL_LIKE = 0.6


def judge(scene: Scene, zone: Zone, terms: Terms) -> Iterator[Finding]:
    """Yield one finding per attended thing on the road."""
    for place in scene.of(*PUT_DOWN):
        on_road = share_inside(place.box, zone.polygon)
        if place.attended < ATTENDED or on_road < terms.least_cover or not wanted(place, terms):
            continue
        kind = place.score if place.subject is Subject.STALL else STALL_LIKE
        yield about(
            place, terms, stall=round(kind, 3), people=round(min(place.attended * 1.5, 1.0), 3)
        )


RULE = Rule(
    type=IncidentType.ROAD_TRADING,
    needs=Needs.PLACES,
    subjects=PUT_DOWN,
    terms=Terms(
        dwell_s=300, clear_s=180, hold_s=3600, least_area=0.004, greatest_area=0.4, least_score=0.4
    ),
    judge=judge,
)
