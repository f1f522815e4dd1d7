"""The places of one camera: what came to stand where, and whether it still does.

Nothing is tracked. A network's boxes and the patches that stand out of the background are laid on
the places that are known; a place lives on through missed detections, people in front of it and a
change of light, and ends only when it has positively been seen without its thing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edge.domain.geometry import Box, box_area, covered, overlap, shared_area, widened
from edge.domain.scene import Place, Presence, Subject, Thing
from edge.street.appearance import Appearance, cut
from edge.street.background import Mask, View
from edge.street.blobs import Blob, Verdict
from edge.street.looking import MOST_CLOSE_LOOKS, MOST_QUESTIONS, Doubt
from edge.street.matching import (
    PERSON_COVERS,
    SAME_PATCH,
    as_shares,
    cut_box,
    in_background,
    is_covered,
    is_same,
    is_somebody,
    lies_on,
    part_of,
    stands_free,
)
from edge.street.standing import (
    ESTABLISHED,
    FAINT_OUTLINE,
    NAMED_AFTER,
    UNLIKE_S,
    Standing,
    Tally,
)
from edge.street.strollers import Idlers
from edge.street.tone import Picture

BEGINNING_S = 2.5
FORGET_S = 30.0
"""A place seen empty for so long is given up; until then a rule may still ask about it."""

FLEETING_S = 4.0
"""A network's box that is missed this soon was passing by."""

NEIGHBOUR_WIDTHS = 1.5
NEIGHBOUR_STOOD_S = 5.0
MOST_PLACES = 64
LOOKED_AT = 0.9
"""Share of a place within the part that a network looked at."""

AT_IT = 0.3
"""Widths and heights of a thing around it within which people are at it."""


STANDS = frozenset(
    {Subject.VEHICLE, Subject.BIKE, Subject.STALL, Subject.GOODS, Subject.GARBAGE, Subject.OBJECT}
)


@dataclass(frozen=True, slots=True, eq=False)
class Gone:
    """Something that stood somewhere and left."""

    place_id: int
    subject: Subject
    box: Box
    looks: Appearance | None
    left_s: float


