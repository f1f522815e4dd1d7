"""Which box, patch or picture belongs to which place."""

from collections.abc import Sequence

import numpy as np

from edge.domain.geometry import Box, box_area, covered, overlap, shared_area
from edge.domain.scene import Subject, Thing
from edge.street.appearance import Appearance, cut
from edge.street.background import View
from edge.street.standing import ESTABLISHED, Standing
from edge.street.tone import Picture

SAME_BOX = 0.55
"""Overlap of a network's boxes of a thing that stands still."""
SAME_PATCH = 0.4
INSIDE = 0.7
PATCH_INSIDE, MOST_LARGER = 0.6, 6.0
COVERED_BY = 0.3
PERSON_COVERS = 0.5
LEVEL = 0.02
COVERS = frozenset({Subject.PERSON, Subject.SMOKE, Subject.FLAME})
"""What is in front of a thing even if its box ends higher."""
IN_BACKGROUND = 0.6
RING_PX = 4
RING_SHARE = 0.7


def part_of(box: Box, one: Standing) -> float:
    """Return how much a patch is a place's own, in [0, 1]: the same, a piece, or still growing.

    What covers an established place and is much larger stands in front of it.
    """
    own = max(overlap(box, one.box), covered(box, one.box))
    if one.looks.hits < ESTABLISHED:
        return max(own, covered(one.box, box))
    return own


def is_covered(one: Standing, things: Sequence[Thing]) -> bool:
    """Return whether something else is in front of a place."""
    for thing in things:
        in_front = thing.box[3] >= one.box[3] - LEVEL or thing.subject in COVERS
        another = overlap(thing.box, one.box) < SAME_BOX
        if in_front and another and covered(one.box, thing.box) >= COVERED_BY:
            return True
    return False


def stands_free(box: Box, view: View) -> bool:
    """Return whether the background shows around a box: nothing larger stands in front of it."""
    height, width = view.is_background.shape
    left, top, right, bottom = pixels_of(box, width, height)
    outer = view.is_background[
        max(top - RING_PX, 0) : bottom + RING_PX, max(left - RING_PX, 0) : right + RING_PX
    ]
    inner = view.is_background[top:bottom, left:right]
    around = outer.size - inner.size
    shown = int(np.count_nonzero(outer)) - int(np.count_nonzero(inner))
    return around > 0 and shown >= RING_SHARE * around


def is_somebody(box: Box, things: Sequence[Thing]) -> bool:
    """Return whether a patch is a person, smoke or flame."""
    return any(
        thing.subject in COVERS and covered(box, thing.box) >= PERSON_COVERS for thing in things
    )


def in_background(box: Box, view: View) -> bool:
    """Return whether the background shows a thing: then it was there before."""
    height, width = view.is_background.shape
    left, top, right, bottom = pixels_of(box, width, height)
    return float(view.is_background[top:bottom, left:right].mean()) >= IN_BACKGROUND


def lies_on(thing: Thing, one: Standing) -> bool:
    """Return whether a network's box is that of a place's thing."""
    if one.subject not in {thing.subject, Subject.OBJECT}:
        return False
    if one.static:
        # A patch is rarely as large as the thing's box.
        larger = box_area(thing.box) / max(box_area(one.box), 1e-6)
        return covered(one.box, thing.box) >= PATCH_INSIDE and larger < MOST_LARGER
    return overlap(thing.box, one.box) >= SAME_BOX


def is_same(one: Standing, older: Standing) -> bool:
    """Return whether a place is a part of an older one, or the same."""
    if shared_area(one.box, older.box) == 0:  # as most are, and there are many pairs
        return False
    if Subject.OBJECT not in {one.subject, older.subject}:
        return one.subject is older.subject and overlap(one.box, older.box) >= SAME_BOX
    return overlap(one.box, older.box) >= SAME_BOX or part_of(one.box, older) >= INSIDE


def as_shares(box_px: tuple[int, int, int, int], width: int, height: int) -> Box:
    """Return a box of the small picture as shares of it."""
    return (box_px[0] / width, box_px[1] / height, box_px[2] / width, box_px[3] / height)


def cut_box(picture: Picture, box: Box) -> Appearance:
    """Return how a box looks, at least one pixel of it."""
    height, width = picture.shape[:2]
    left, top, right, bottom = pixels_of(box, width, height)
    mask = np.zeros((height, width), bool)
    mask[top:bottom, left:right] = True
    return cut(picture, mask, behind=None)


def pixels_of(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    """Return left, top, right, bottom of a box on a picture, at least one pixel of it."""
    left = int(np.clip(round(box[0] * width), 0, width - 1))
    top = int(np.clip(round(box[1] * height), 0, height - 1))
    right = int(np.clip(round(box[2] * width), left + 1, width))
    bottom = int(np.clip(round(box[3] * height), top + 1, height))
    return left, top, right, bottom
