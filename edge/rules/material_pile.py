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
from edge.domain.scene import Scene, Subject

NAMED, UNNAMED = 0.9, 0.6
ATTENDED = 0.5
"""Somebody who is at it most of the time trades or works there."""


def judge(scene: Scene, zone: Zone, terms: Terms) -> Iterator[Finding]:
    """Yield one finding per thing in the zone that nobody is at."""
    for place in scene.of(Subject.GOODS, Subject.OBJECT):
        if place.attended >= ATTENDED or not stands_in(place, zone) or not wanted(place, terms):
            continue
        named = place.subject is Subject.GOODS
        yield about(
            place, terms, thing=NAMED if named else UNNAMED, unattended=1.0 - place.attended
        )


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
