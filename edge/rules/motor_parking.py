"""Motor vehicles that stand where they may not.

A vehicle that a network names counts. One that it does not - seen from straight above a car is none
to a network trained on photographs - counts by its size alone, at half the confidence; a smaller
one, which may be a vehicle far away, at less still and only where no network could be asked.
"""

from collections.abc import Iterator
from dataclasses import replace

from edge.domain.rule import (
    Finding,
    IncidentType,
    Needs,
    Rule,
    Terms,
    Zone,
    about,
    counted_from,
    stands_in,
    wanted,
)
from edge.domain.scene import Place, Scene, Subject

UNNAMED, UNNAMED_SMALL = 0.5, 0.3
UNNAMED_AREA, UNNAMED_LEAST = 0.02, 0.006
"""Of the picture: what is larger and stands on a road is more likely a vehicle than goods."""

QUEUE_LIMIT = 3.0
"""A neighbour that moves off makes a queue likely; not beyond so many dwells."""

ATTENDED = 0.5


def judge(scene: Scene, zone: Zone, terms: Terms) -> Iterator[Finding]:
    """Yield one finding per vehicle in the zone."""
    for place in scene.of(Subject.VEHICLE, Subject.OBJECT):
        if not stands_in(place, zone) or not wanted(place, terms):
            continue
        if place.subject is Subject.VEHICLE:
            finding = about(place, terms, detector=round(place.score, 3))
        elif place.area >= UNNAMED_AREA:
            finding = about(place, terms, unnamed_of_vehicle_size=UNNAMED)
        elif place.area >= UNNAMED_LEAST and not place.questioned:
            finding = about(place, terms, unnamed_and_small=UNNAMED_SMALL)
        else:
            continue
        yield replace(finding, since_s=_counted_from(place, scene, terms))


def _counted_from(place: Place, scene: Scene, terms: Terms) -> float:
    """Return since when it parks: not while a queue moves off beside it, nor while it is loaded."""
    since_s = counted_from(place, terms)
    left_s = place.neighbour_left_s
    if left_s is not None and scene.mono_s - since_s < QUEUE_LIMIT * terms.dwell_s:
        since_s = max(since_s, left_s)
    if place.attended >= ATTENDED:
        since_s += min(terms.loading_s, max(scene.mono_s - since_s, 0.0))
    return since_s


RULE = Rule(
    type=IncidentType.MOTOR_PARKING,
    needs=Needs.PLACES,
    subjects=frozenset({Subject.VEHICLE, Subject.OBJECT}),
    terms=Terms(
        dwell_s=300,
        warn_s=180,
        clear_s=60,
        hold_s=24 * 3600,
        least_score=0.4,
        steadiness=0.6,
        loading_s=120,
    ),
    judge=judge,
)
