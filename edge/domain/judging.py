"""What rules have in common: which places they mean, and what they say of them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import fmean

from edge.domain.geometry import Box, around, contains, foot, share_inside
from edge.domain.rule import Finding, Terms, Zone
from edge.domain.scene import Evidence, Place, Presence, Subject

MOST_OF_IT = 0.5
WARES = frozenset({Subject.STALL, Subject.GOODS, Subject.OBJECT})
"""What is sold and what it is sold from. Named rubbish is neither: people at it clean up."""

VEHICLE_AREA = 0.02
"""Of the picture: what no network names and is as large, on a road, may as well be a vehicle."""

AT_IT_MOSTLY = 0.5
AT_IT_OFTEN = 0.3
"""Share of the looks at which somebody was at it: a trader serves and waits."""

LIKE_A_STALL, GOODS_LIKE_A_STALL = 0.6, 0.7
"""A guess, and a little more where a network sees tables, boxes or an umbrella."""

ALWAYS_PEOPLE = 2 / 3
"""Nobody is at anything on every look: from this share on it is no argument against a stall."""


def stands_in(place: Place, zone: Zone, terms: Terms) -> bool:
    """Return whether a place lies in a zone: its foot, or half of it where one looks from above.

    Not where the terms allow it to stand.
    """
    inside = (
        contains(zone.polygon, foot(place.box))
        or share_inside(place.box, zone.polygon) >= MOST_OF_IT
    )
    return inside and not allowed(place.box, terms)


def reaches_into(place: Place, zone: Zone, terms: Terms) -> bool:
    """Return whether enough of a place lies in a zone, wherever its foot is."""
    share = share_inside(place.box, zone.polygon)
    return share >= terms.least_cover and not allowed(place.box, terms)


def allowed(box: Box, terms: Terms) -> bool:
    """Return whether a box stands where the terms allow it."""
    return any(contains(part, foot(box)) for part in terms.outside)


def wanted(place: Place, terms: Terms) -> bool:
    """Return whether a place stands as firmly, and is what and as large, as the terms want."""
    if not place.evidence or place.steadiness < terms.steadiness:
        return False
    if place.confirmed and place.score < terms.least_score:
        return False
    if terms.classes and place.confirmed and place.label not in terms.classes:
        return False
    return terms.least_area <= place.area <= terms.greatest_area


def at_work(place: Place) -> bool:
    """Return whether people are at it on most looks: they trade, load, or clear it away."""
    return place.attended >= AT_IT_MOSTLY


def counted_from(place: Place, terms: Terms) -> float:
    """Return the stream time from which a place's dwell counts."""
    return place.since_s + (0.0 if place.arrival_seen else terms.unseen_arrival_s)


def about(place: Place, terms: Terms, *, confirmed: bool = True, **parts: float) -> Finding:
    """Return the finding that a place is there.

    Args:
        place: What it is about.
        terms: Of the rule.
        confirmed: Whether a network's word for it, if there is one, is what the rule is about.
        parts: Of the confidence, each in [0, 1]; how steadily it stands is added.
    """
    return Finding(
        key=f"place:{place.id}",
        box=place.box,
        presence=place.presence,
        since_s=counted_from(place, terms),
        parts=tuple(
            (name, round(part, 3)) for name, part in (*parts.items(), _steadiness([place]))
        ),
        evidence=place.evidence,
        missing=tuple(place.missing),
        confirmed=confirmed and place.confirmed,
        label=place.label,
    )


def trade_at(place: Place, terms: Terms) -> Finding | None:
    """Return the finding that somebody sells at a place; None if nobody is at it.

    A stall that nobody is at is shut down or stored, whoever names it. Only a network that knows
    stalls confirms one: tables and boxes with people at them are a terrace, too.
    """
    if place.attended < AT_IT_OFTEN:
        return None
    people = min(place.attended / ALWAYS_PEOPLE, 1.0)
    if place.subject is Subject.STALL:
        finding = about(place, terms, stall=place.score, people=people)
    elif place.subject is Subject.GOODS:
        finding = about(
            place, terms, confirmed=False, goods_like_a_stall=GOODS_LIKE_A_STALL, people=people
        )
    else:
        finding = about(place, terms, unnamed_like_a_stall=LIKE_A_STALL, people=people)
    return replace(finding, evidence=(*finding.evidence, Evidence.PEOPLE))


def together(
    zone: Zone,
    places: Sequence[Place],
    terms: Terms,
    *,
    enough: Callable[[Sequence[Place]], bool],
    **parts: float,
) -> Finding:
    """Return one finding about several places of a zone.

    It counts from when those that stand now were enough, not from when the first of them came. It
    is confirmed if those that a network has named are enough by themselves.

    Args:
        zone: Where they stand; it is the thing that the finding is about.
        places: None of them gone, together enough.
        terms: Of the rule.
        enough: Whether so many or so large ones break the rule; more of them do all the more.
        parts: Of the confidence, each in [0, 1]; how steadily they stand is added.
    """
    since_s = sorted(counted_from(place, terms) for place in places)
    seen = [place for place in places if place.presence is Presence.PRESENT]
    return Finding(
        key=f"zone:{zone.id}",
        box=around([place.box for place in places]),
        presence=Presence.PRESENT if enough(seen) else Presence.OCCLUDED,
        since_s=next(
            moment_s
            for moment_s in since_s
            if enough([place for place in places if counted_from(place, terms) <= moment_s])
        ),
        parts=tuple((name, round(part, 3)) for name, part in (*parts.items(), _steadiness(places))),
        evidence=tuple(sorted({kind for place in places for kind in place.evidence})),
        missing=tuple(sorted({kind for place in places for kind in place.missing})),
        confirmed=enough([place for place in places if place.confirmed]),
        count=len(places),
        label=", ".join(sorted({place.label for place in places if place.label})),
    )


def _steadiness(places: Sequence[Place]) -> tuple[str, float]:
    return "steadiness", fmean(place.steadiness for place in places)
