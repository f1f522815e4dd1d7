"""Rubbish outside a container: bags and heaps that nobody is at.

A network trained on rubbish confirms it. Without one a thing left behind is only a candidate, and
where both are forbidden it is rather a pile of goods. At the bins, which the terms name as allowed,
rubbish waits to be collected, and whoever collects it is at it. Looks, areas and score are as for
piles.
"""

from collections.abc import Iterator

from edge.domain.judging import VEHICLE_AREA, about, at_work, stands_in, wanted
from edge.domain.rule import Finding, IncidentType, Needs, Rule, Terms, Zone
from edge.domain.scene import Place, Scene, Subject

GARBAGE, UNNAMED, UNNAMED_LARGE = 0.9, 0.5, 0.3


def judge(scene: Scene, zone: Zone, terms: Terms) -> Iterator[Finding]:
    """Yield one finding per thing in the zone, but not at the bins."""
    for place in scene.of(Subject.GARBAGE, Subject.GOODS, Subject.OBJECT):
        if not at_work(place) and stands_in(place, zone, terms) and wanted(place, terms):
            yield about(
                place,
                terms,
                confirmed=place.subject is Subject.GARBAGE,
                **_likeness(place),
                unattended=1 - place.attended,
            )


def _likeness(place: Place) -> dict[str, float]:
    """Return how much a thing is like rubbish."""
    if place.subject is Subject.GARBAGE:
        return {"garbage": GARBAGE}
    if place.subject is Subject.GOODS:
        return {"goods_like_rubbish": UNNAMED}
    if place.area >= VEHICLE_AREA:
        return {"unnamed_of_vehicle_size": UNNAMED_LARGE}
    return {"unnamed": UNNAMED}


RULE = Rule(
    type=IncidentType.EXPOSED_GARBAGE,
    needs=Needs.PLACES,
    subjects=frozenset({Subject.GARBAGE, Subject.GOODS, Subject.OBJECT}),
    terms=Terms(
        dwell_s=1200,
        clear_s=60,
        hold_s=4 * 3600,
        least_area=0.0005,
        greatest_area=0.1,
        least_score=0.3,
    ),
    judge=judge,
)
