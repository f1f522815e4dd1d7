"""Which reported incident is about which thing in the clip: by type, time and place."""

from collections.abc import Sequence

from edge.domain.geometry import Box, centre, overlap
from edge.evaluation.reported import Reported
from edge.evaluation.truth import Expected

SLACK_S = 2.0
"""How exactly people label the beginning and end of what they see."""

LEAST_OVERLAP = 0.1
"""Intersection over union from which two boxes mean the same place; or one holds the other's
centre: a cloud's label and a detector's box rarely agree any better."""

Slot = tuple[int, str]
"""An expected thing that wants an incident: its index, and its type where each type may report."""


def wishes(one: Reported, expected: Sequence[Expected]) -> list[Slot]:
    """Return what an incident may be about, the best fitting place first; empty if it is false."""
    fitting = []
    for event, thing in enumerate(expected):
        place = fit(one.box, thing.boxes)
        if one.type in thing.types and place is not None and _in_time(one, thing):
            slot = (event, one.type if thing.joined else "")
            fitting.append((-place, thing.start_s, slot))
    return [slot for _, _, slot in sorted(fitting)]


def _in_time(one: Reported, thing: Expected) -> bool:
    end_s = float("inf") if thing.end_s is None else thing.end_s
    return thing.start_s - SLACK_S <= one.opened_s <= end_s + SLACK_S


def fit(box: Box | None, places: Sequence[Box]) -> float | None:
    """Return the best intersection over union with a place, None if it lies at none of them.

    Where either has no box, any place is as good as another: 0.
    """
    if box is None or not places:
        return 0.0
    fits = [
        overlap(box, place)
        for place in places
        if overlap(box, place) >= LEAST_OVERLAP
        or _holds(place, centre(box))
        or _holds(box, centre(place))
    ]
    return max(fits, default=None)


def _holds(box: Box, point: tuple[float, float]) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def assign(wanted: Sequence[Sequence[Slot]]) -> dict[int, Slot]:
    """Return which slot each incident gets, so that as many as possible get one.

    Augmenting paths (Kuhn, 1955): an incident takes a slot from another that can do with a second
    choice, and whoever once has a slot keeps one. Greedy choice would miss one of two cars side by
    side when the first incident fits both and the second only one.
    """
    holder: dict[Slot, int] = {}

    def seat(number: int, tried: set[Slot]) -> bool:
        for slot in wanted[number]:
            if slot in tried:
                continue
            tried.add(slot)
            if slot not in holder or seat(holder[slot], tried):
                holder[slot] = number
                return True
        return False

    for number in range(len(wanted)):
        seat(number, set())
    return {number: slot for slot, number in holder.items()}
