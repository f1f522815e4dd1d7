"""A kerb on which things come to stand, for tests of what is known of its places."""

from collections.abc import Sequence

import cv2
import numpy as np

from edge.domain.geometry import Box
from edge.domain.scene import Place, Subject, Thing
from edge.street.background import TOLERANCE, View
from edge.street.blobs import Blob, Verdict
from edge.street.places import PlaceBook
from edge.street.tone import Picture
from tests.asphalt import BOX_PX, SIZE_WH, Pixels, a_street, noisy, put

STREET = a_street()
CAR = put(STREET)
WHOLE: Box = (0.0, 0.0, 1.0, 1.0)


def shares(box_px: Pixels) -> Box:
    """Return a box of the small picture as shares of it."""
    width, height = SIZE_WH
    return (box_px[0] / width, box_px[1] / height, box_px[2] / width, box_px[3] / height)


def named(
    box_px: Pixels = BOX_PX,
    subject: Subject = Subject.VEHICLE,
    *,
    label: str = "car",
    score: float = 0.8,
) -> Thing:
    """Return what a network sees."""
    return Thing(subject, label, shares(box_px), score)


def somebody(box_px: Pixels) -> Thing:
    """Return a person."""
    return named(box_px, Subject.PERSON, label="person")


def a_view(picture: Picture, mono_s: float, *, usable: bool = True, rebased: bool = False) -> View:
    """Return a picture before the empty street."""
    background = np.all(cv2.absdiff(picture, STREET) <= TOLERANCE, axis=-1)
    return View(picture, background, usable, rebased, mono_s)


def a_patch(box_px: Pixels = BOX_PX, *, onset_s: float, verdict: Verdict = Verdict.THING) -> Blob:
    """Return a patch that stands out."""
    mask = np.zeros(STREET.shape[:2], bool)
    mask[box_px[1] : box_px[3], box_px[0] : box_px[2]] = True
    return Blob(mask, box_px, onset_s, 60.0, 5.0, verdict)


class Kerb:
    """A book of places and its time; it has watched the empty street for a while."""

    def __init__(self, *, remember_s: float = 3600.0, watched: bool = True) -> None:
        self.book = PlaceBook(remember_s=remember_s)
        self.now_s = 0.0
        self.seen = 0
        if watched:
            self.see(STREET, looks=5)

    def see(
        self,
        picture: Picture,
        *things: Thing,
        looks: int = 1,
        every_s: float = 1.0,
        parts: Sequence[Box] = (WHOLE,),
        usable: bool = True,
        rebased: bool = False,
    ) -> tuple[Place, ...]:
        """Return the places after looks at a picture, a network's if it looks at any part."""
        for _ in range(looks):
            self.now_s += every_s
            self.seen += 1
            view = a_view(noisy(picture, self.seen), self.now_s, usable=usable, rebased=rebased)
            self.book.compare(view, things)
            if parts:
                self.book.detect(view, things, parts)
        return self.book.places()

    def patch(self, picture: Picture, *blobs: Blob, things: Sequence[Thing] = ()) -> None:
        """Lay patches on the places."""
        self.book.patches(a_view(picture, self.now_s), blobs, STREET, things)

    def park(
        self, picture: Picture, *things: Thing, looks: int = 10, every_s: float = 1.0
    ) -> Place:
        """Return the one place after something has come to stand."""
        (place,) = self.see(picture, *things, looks=looks, every_s=every_s)
        return place