class PlaceBook:
    """The places of one camera; used by one thread."""

    def __init__(self, *, remember_s: float) -> None:
        """Begin with none.

        Args:
            remember_s: How long something that left is known again when it comes back.
        """
        self._remember_s = remember_s
        self.standing: list[Standing] = []
        self.gone: list[Gone] = []
        self.next_id = 1
        self._compared_s: float | None = None
        self._before: Picture | None = None
        self._began_s: float | None = None
        self._idlers = Idlers()

    def restore(
        self, standing: list[Standing], gone: list[Gone], next_id: int, mono_s: float
    ) -> None:
        """Go on with the places of before a restart."""
        self.standing, self.gone, self.next_id = standing, gone, next_id
        self._began_s = mono_s - 2 * BEGINNING_S

    def places(self) -> tuple[Place, ...]:
        """Return all places, by id."""
        return tuple(one.as_place() for one in sorted(self.standing, key=lambda one: one.id))

    def doubts(self) -> tuple[Doubt, ...]:
        """Return what a network is to look at closely next: those asked least, and count it."""
        unnamed = [
            one
            for one in self.standing
            if one.named < NAMED_AFTER
            and one.asked < MOST_QUESTIONS
            and one.presence is Presence.PRESENT
        ]
        asked = sorted(unnamed, key=lambda one: one.asked)[:MOST_CLOSE_LOOKS]
        doubts = tuple(Doubt(one.box, one.asked) for one in asked)
        for one in asked:
            one.asked += 1
        return doubts

    def held(self, shape: tuple[int, int]) -> Mask:
        """Return ``(h, w)``, where something stands: nothing is learnt there."""
        mask = np.zeros(shape, bool)
        for one in self.standing:
            if one.appearance is not None and one.presence is not Presence.ABSENT and one.static:
                top, left = one.appearance.top_left
                height, width = one.appearance.mask.shape
                mask[top : top + height, left : left + width] |= one.appearance.mask
        return mask

    def compare(self, view: View, things: Sequence[Thing]) -> None:
        """Look at every place on a picture.

        Args:
            view: The picture in the light of the background.
            things: What a network sees on it, and smoke; all that may be in front of a place.
        """
        if self._began_s is None:
            self._began_s = view.mono_s
        elapsed_s = 0.0 if self._compared_s is None else view.mono_s - self._compared_s
        self._compared_s = view.mono_s
        for one in self.standing:
            if view.rebased and one.appearance is not None and not self._faded(one, view):
                one.recut(cut_box(view.picture, one.box))
            if not view.usable:
                one.hidden()
                continue
            one.compare(
                view.picture,
                view.mono_s,
                open_view=not is_covered(one, things) and stands_free(one.box, view),
                elapsed_s=elapsed_s,
            )
        if view.usable:
            self._before = view.picture
        self._forget(view.mono_s)

    def _faded(self, one: Standing, view: View) -> bool:
        """Return whether a place lost more of its outline than the whole picture of its contrast.

        A new light leaves a thing where it is; while all changed, the thing may have left too. It
        keeps its old looks then, and is found gone or seen again by them.
        """
        if one.appearance is None or self._before is None:
            return False
        dimmed = float(view.picture[..., 0].std()) / max(float(self._before[..., 0].std()), 1.0)
        left = one.appearance.outline(view.picture)
        return left < FAINT_OUTLINE * min(dimmed, 1.0) * one.outline

    def detect(self, view: View, things: Sequence[Thing], looked_at: Sequence[Box]) -> None:
        """Lay a network's boxes on the places.

        Args:
            view: The picture.
            things: What the network sees.
            looked_at: Parts of the picture that it saw.
        """
        free = [thing for thing in things if thing.subject in STANDS]
        staying = self._idlers.among(things, view.mono_s)
        for one in self.standing:
            match = max(free, key=lambda thing: overlap(thing.box, one.box), default=None)
            if match is not None and lies_on(match, one):
                free.remove(match)
                self._found(one, match, view)
            elif any(covered(one.box, part) > LOOKED_AT for part in looked_at):
                self._not_found(one, things)
            near = widened(one.box, AT_IT)
            attended = any(shared_area(near, person) > 0 for person in staying)
            one.attended.hits += attended
            one.attended.misses += not attended
        for thing in free:
            self._begin(view, thing.box, thing.subject, thing.label).detected(
                thing.label, thing.score, thing.subject, view.mono_s
            )
        self._merge()
        self._limit()

    def _found(self, one: Standing, thing: Thing, view: View) -> None:
        if not one.static and not _looks_the_same(one, view):
            self._unlike(one, thing, view)
            return
        one.unlike_since_s = None
        one.detected(thing.label, thing.score, thing.subject, view.mono_s)
        if not one.static:
            # The first boxes are averaged: a thing that still rolls moves its place along.
            weight = 1 / min(one.named + 1, 8)
            one.arrival_seen = one.arrival_seen and not in_background(thing.box, view)
            one.box = _between(one.box, thing.box, weight)
            one.area = box_area(one.box)
            one.recut(cut_box(view.picture, one.box))

    def _unlike(self, one: Standing, thing: Thing, view: View) -> None:
        """A network sees something of the kind, but it does not look the same: traffic."""
        if one.looks.hits >= ESTABLISHED:
            # Something in front of it, most likely; in the long run another one in its place.
            if one.unlike_since_s is None:
                one.unlike_since_s = view.mono_s
            one.hidden()
            if view.mono_s - one.unlike_since_s < UNLIKE_S:
                return
            self._leave(one, view.mono_s)
            one.id, self.next_id = self.next_id, self.next_id + 1
        one.since_s = one.seen_s = view.mono_s
        one.box, one.area = thing.box, box_area(thing.box)
        one.recut(cut_box(view.picture, thing.box))
        one.looks, one.scores, one.named = Tally(1.0), thing.score, 1
        one.unlike_since_s, one.arrival_seen = None, True
        one.subject, one.label = thing.subject, thing.label

    def _not_found(self, one: Standing, things: Sequence[Thing]) -> None:
        if one.static and not one.named:
            one.looks.misses += any(
                covered(one.box, thing.box) >= PERSON_COVERS
                for thing in things
                if thing.subject is Subject.PERSON
            )
            return
        if one.named and one.presence is not Presence.OCCLUDED and not one.static:
            one.looks.misses += 0.5 if one.presence is Presence.PRESENT else 1.0

    def patches(
        self, view: View, blobs: Sequence[Blob], background: Picture, things: Sequence[Thing]
    ) -> None:
        """Lay patches that stand out of the background on the places.

        Args:
            view: The picture.
            blobs: Patches on it.
            background: What is behind them.
            things: What a network saw last: somebody who stands is no thing.
        """
        height, width = view.picture.shape[:2]
        for blob in blobs:
            box = as_shares(blob.box_px, width, height)
            mine = [place for place in self.standing if part_of(box, place) >= SAME_PATCH]
            # A patch may lie within a bus that stood in front: it is the car's that it fits.
            one = max(mine, key=lambda place: overlap(box, place.box), default=None)
            if one is None:
                if blob.verdict is not Verdict.THING or is_somebody(box, things):
                    continue
                one = self._begin(view, box, Subject.OBJECT, "")
                one.since_s = blob.onset_s
            self._stands_out(one, blob, view, background, box)
        self._merge()
        self._limit()

    def _stands_out(
        self, one: Standing, blob: Blob, view: View, background: Picture, box: Box
    ) -> None:
        match blob.verdict:
            case Verdict.THING:
                one.doubted = False
                one.looks.hits += 1
                grown = one.looks.hits < ESTABLISHED and blob.area_px > 1.2 * _mask_px(one)
                if not one.static or grown:
                    one.recut(cut(view.picture, blob.mask, behind=background))
                    one.static = True
                    one.area = blob.area_px / blob.mask.size
                    if not one.named:
                        one.box = box
                one.found(view.mono_s)
            case Verdict.RESTLESS | Verdict.UNCLEAR if not one.named:
                one.doubted = True
                one.looks.misses += 1
            case _:
                pass

    def _begin(self, view: View, box: Box, subject: Subject, label: str) -> Standing:
        looks = cut_box(view.picture, box)
        known = self._known(box, subject, looks)
        if known is not None:
            self.gone.remove(known)
        one = Standing(
            id=known.place_id if known else self.next_id,
            subject=subject,
            label=label,
            box=box,
            area=box_area(box),
            since_s=view.mono_s,
            seen_s=view.mono_s,
            arrival_seen=known is not None
            or self._began_s is None
            or view.mono_s - self._began_s > BEGINNING_S,
        )
        one.recut(looks)
        self.next_id += known is None
        self.standing.append(one)
        return one

    def _known(self, box: Box, subject: Subject, looks: Appearance) -> Gone | None:
        for one in reversed(self.gone):
            alike = one.subject is subject or Subject.OBJECT in {one.subject, subject}
            if not alike or overlap(one.box, box) < SAME_PATCH:
                continue
            if one.looks is None or subject is not Subject.VEHICLE:
                return one
            if one.looks.resembles(looks):
                return one
        return None

    def _forget(self, now_s: float) -> None:
        kept = []
        for one in self.standing:
            empty_s = 0.0 if one.absent_since_s is None else now_s - one.absent_since_s
            fleeting = one.named == 1 and not one.static and now_s - one.seen_s > FLEETING_S
            unseen = not one.static and now_s - one.since_s < 2 * FLEETING_S and empty_s > 0
            if empty_s >= FORGET_S or fleeting or unseen:
                self._leave(one, now_s)
            else:
                kept.append(one)
        self.standing = kept
        self.gone = [one for one in self.gone if now_s - one.left_s < self._remember_s]

    def _leave(self, one: Standing, now_s: float) -> None:
        if one.seen_s - one.since_s < NEIGHBOUR_STOOD_S:
            return
        self.gone.append(Gone(one.id, one.subject, one.box, one.appearance, now_s))
        reach = (one.box[2] - one.box[0]) * NEIGHBOUR_WIDTHS
        near = (one.box[0] - reach, one.box[1] - reach, one.box[2] + reach, one.box[3] + reach)
        for other in self.standing:
            kin = other is not one and other.subject is one.subject
            if kin and shared_area(other.box, near) > 0 and other.since_s < one.seen_s:
                other.neighbour_left_s = one.seen_s

    def _merge(self) -> None:
        """Let one thing be one place: the older of two that lie on each other stays."""
        kept: list[Standing] = []
        for one in sorted(self.standing, key=lambda place: place.since_s):
            twin = next((other for other in kept if is_same(one, other)), None)
            if twin is None:
                kept.append(one)
            elif one.static and not twin.static:
                twin.static, twin.area = True, one.area
                twin.recut(one.appearance)
            elif one.named and not twin.named:
                twin.named, twin.scores = one.named, one.scores
                twin.subject, twin.label = one.subject, one.label
        self.standing = kept

    def _limit(self) -> None:
        """Keep memory bounded on a picture full of things: the youngest are let go."""
        if len(self.standing) > MOST_PLACES:
            self.standing = sorted(self.standing, key=lambda one: one.since_s)[:MOST_PLACES]


def _looks_the_same(one: Standing, view: View) -> bool:
    return one.appearance is None or one.appearance.same_thing(view.picture)


def _between(a: Box, b: Box, weight: float) -> Box:
    x1, y1, x2, y2 = (p + weight * (q - p) for p, q in zip(a, b, strict=True))
    return (x1, y1, x2, y2)


def _mask_px(one: Standing) -> int:
    return 0 if one.appearance is None else int(np.count_nonzero(one.appearance.mask))
