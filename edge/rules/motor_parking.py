"""Motor vehicles that stand where they may not.

A vehicle that a network names counts. One that it does not - seen from straight above a car is none
to a network trained on photographs - counts by its size alone, at half the confidence; a smaller
one, which may be a vehicle far away, at less still and only where no network could be asked. The
more people are at such a thing, the more it is a stall.

A queue at a red light, a drop-off and loading are not parking: the time begins anew when a
neighbour moves off, a warning comes after three minutes, and who loads may stand two minutes more.

A steadiness of 0.6, not 0.7: on a road others pass in front. A score of 0.4, not 0.6: it is a mean
over all looks, at night and far away, of a small network that accepts a picture from 0.35 on.
"""

from collections.abc import Iterator
from dataclasses import replace

from edge.domain.judging import VEHICLE_AREA, about, at_work, counted_from, stands_in, wanted
from edge.domain.rule import Finding, IncidentType, Needs, Rule, Terms, Zone
from edge.domain.scene import Place, Scene, Subject

UNNAMED, UNNAMED_SMALL = 0.5, 0.3
UNNAMED_LEAST = 0.006
"""Of the picture: what is smaller and has no name is no vehicle, however far away."""

QUEUE_LIMIT = 3.0
"""A neighbour that moves off makes a queue likely; not beyond so many dwells."""


def judge(scene: Scene, zone: Zone, terms: Terms) -> Iterator[Finding]:
    """Yield one finding per vehicle in the zone."""
    for place in scene.of(Subject.VEHICLE, Subject.OBJECT):
        if not stands_in(place, zone, terms) or not wanted(place, terms):
            continue
        if place.subject is Subject.VEHICLE:
            finding = about(place, terms, detector=place.score)
        elif place.area >= VEHICLE_AREA:
            finding = about(
                place, terms, unnamed_of_vehicle_size=UNNAMED, unattended=1 - place.attended
            )
        elif place.area >= UNNAMED_LEAST and not place.questioned:
            finding = about(
                place, terms, unnamed_and_small=UNNAMED_SMALL, unattended=1 - place.attended
            )
        else:
            continue
        yield replace(finding, since_s=_counted_from(place, scene, terms))


def _counted_from(place: Place, scene: Scene, terms: Terms) -> float:
    """Return since when it parks: not while a queue moves off beside it, nor while it is loaded."""
    since_s = counted_from(place, terms)
    left_s = place.neighbour_left_s
    if left_s is not None and scene.mono_s - since_s < QUEUE_LIMIT * terms.dwell_s:
        since_s = max(since_s, left_s)
    if at_work(place):
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
