"""Goods that a shop has put beyond its line: one incident per shop front, however many goods.

The zone is the ground outside the line: goods inside, also those seen through glass, reach into it
with less than the cover. What is larger than a row of goods is a van that delivers. A score of 0.3,
not 0.5: goods are many kinds of small things, and the default network has a name for few of them.
"""

from collections.abc import Iterator, Sequence

from edge.domain.judging import WARES, reaches_into, together, wanted
from edge.domain.rule import Finding, IncidentType, Needs, Rule, Terms, Zone
from edge.domain.scene import Place, Scene

NAMED, UNNAMED = 0.9, 0.6


def judge(scene: Scene, zone: Zone, terms: Terms) -> Iterator[Finding]:
    """Yield one finding for the zone outside the shop's line if goods stand in it."""

    def enough(goods: Sequence[Place]) -> bool:
        return len(goods) >= terms.least_count

    goods = [
        place
        for place in scene.of(*WARES)
        if not place.gone and reaches_into(place, zone, terms) and wanted(place, terms)
    ]
    if enough(goods):
        named = enough([place for place in goods if place.confirmed])
        likeness = {"goods": NAMED} if named else {"unnamed_goods": UNNAMED}
        yield together(zone, goods, terms, enough=enough, **likeness)


RULE = Rule(
    type=IncidentType.SHOP_OVERFLOW,
    needs=Needs.PLACES,
    subjects=WARES,
    terms=Terms(
        dwell_s=300,
        clear_s=300,
        hold_s=3600,
        least_area=0.001,
        greatest_area=0.25,
        least_cover=0.3,
        least_score=0.3,
    ),
    judge=judge,
)
