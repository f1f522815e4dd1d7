"""A vendor without a licence: something stall-like that stands, with people at it.

A cart that is pushed along is a new place at every stop, so moving on starts the time anew.
"""

from collections.abc import Iterator

from edge.domain.rule import (
    PUT_DOWN,
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

ATTENDED = 0.3
"""Share of the looks at which somebody was at it: a trader serves and waits."""

STALL_LIKE = 0.6


def judge(scene: Scene, zone: Zone, terms: Terms) -> Iterator[Finding]:
    """Yield one finding per attended thing in the zone."""
    for place in scene.of(*PUT_DOWN):
        if place.attended < ATTENDED or not stands_in(place, zone) or not wanted(place, terms):
            continue
        kind = place.score if place.subject is Subject.STALL else STALL_LIKE
        yield about(
            place, terms, stall=round(kind, 3), people=round(min(place.attended * 1.5, 1.0), 3)
        )


RULE = Rule(
    type=IncidentType.ITINERANT_VENDOR,
    needs=Needs.PLACES,
    subjects=PUT_DOWN,
    terms=Terms(
        dwell_s=180, clear_s=120, hold_s=1800, least_area=0.004, greatest_area=0.25, least_score=0.4
    ),
    judge=judge,
)
