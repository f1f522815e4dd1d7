"""Rubbish outside a container: bags and heaps that nobody is at.

A network trained on rubbish confirms it; without one a thing left behind is only a candidate.
"""

from collections.abc import Iterator

from edge.domain.geometry import contains, foot
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

NAMED, UNNAMED = 0.9, 0.5
ATTENDED = 0.5


def judge(scene: Scene, zone: Zone, terms: Terms) -> Iterator[Finding]:
    """Yield one finding per thing in the zone, but not at the bins."""
    for place in scene.of(Subject.GARBAGE, Subject.GOODS, Subject.OBJECT):
        if place.attended >= ATTENDED or not stands_in(place, zone) or not wanted(place, terms):
            continue
        if any(contains(bin_area, foot(place.box)) for bin_area in terms.outside):
            continue
        named = place.subject is Subject.GARBAGE
        yield about(
            place, terms, thing=NAMED if named else UNNAMED, unattended=1.0 - place.attended
        )


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
