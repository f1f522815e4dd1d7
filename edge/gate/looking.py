"""Which faces of a frame are worth comparing, and what they look like to the recogniser."""

from collections.abc import Iterator, Sequence
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


class Liveness(Protocol):
    """Tells a living face from a printed or replayed one."""

    def live_score(self, picture: Picture, box_xyxy: Floats) -> float:
        """Return the probability in [0, 1] that a living face is in the box."""
        ...


Wanted = Sequence[tuple[int, Person]]
"""Rows of a frame's faces and whose they are."""


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
        if not promising:
            return
        picture = shot.bgr()
        rows = np.array([row for row, _ in promising])
        refined = self._pack.detector.refine(picture, faces[rows])
        crops, owners = [], []
        for (row, person), landmarks in zip(promising, refined.landmarks, strict=True):
            crop = align(picture, landmarks)
            refusal = refusal_by_crop(crop, self._limits)
            if refusal is None:
                crops.append(crop)
                owners.append((row, person))
            else:
                person.evidence.refuse(refusal)
        if not crops:
            return
        embedded = self._pack.recogniser.embed(np.stack(crops))
        for (row, person), crop, vector, length in zip(
            owners, crops, embedded.vectors, embedded.norms, strict=True
        ):
            norm = float(length)
            refusal = refusal_by_norm(norm, self._limits)
            if refusal is None:
                live = self._live_score(picture, faces.boxes_xyxy[row])
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
