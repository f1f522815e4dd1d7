"""Goods that a shop has put beyond its line: one incident per shop front, however many goods."""

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
    together,
    wanted,
)
from edge.domain.scene import Scene


def judge(scene: Scene, zone: Zone, terms: Terms) -> Iterator[Finding]:
    """Yield one finding for the zone outside the shop's line if goods stand in it."""
    goods = [
        place
        for place in scene.of(*PUT_DOWN)
        if share_inside(place.box, zone.polygon) >= terms.least_cover and wanted(place, terms)
    ]
    if len(goods) >= terms.least_count:
        yield together(zone, goods, terms, steadiness=max(place.steadiness for place in goods))


RULE = Rule(
    type=IncidentType.SHOP_OVERFLOW,
    needs=Needs.PLACES,
    subjects=PUT_DOWN,
    terms=Terms(dwell_s=300, clear_s=300, hold_s=3600, least_area=0.001, least_score=0.3),
    judge=judge,
)
