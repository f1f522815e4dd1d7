"""Boxes between looks: what was seen at two moments is covered at all moments between them."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from edge.domain.geometry import Box
from edge.redaction.squares import widened

GAP_LOOKS = 5
"""A face that was missed so often and seen again was there all the time."""

HOLD_LOOKS = 2
"""A face is covered so long before it was first seen and after it was last seen."""

HELD_GROWTH = 0.25
"""For every look that a box is held, on each side: where it came from is not known."""

REACH = 1.2
"""Two boxes are of one face if their centres are no farther apart than this share of the mean of
their longer sides, for every look between them, and their sizes are alike."""

ALIKE = 2.0


@dataclass(slots=True)
class _Track:
    seen: dict[int, Box] = field(default_factory=dict)

    @property
    def last(self) -> int:
        return next(reversed(self.seen))


def covered(looks: Sequence[Sequence[Box]]) -> list[list[Box]]:
    """Return what to cover from each look until the next, that one included.

    Args:
        looks: What was found at each look, in order.

    Returns:
        As many lists as looks; the last one is for what comes after the last look.
    """
    spans: list[list[Box]] = [[] for _ in looks]
    for track in _tracks(looks):
        at = _filled(track.seen, len(looks))
        for look, box in at.items():
            spans[look].append(_hull(box, at.get(look + 1, box)))
        first = min(at)
        if first > 0:
            spans[first - 1].append(at[first])
    return spans


def _tracks(looks: Sequence[Sequence[Box]]) -> list[_Track]:
    tracks: list[_Track] = []
    for look, boxes in enumerate(looks):
        near = [one for one in tracks if 0 < look - one.last <= GAP_LOOKS + 1]
        for box in boxes:
            fitting = [one for one in near if one.last < look and _is_same(one, look, box)]
            if fitting:
                chosen = min(fitting, key=lambda one: _distance(one.seen[one.last], box))
            else:
                chosen = _Track()
                tracks.append(chosen)
            chosen.seen[look] = box
    return tracks


def _is_same(track: _Track, look: int, box: Box) -> bool:
    before = track.seen[track.last]
    sizes = sorted((_longer(before), _longer(box)))
    if sizes[1] > sizes[0] * ALIKE:
        return False
    return _distance(before, box) <= REACH * (sizes[0] + sizes[1]) / 2 * (look - track.last)


def _filled(seen: dict[int, Box], looks: int) -> dict[int, Box]:
    """Return a box for every look from some before the first to some after the last."""
    moments = sorted(seen)
    first, last = moments[0], moments[-1]
    filled = {
        look: _grown(seen[first], first - look) for look in range(max(first - HOLD_LOOKS, 0), first)
    }
    for early, late in itertools.pairwise(moments):
        for look in range(early, late):
            share = (look - early) / (late - early)
            filled[look] = _between(seen[early], seen[late], share)
    filled |= {
        look: _grown(seen[last], look - last)
        for look in range(last, min(last + HOLD_LOOKS + 1, looks))
    }
    return filled


def _between(early: Box, late: Box, share: float) -> Box:
    x1, y1, x2, y2 = (a + (b - a) * share for a, b in zip(early, late, strict=True))
    return (x1, y1, x2, y2)


def _grown(box: Box, looks: int) -> Box:
    by = HELD_GROWTH * looks
    return widened(box, beside=by, above=by, below=by)


def _hull(one: Box, other: Box) -> Box:
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
    )


def _longer(box: Box) -> float:
    return max(box[2] - box[0], box[3] - box[1])


def _distance(one: Box, other: Box) -> float:
    across = (one[0] + one[2] - other[0] - other[2]) / 2
    down = (one[1] + one[3] - other[1] - other[3]) / 2
    return float((across**2 + down**2) ** 0.5)
