"""How a place looks with the thing and without it, and which of the two a picture shows."""

from dataclasses import dataclass, replace
from enum import StrEnum

import cv2
import numpy as np
import numpy.typing as npt

from edge.street.background import TOLERANCE, Floats, Mask
from edge.street.outline import outline_strength
from edge.street.tone import Picture

MARGIN_PX = 2
ALIKE_SHARE, GONE_SHARE, GONE_LEAD = 0.5, 0.6, 0.2
ALIKE_NCC, NCC_LEAD = 0.75, 0.15
SAME_SHARE, SAME_NCC, VERY_SAME_NCC = 0.6, 0.5, 0.85
SETTLED_SHARE = 0.7
ADAPT_TAU_S = 40.0
FOLLOW_EVERY_S = 4.0
"""Less often than looks: a share of a level at every look would be rounded away."""

NOTHING, LIMITS = (0.0, 0.0, 0.0), tuple(float(one) for one in TOLERANCE)
FLAT = 1e-3
SIGNATURE_WH = (24, 24)
SAME_PATTERN = 0.6
SAME_COLOUR = np.array([40, 16, 16], np.float32)
"""Levels of Y, Cr and Cb by which the light of another hour may change a thing; another paint
changes it by more. The pattern of two cars is much the same: a patch with an outline."""


class Showing(StrEnum):
    """What a picture shows at a place."""

    THING = "thing"
    BEHIND = "behind"
    OTHER = "other"


@dataclass(frozen=True, slots=True, eq=False)
class Appearance:
    """A place's looks, cut out of the small picture.

    Attributes:
        top_left: Row and column of the crops in the small picture.
        mask: ``(h, w)`` of the crop, where the thing is.
        thing: ``(h, w, 3)`` uint8 Y, Cr, Cb, with the thing.
        behind: The same without it; None if nobody has seen it.
    """

    top_left: tuple[int, int]
    mask: Mask
    thing: Picture
    behind: Picture | None

    def crop(self, picture: Picture) -> Picture:
        """Return this place's part of a small picture."""
        top, left = self.top_left
        height, width = self.mask.shape
        return picture[top : top + height, left : left + width]

    def showing(self, picture: Picture) -> Showing:
        """Return what a small picture shows here."""
        now = self.crop(picture)
        thing = self._same(now, self.thing)
        if self.behind is None:
            there = thing >= ALIKE_SHARE or _alike(now, self.thing) >= ALIKE_NCC
            return Showing.THING if there else Showing.OTHER
        behind, behind_ncc = self._same(now, self.behind), _alike(now, self.behind)
        if behind >= GONE_SHARE and behind > thing + GONE_LEAD:
            return Showing.BEHIND
        # What stands there mostly looks as it did: then its correlation decides nothing.
        if thing >= ALIKE_SHARE and thing >= behind and behind_ncc < ALIKE_NCC:
            return Showing.THING
        thing_ncc = _alike(now, self.thing)
        if behind_ncc >= ALIKE_NCC and behind_ncc > thing_ncc + NCC_LEAD:
            return Showing.BEHIND
        if (thing >= ALIKE_SHARE and thing >= behind) or (
            thing_ncc >= ALIKE_NCC and thing_ncc > behind_ncc + NCC_LEAD
        ):
            return Showing.THING
        return Showing.OTHER

    def same_thing(self, picture: Picture) -> bool:
        """Return whether a small picture shows the very same thing, not just one of its kind."""
        now = self.crop(picture)
        share, ncc = self._same(now, self.thing), _alike(now, self.thing)
        return (share >= SAME_SHARE and ncc >= SAME_NCC) or ncc >= VERY_SAME_NCC

    def _same(self, now: Picture, then: Picture) -> float:
        """Return the share of the mask that is the same."""
        same = cv2.inRange(cv2.absdiff(now, then), NOTHING, LIMITS)
        return float(np.count_nonzero(self.mask & (same > 0))) / self._size()

    def _size(self) -> int:
        return max(int(np.count_nonzero(self.mask)), 1)

    def follow(self, picture: Picture, elapsed_s: float) -> "Appearance":
        """Return the appearance a little nearer to how the thing looks now."""
        weight = min(elapsed_s / ADAPT_TAU_S, 0.5)
        thing = cv2.addWeighted(self.crop(picture), weight, self.thing, 1 - weight, 0)
        return replace(self, thing=np.asarray(thing, np.uint8))

    def settled(self, picture: Picture, before: Picture) -> bool:
        """Return whether this place has not changed since an earlier crop of it."""
        return self._same(self.crop(picture), before) >= SETTLED_SHARE

    def own_outline(self) -> float:
        """Return the gradient along the thing's outline, levels."""
        return outline_strength(self.thing.astype(np.float32), self.mask)

    def outline(self, picture: Picture) -> float:
        """Return the gradient along the thing's outline on a small picture, levels."""
        return outline_strength(self.crop(picture).astype(np.float32), self.mask)

    def signature(self) -> Floats:
        """Return the thing as ``(24, 24)`` luma of mean 0 and length 1: what it looks like."""
        small = cv2.resize(self.thing[..., 0], SIGNATURE_WH, interpolation=cv2.INTER_AREA)
        centred = small.astype(np.float32) - small.mean()
        return np.asarray(centred / (np.linalg.norm(centred) + 1e-6), np.float32)

    def colour(self) -> Floats:
        """Return the thing's median Y, Cr and Cb."""
        return np.asarray(np.median(self.thing[self.mask], axis=0), np.float32)

    def resembles(self, other: "Appearance") -> bool:
        """Return whether looks of another time, cut a little beside, may be of the same thing."""
        pattern = float((self.signature() * other.signature()).sum())
        off = np.abs(self.colour() - other.colour())
        return pattern >= SAME_PATTERN and bool((off <= SAME_COLOUR).all())


def cut(
    picture: Picture,
    mask: Mask,
    *,
    behind: Picture | None,
) -> Appearance:
    """Return the appearance of a mask ``(h, w)`` of a small picture."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    top, left = max(int(rows[0]) - MARGIN_PX, 0), max(int(columns[0]) - MARGIN_PX, 0)
    bottom, right = int(rows[-1]) + 1 + MARGIN_PX, int(columns[-1]) + 1 + MARGIN_PX
    inside = np.s_[top:bottom, left:right]
    return Appearance(
        (top, left),
        mask[inside].copy(),
        picture[inside].copy(),
        None if behind is None else behind[inside].copy(),
    )


def _alike(now: Picture, then: Picture) -> float:
    return correlation(now[..., 0], then[..., 0])


def correlation(a: npt.NDArray[np.uint8], b: npt.NDArray[np.uint8]) -> float:
    """Return the normalised correlation of two crops in [-1, 1]; 0 where one is flat."""
    x = a.astype(np.float32).ravel()
    y = b.astype(np.float32).ravel()
    x -= x.mean()
    y -= y.mean()
    scale = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / scale if scale > FLAT else 0.0
