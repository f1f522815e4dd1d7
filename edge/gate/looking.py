"""Which faces of a frame are worth comparing, and what they look like to the recogniser."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from edge.gate.people import Person, UsableFace
from edge.gate.quality import (
    QualityLimits,
    refusal_by_crop,
    refusal_by_norm,
    refusal_by_shape,
)
from models.align import align
from models.faces import FacePack, Faces, Floats, Picture


class Shot(Protocol):
    """A frame whose pixels are made only when asked for."""

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height in pixels."""
        ...

    def bgr(self, longer_px: int | None = None) -> Picture:
        """Return the pixels, shrunk to a longer side if it is larger."""
        ...

    def part(self, part_xyxy: tuple[int, int, int, int]) -> Picture:
        """Return the pixels of a rectangle inside the picture."""
        ...


class Liveness(Protocol):
    """Tells a living face from a printed or replayed one."""

    def live_score(self, picture: Picture, box_xyxy: Floats) -> float:
        """Return the probability in [0, 1] that a living face is in the box."""
        ...


Wanted = Sequence[tuple[int, Person]]
"""Rows of a frame's faces and whose they are."""

PartOf = Callable[[tuple[int, int, int, int]], Picture]
"""Returns the pixels of a rectangle."""

FEW = 4
"""Of more faces the parts together are no smaller than the whole picture."""

REACH = 1.5
"""Half the side of the part of a picture that is looked at closely, in longer sides of a face. Two
looks, upright, and an aligned crop need 1.2; liveness, which moves what it sees inside, 1.35."""


@dataclass(frozen=True, slots=True, eq=False)
class _Near:
    """The part of a picture around one face.

    Attributes:
        picture: ``(h, w, 3)`` BGR.
        face: One row, in pixels of the part.
    """

    picture: Picture
    face: Faces


class Looking:
    """Aligns, judges and embeds faces; what is not good enough is counted with its person."""

    def __init__(self, pack: FacePack, limits: QualityLimits, liveness: Liveness | None) -> None:
        """Use networks; ``liveness`` is asked about every usable face if given."""
        self._pack = pack
        self._limits = limits
        self._liveness = liveness

    def usable(
        self, shot: Shot, faces: Faces, wanted: Wanted
    ) -> Iterator[tuple[Person, UsableFace]]:
        """Yield the usable ones of the wanted faces, embedded in one batch."""
        promising = [
            (row, person)
            for row, person in wanted
            if self._has_shape(person, faces, row, shot.size_wh)
        ]
        part_of = shot.part if len(promising) <= FEW else _parts_of(shot.bgr())
        crops: list[Picture] = []
        owners: list[tuple[Person, _Near]] = []
        for row, person in promising:
            near = _near(part_of, shot.size_wh, faces[row : row + 1])
            refined = self._pack.detector.refine(near.picture, near.face)
            crop = align(near.picture, refined.landmarks[0])
            refusal = refusal_by_crop(crop, self._limits)
            if refusal is None:
                crops.append(crop)
                owners.append((person, near))
            else:
                person.evidence.refuse(refusal)
        if not crops:
            return
        embedded = self._pack.recogniser.embed(np.stack(crops))
        for (person, near), crop, vector, length in zip(
            owners, crops, embedded.vectors, embedded.norms, strict=True
        ):
            norm = float(length)
            refusal = refusal_by_norm(norm, self._limits)
            if refusal is None:
                live = self._live_score(near.picture, near.face.boxes_xyxy[0])
                yield person, UsableFace(vector.copy(), norm, live, crop)
            else:
                person.evidence.refuse(refusal)

    def _has_shape(self, person: Person, faces: Faces, row: int, size_wh: tuple[int, int]) -> bool:
        refusal = refusal_by_shape(
            box_xyxy=faces.boxes_xyxy[row],
            score=float(faces.scores[row]),
            landmarks=faces.landmarks[row],
            size_wh=size_wh,
            limits=self._limits,
        )
        if refusal is not None:
            person.evidence.refuse(refusal)
        return refusal is None

    def _live_score(self, picture: Picture, box_xyxy: Floats) -> float | None:
        return None if self._liveness is None else self._liveness.live_score(picture, box_xyxy)


def _parts_of(picture: Picture) -> PartOf:
    def part_of(part_xyxy: tuple[int, int, int, int]) -> Picture:
        left, top, right, bottom = part_xyxy
        return picture[top:bottom, left:right]

    return part_of


def _near(part_of: PartOf, size_wh: tuple[int, int], face: Faces) -> _Near:
    """Return what is around a face: a square, moved inside the picture where it reaches beyond."""
    x1, y1, x2, y2 = (float(edge) for edge in face.boxes_xyxy[0])
    reach_px = REACH * max(x2 - x1, y2 - y1)
    width, height = size_wh
    left, right = _span((x1 + x2) / 2, reach_px, width)
    top, bottom = _span((y1 + y2) / 2, reach_px, height)
    return _Near(part_of((left, top, right, bottom)), face.moved(-left, -top))


def _span(centre: float, reach_px: float, most: int) -> tuple[int, int]:
    """Return begin and end of a stretch inside ``0..most``, even unless it ends there."""
    length = min(2 * math.ceil(reach_px), most)
    begin = min(max(round(centre - length / 2), 0), most - length) // 2 * 2
    return begin, min(begin + length + length % 2, most)
