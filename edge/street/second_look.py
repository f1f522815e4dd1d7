"""Is what was told still there? Judged from what a street sees at this moment."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from edge.domain.geometry import Box, covered, overlap
from edge.domain.rule import Finding, Needs
from edge.domain.scene import Evidence, Place, Presence, Scene
from edge.domain.second_look import Sight, Spot, Unseen
from edge.street.background import View
from edge.street.matching import COVERED_BY, SAME_PATCH, in_background
from edge.street.street import Street

PART_OF_IT = 0.6
"""Share of a thing inside the spot from which it is what is asked for: a bike of a row."""

HIDES = 0.5
"""Share of a spot that something before it must cover: people are seen beside a pole."""

_SIGHTS = {
    Presence.PRESENT: Sight.PRESENT,
    Presence.OCCLUDED: Sight.OCCLUDED,
    Presence.ABSENT: Sight.GONE,
}
_CLEAREST = (Sight.PRESENT, Sight.OCCLUDED, Sight.GONE)


@dataclass(frozen=True, slots=True)
class Judged:
    """What one picture says of a spot.

    Attributes:
        reason: Why it is unseen; None otherwise.
        box: Where it is seen; None if it is not.
    """

    sight: Sight
    reason: Unseen | None = None
    box: Box | None = None
    evidence: tuple[Evidence, ...] = ()


def judged(spot: Spot, street: Street, scene: Scene) -> Judged:
    """Return what a picture says of a spot.

    Args:
        spot: What is asked for.
        street: That has just seen the picture, and was told to look at it in every way.
        scene: What it saw.
    """
    match spot.needs:
        case Needs.PLACES:
            return _standing(spot, street, scene)
        case Needs.LOOK if not street.has_network:
            return Judged(Sight.UNSEEN, Unseen.UNWATCHED)
        case Needs.LOOK if not scene.looked:
            return Judged(Sight.UNSEEN, Unseen.NO_PICTURE)
        case Needs.CLOUDS if not scene.watching_clouds:
            watched = any(one.rule.needs is Needs.CLOUDS for one in street.keeper.rules)
            return Judged(Sight.UNSEEN, Unseen.NO_PICTURE if watched else Unseen.UNWATCHED)
    return _told_of_the_zone(spot, street, scene) or Judged(Sight.UNSEEN, Unseen.UNWATCHED)


def _standing(spot: Spot, street: Street, scene: Scene) -> Judged:
    """Judge by places: a network's word, what stands out of the background, and the free ground."""
    view = street.view
    if view is None:
        return Judged(Sight.UNSEEN, Unseen.UNWATCHED)
    if not view.usable:
        return Judged(Sight.UNSEEN, Unseen.CHANGING)
    keys = set(street.keeper.keys_of(spot.own_ids))
    if any(key.startswith("zone:") for key in keys):
        told = _told_of_the_zone(spot, street, scene)
        if told is not None:
            return told
    # What was told is known by its looks: an outline that is in doubt for a while, as after
    # something stood before it, makes it nothing else.
    own = [one for one in street.book.standing if f"place:{one.id}" in keys]
    there = [_of_place(one.as_place(), one.presence) for one in own] or [
        _of_place(place, place.presence) for place in scene.places if _is_meant(place, spot)
    ]
    if there:
        return min(there, key=lambda one: _CLEAREST.index(one.sight))
    for thing in scene.things:
        if thing.subject in spot.subjects and overlap(thing.box, spot.box) >= SAME_PATCH:
            return Judged(Sight.PRESENT, None, thing.box, (Evidence.DETECTOR,))
    return _free_or_hidden(spot, scene, view)


def _of_place(place: Place, presence: Presence) -> Judged:
    sight = _SIGHTS[presence]
    if sight is not Sight.PRESENT:
        return Judged(sight)
    return Judged(sight, None, place.box, place.evidence)


def _is_meant(place: Place, spot: Spot) -> bool:
    if place.subject not in spot.subjects:
        return False
    return overlap(place.box, spot.box) >= SAME_PATCH or covered(place.box, spot.box) >= PART_OF_IT


def _free_or_hidden(spot: Spot, scene: Scene, view: View) -> Judged:
    """Judge a spot at which nothing that is meant is known to stand."""
    if _is_hidden(spot.box, (thing.box for thing in scene.things), COVERED_BY):
        return Judged(Sight.OCCLUDED)
    return Judged(Sight.GONE if in_background(spot.box, view) else Sight.OCCLUDED)


def _told_of_the_zone(spot: Spot, street: Street, scene: Scene) -> Judged | None:
    """Judge by what the rule itself says of the moment, whatever its hours; None without it."""
    rules = [
        one
        for one in street.keeper.rules
        if one.rule.type == spot.type and spot.zone_id in {None, one.zone.id}
    ]
    if not rules:
        return None
    findings: list[Finding] = [
        finding for one in rules for finding in one.rule.judge(scene, one.zone, one.terms)
    ]
    for finding in findings:
        if spot.zone_id is not None or overlap(finding.box, spot.box) > 0:
            return _of_finding(finding)
    others = _others(spot, scene)
    return Judged(Sight.OCCLUDED if _is_hidden(spot.box, others, HIDES) else Sight.GONE)


def _of_finding(finding: Finding) -> Judged:
    sight = _SIGHTS[finding.presence]
    if sight is not Sight.PRESENT:
        return Judged(sight)
    return Judged(sight, None, finding.box, finding.evidence)


def _others(spot: Spot, scene: Scene) -> Iterator[Box]:
    """Yield what may be before a spot; nothing hides smoke, which is before everything."""
    if spot.needs is not Needs.CLOUDS:
        yield from (one.box for one in scene.things if one.subject not in spot.subjects)


def _is_hidden(box: Box, others: Iterable[Box], share: float) -> bool:
    return any(covered(box, other) >= share for other in others)
