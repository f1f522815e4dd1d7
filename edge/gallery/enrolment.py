"""From somebody's photos to one template, or the reason why a photo was not taken.

A photo that is merely poor costs its owner every morning; so enrolment asks more of a face than the
gate does. The template is the mean of the unit vectors of all accepted photos, which beats the best
of them: two photos remove 60 % of the misses (measured).
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from models.align import align
from models.faces import FacePack, Faces, Floats, Picture
from models.picture import decode_picture
from models.portrait import tone_of, turn_of

DARK_LUMA = 60.0
BRIGHTENED_LUMA = 110.0
"""A photo without a face that is darker than the first is looked at once more, made this bright."""


class PhotoVerdict(StrEnum):
    """What became of a photo."""

    ACCEPTED = "accepted"
    UNREADABLE = "unreadable"
    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    TOO_SMALL = "too_small"
    TURNED = "turned"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    BLURRED = "blurred"
    POOR_FACE = "poor_face"
    DUPLICATE = "duplicate_of_another_resident"
    DIFFERS = "differs_from_own_photos"


@dataclass(frozen=True, slots=True)
class EnrolmentLimits:
    """What a photo must reach.

    Set on 1652 ordinary portraits of 212 people: 98 % pass. Each limit lies where the cosine with
    the mean of the person's other photos begins to fall (0.80 on average, 0.78 for faces turned 0.5
    to 1.0, 0.70 and never below 0.55 for the palest that pass). Of 49 faces with surgical masks
    18 % pass.

    Attributes:
        face_px: Least width of the face box.
        clear_rise: Raw embedding length above the recogniser's floor that makes a face clear,
            for which a lower score of the detector is enough.
        turn: Greatest sideways turn, see ``models.portrait.turn_of``.
        luma: Least and greatest mean luma of the face, 0..255.
        sharpness: Least variance of the Laplacian of the aligned face.
        norm_rise: Raw embedding length above the recogniser's floor.
        rival_share: A second face counts from this share of the first one's prominence.
        same_person: Least cosine of a photo with the mean of the person's others.
    """

    face_px: float = 56.0
    clear_rise: float = 1.5
    turn: float = 1.1
    luma: tuple[float, float] = (30.0, 235.0)
    sharpness: float = 15.0
    norm_rise: float = 0.2
    rival_share: float = 0.5
    same_person: float = 0.35


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A photo's verdict.

    Attributes:
        name: Its file name.
        vector: Unit vector ``(D,)``, only if accepted.
        sha256: Of the file.
        face_px: Width of the face; None if none was found.
        norm: Raw embedding length; None if it was not embedded.
        crop: The aligned face, only if accepted.
    """

    name: str
    verdict: PhotoVerdict
    vector: Floats | None = None
    sha256: str = ""
    face_px: float | None = None
    norm: float | None = None
    crop: Picture | None = None

    def refused(self, verdict: PhotoVerdict) -> "Judged":
        """Return the same photo, not accepted."""
        return replace(self, verdict=verdict, vector=None, crop=None)


@dataclass(frozen=True, slots=True, eq=False)
class Enrolled:
    """What became of one person's photos: a template if any was accepted."""

    photos: tuple[Judged, ...]
    template: Floats | None

    @property
    def accepted(self) -> int:
        """Return how many photos the template was made of."""
        return sum(photo.verdict is PhotoVerdict.ACCEPTED for photo in self.photos)

    @property
    def portrait(self) -> Picture | None:
        """Return the aligned face in which the network saw most of a face, None without any."""
        faces = [photo for photo in self.photos if photo.crop is not None]
        return max(faces, key=lambda photo: photo.norm or 0.0).crop if faces else None


Resembles = Callable[[Floats], bool]
"""Whether a template is that of somebody else who is registered."""


