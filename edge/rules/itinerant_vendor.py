"""A vendor without a licence: something stall-like that stands, with people at it.

A cart that is pushed along is a new place at every stop, so moving on starts the time anew. Who
merely stands is no place at all, and a stall that nobody is at is shut down. A score of 0.4, not
0.5: it is a mean over all looks, and being named with little certainty must not count for less than
not being named.
"""

from collections.abc import Iterator

from edge.domain.judging import WARES, stands_in, trade_at, wanted
from edge.domain.rule import Finding, IncidentType, Needs, Rule, Terms, Zone
from edge.domain.scene import Scene


def judge(scene: Scene, zone: Zone, terms: Terms) -> Iterator[Finding]:
    """Yield one finding per thing in the zone that somebody sells at."""
    for place in scene.of(*WARES):
        if stands_in(place, zone, terms) and wanted(place, terms):
            finding = trade_at(place, terms)
            if finding is not None:
                yield finding


RULE = Rule(
    type=IncidentType.ITINERANT_VENDOR,
    needs=Needs.PLACES,
    subjects=WARES,
    terms=Terms(
        dwell_s=180, clear_s=120, hold_s=1800, least_area=0.004, greatest_area=0.25, least_score=0.4
    ),
    judge=judge,
    needs_people=True,
)
