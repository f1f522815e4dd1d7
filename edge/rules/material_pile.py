"""Goods and materials piled up where nobody looks after them."""

from collections.abc import Iterator

from edge.domain.rule import (
    Finding,
    IncidentType,
    Needs,
    Rule,
    Terms,
    Zone,
    about,
    stands_in,
    wanted,
)
from edge.domain.scene import Place, Scene, Subject

NAMED, UNNAMED, UNNAMED_LARGE = 0.9, 0.6, 0.4
LARGE_AREA = 0.02
"""Of the picture: what no network names and is as large may as well be a vehicle."""

ATTENDED = 0.5
"""Somebody who is at it most of the time trades or works there."""


def judge(scene: Scene, zone: Zone, terms: Terms) -> Iterator[Finding]:
    """Yield one finding per thing in the zone that nobody is at."""
    for place in scene.of(Subject.GOODS, Subject.OBJECT):
        if place.attended >= ATTENDED or not stands_in(place, zone) or not wanted(place, terms):
            continue
        yield about(place, terms, thing=_likeness(place), unattended=1.0 - place.attended)


def _likeness(place: Place) -> float:
    """Return how much a thing is like goods."""
    if place.subject is Subject.GOODS:
        return NAMED
    return UNNAMED_LARGE if place.area >= LARGE_AREA else UNNAMED


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