class Enroller:
    """Judges photos with one face pack."""

    def __init__(self, pack: FacePack, limits: EnrolmentLimits | None = None) -> None:
        self._pack = pack
        self._limits = limits or EnrolmentLimits()

    def judge(self, name: str, content: bytes) -> Judged:
        """Return the verdict on one encoded photo."""
        photo = Judged(name, PhotoVerdict.UNREADABLE, sha256=hashlib.sha256(content).hexdigest())
        picture = decode_picture(content)
        if picture is None:
            return photo
        faces = self._pack.detector.detect(picture)
        if not len(faces):
            in_the_dark = self._would_show_if_brighter(picture)
            return photo.refused(PhotoVerdict.TOO_DARK if in_the_dark else PhotoVerdict.NO_FACE)
        prominence = _prominence(faces, (picture.shape[1], picture.shape[0]))
        order = np.argsort(-prominence, kind="stable")
        face = faces[order[:1]]
        photo = replace(photo, face_px=float(face.boxes_xyxy[0, 2] - face.boxes_xyxy[0, 0]))
        flaw = self._flaw_of(photo, prominence[order])
        if flaw is not None:
            return photo.refused(flaw)
        face = self._pack.detector.refine(picture, face)
        crop = align(picture, face.landmarks[0])
        flaw = self._flaw_of_crop(face, crop)
        if flaw is not None:
            return photo.refused(flaw)
        embedded = self._pack.recogniser.embed(crop[None], mirrored=True)
        photo = replace(photo, norm=float(embedded.norms[0]))
        if self._is_poor(face, float(embedded.norms[0])):
            return photo.refused(PhotoVerdict.POOR_FACE)
        return replace(photo, verdict=PhotoVerdict.ACCEPTED, vector=embedded.vectors[0], crop=crop)

    def combine(self, photos: Sequence[Judged], *, resembles_other: Resembles) -> Enrolled:
        """Return the template of one person's judged photos.

        Photos that do not fit the others are left out with the reason, and all are if the person
        is registered already under another id.
        """
        judged = self._without_odd_ones(list(photos))
        vectors = [photo.vector for photo in judged if photo.vector is not None]
        if not vectors:
            return Enrolled(tuple(judged), None)
        template = _mean(vectors)
        if resembles_other(template):
            return Enrolled(tuple(_all_refused(judged, PhotoVerdict.DUPLICATE)), None)
        return Enrolled(tuple(judged), template)

    def _would_show_if_brighter(self, picture: Picture) -> bool:
        luma = float(picture.mean())
        if not 0 < luma < DARK_LUMA:
            return False
        gain = BRIGHTENED_LUMA / luma
        brighter = np.clip(picture * np.float32(gain), 0, 255).astype(np.uint8)
        return len(self._pack.detector.detect(brighter)) > 0

    def _is_poor(self, face: Faces, norm: float) -> bool:
        limits, floor = self._limits, self._pack.norm_floor
        rise = None if floor is None else norm - floor
        if rise is not None and rise < limits.norm_rise:
            return True
        clear = rise is not None and rise >= limits.clear_rise
        levels = self._pack.levels
        return float(face.scores[0]) < (levels.clear if clear else levels.portrait)

    def _flaw_of(self, photo: Judged, ranked: Floats) -> PhotoVerdict | None:
        """Return what is wrong with the main face, its prominence and that of others ranked."""
        if len(ranked) > 1 and ranked[1] > self._limits.rival_share * ranked[0]:
            return PhotoVerdict.SEVERAL_FACES
        small = photo.face_px is None or photo.face_px < self._limits.face_px
        return PhotoVerdict.TOO_SMALL if small else None

    def _flaw_of_crop(self, faces: Faces, crop: Picture) -> PhotoVerdict | None:
        if turn_of(faces.landmarks[0]) > self._limits.turn:
            return PhotoVerdict.TURNED
        tone = tone_of(crop)
        if tone.luma < self._limits.luma[0]:
            return PhotoVerdict.TOO_DARK
        if tone.luma > self._limits.luma[1]:
            return PhotoVerdict.TOO_BRIGHT
        return PhotoVerdict.BLURRED if tone.sharpness < self._limits.sharpness else None

    def _without_odd_ones(self, photos: list[Judged]) -> list[Judged]:
        """Refuse, worst first, each photo that is unlike the mean of the person's others."""
        while True:
            rows = [index for index, photo in enumerate(photos) if photo.vector is not None]
            if len(rows) < 2:  # noqa: PLR2004 - one photo has no others
                return photos
            vectors = np.stack([vector for photo in photos if (vector := photo.vector) is not None])
            others = vectors.sum(axis=0) - vectors
            others /= np.linalg.norm(others, axis=1, keepdims=True)
            likeness = np.einsum("nd,nd->n", vectors, others)
            worst = int(likeness.argmin())
            if likeness[worst] >= self._limits.same_person:
                return photos
            if len(rows) == 2:  # noqa: PLR2004 - of two that differ nobody knows which is right
                return _all_refused(photos, PhotoVerdict.DIFFERS)
            photos[rows[worst]] = photos[rows[worst]].refused(PhotoVerdict.DIFFERS)


def _all_refused(photos: Sequence[Judged], verdict: PhotoVerdict) -> list[Judged]:
    return [
        photo.refused(verdict) if photo.verdict is PhotoVerdict.ACCEPTED else photo
        for photo in photos
    ]


def _mean(vectors: Sequence[Floats]) -> Floats:
    total = np.sum(vectors, axis=0)
    return np.asarray(total / np.linalg.norm(total), np.float32)


def _prominence(faces: Faces, size_wh: tuple[int, int]) -> Floats:
    """Return how much each face is the subject of the photo, ``(N,)``: large and in the middle.

    A passer-by at the edge of a portrait is no rival; a face beside another in a group is.
    """
    corners1, corners2 = faces.boxes_xyxy[:, :2], faces.boxes_xyxy[:, 2:]
    size = np.asarray(size_wh, np.float32)
    offset = ((corners1 + corners2) / 2 - size / 2) / size.max()
    areas = (corners2 - corners1).prod(axis=1)
    return np.asarray(areas * np.exp(-(offset**2).sum(axis=1) / 0.35**2), np.float32)
