"""A stall that takes up the road: something stall-like that stands in the zone, with people at it.

The same evidence as for a vendor without a licence, but measured against the road: a good part of
the stall must lie on it, wherever its foot is, and it may be larger. The score is as there.
"""

from collections.abc import Iterator

from edge.domain.judging import WARES, reaches_into, trade_at, wanted
from edge.domain.rule import Finding, IncidentType, Needs, Rule, Terms, Zone
from edge.domain.scene import Scene


def judge(scene: Scene, zone: Zone, terms: Terms) -> Iterator[Finding]:
    """Yield one finding per thing on the road that somebody sells at."""
    for place in scene.of(*WARES):
        if reaches_into(place, zone, terms) and wanted(place, terms):
            finding = trade_at(place, terms)
            if finding is not None:
                yield finding


RULE = Rule(
    type=IncidentType.ROAD_TRADING,
    needs=Needs.PLACES,
    subjects=WARES,
    terms=Terms(
        dwell_s=300, clear_s=180, hold_s=3600, least_area=0.004, greatest_area=0.4, least_score=0.4
    ),
    judge=judge,
    needs_people=True,
)
