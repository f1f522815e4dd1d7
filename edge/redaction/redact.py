"""Stills and clips without faces and, where they are not what it is about, without plates."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from edge.domain.geometry import Box
from edge.redaction.faces import FaceFinder, heads_of
from edge.redaction.plates import PlatePlaces, plates_in_parts, plates_of
from edge.redaction.squares import coarsened
from edge.redaction.tracks import covered
from edge.stills import Picture
from models.detections import Detections, ObjectDetector
from streams.retouch import pictures_of, rate_of, retouch

PEOPLE = frozenset({"person", "pedestrian", "rider"})
VEHICLES = frozenset({"car", "bus", "truck", "motorcycle", "motorbike", "van", "vehicle"})
QUALITY = 90
LOOK_EVERY = 5
"""Frames, at most."""

LOOK_EVERY_S = 0.2
"""In this time somebody who runs moves by less than a head; slow clips are looked at more often."""


@dataclass(frozen=True, slots=True, eq=False)
class Redactor:
    """Finds what must not be seen and covers it.

    Attributes:
        still_faces: For single pictures: every scale.
        clip_faces: For clips, where the next look comes soon: fewer scales.
        objects: Sees people and vehicles; None if there is no such network.
        plates: Finds plates; None if there is no such network.
        people: The object detector's words for a person.
        vehicles: Its words for what has a plate.
    """

    still_faces: FaceFinder
    clip_faces: FaceFinder
    objects: ObjectDetector | None = None
    plates: PlatePlaces | None = None
    people: frozenset[str] = PEOPLE
    vehicles: frozenset[str] = VEHICLES

    def still(self, picture: Picture, *, plates: bool) -> Picture:
        """Return a copy of a picture with faces and heads covered.

        Args:
            picture: ``(H, W, 3)`` BGR.
            plates: Whether plates are covered too.
        """
        boxes = self._found(picture, self.still_faces, plates=plates)
        if plates and self.plates is not None:
            boxes += plates_in_parts(picture, self.plates)
        return coarsened(picture, boxes)

    def clip(self, source: Path, target: Path, *, plates: bool) -> None:
        """Write a copy of a clip, as H.264, with faces and heads covered in every frame.

        Raises:
            StreamError: The source cannot be read.
        """
        every = frames_between_looks(rate_of(source))
        looks = [
            self._found(picture, self.clip_faces, plates=plates)
            for picture in pictures_of(source, every=every)
        ]
        spans = covered(looks)

        def change(index: int, picture: Picture) -> Picture:
            look = index // every
            boxes = spans[look] if look < len(spans) else []
            return coarsened(picture, boxes)

        retouch(source, target, change)

    def _found(self, picture: Picture, faces: FaceFinder, *, plates: bool) -> list[Box]:
        boxes = faces.find(picture)
        seen = Detections.none(()) if self.objects is None else self.objects.detect(picture)
        boxes += heads_of(seen, picture, self.people)
        if plates and self.plates is not None:
            boxes += plates_of(seen, picture, self.vehicles, self.plates)
        return boxes


def frames_between_looks(rate: float | None) -> int:
    """Return how far apart looks are at a rate; every frame is looked at if it is not known."""
    return 1 if rate is None else min(max(int(rate * LOOK_EVERY_S + 0.01), 1), LOOK_EVERY)


def redact_jpeg(
    content: bytes, decode: Callable[[bytes], Picture | None], redactor: Redactor, *, plates: bool
) -> bytes | None:
    """Return a redacted JPEG of a picture's own resolution, None if it is no picture."""
    picture = decode(content)
    return None if picture is None else encoded(redactor.still(picture, plates=plates))


def encoded(picture: Picture) -> bytes:
    """Return a JPEG."""
    _, content = cv2.imencode(
        ".jpg", np.ascontiguousarray(picture), [cv2.IMWRITE_JPEG_QUALITY, QUALITY]
    )
    return content.tobytes()
