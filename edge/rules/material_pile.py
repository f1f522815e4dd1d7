"""Goods and materials piled up where nobody looks after them.

Those who are at it most of the time trade, load or work there. Instead of a few looks ten minutes
apart there is one every few seconds, of which most must find it, and instead of one look without it
several over a minute. Areas are shares of the picture: without a calibrated ground they stand for
1 to 3 square metres only at a usual distance. A score of 0.3, not 0.5: materials are many kinds of
things, and the default network's names for them are guesses.
"""

from collections.abc import Iterator

from edge.domain.judging import VEHICLE_AREA, about, at_work, stands_in, wanted
from edge.domain.rule import Finding, IncidentType, Needs, Rule, Terms, Zone
from edge.domain.scene import Place, Scene, Subject

GOODS, UNNAMED, UNNAMED_LARGE = 0.9, 0.6, 0.4


def judge(scene: Scene, zone: Zone, terms: Terms) -> Iterator[Finding]:
    """Yield one finding per thing in the zone that nobody is at."""
    for place in scene.of(Subject.GOODS, Subject.OBJECT):
        if not at_work(place) and stands_in(place, zone, terms) and wanted(place, terms):
            yield about(
                place,
                terms,
                confirmed=place.subject is Subject.GOODS,
                **_likeness(place),
                unattended=1 - place.attended,
            )


def _likeness(place: Place) -> dict[str, float]:
    """Return how much a thing is like goods."""
    if place.subject is Subject.GOODS:
        return {"goods": GOODS}
    if place.area >= VEHICLE_AREA:
        return {"unnamed_of_vehicle_size": UNNAMED_LARGE}
    return {"unnamed": UNNAMED}


RULE = Rule(
    type=IncidentType.MATERIAL_PILE,
    needs=Needs.PLACES,
    subjects=frozenset({Subject.GOODS, Subject.OBJECT}),
    terms=Terms(
        dwell_s=1800,
        clear_s=60,
        hold_s=4 * 3600,
        least_area=0.0008,
        greatest_area=0.2,
        least_score=0.3,
    ),
    judge=judge,
)
