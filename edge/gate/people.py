"""Who is at the gate: tracks become persons, and one person stays one person.

A track ends when a face is turned away and may swap owners when two people cross. So a person is
held together by tracks *and* by the face: a track whose face changes becomes a second person, and
a new track with a face seen a moment ago continues the first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from edge.domain.passage import Passage
from edge.gate.association import UNTRACKED, Associated
from edge.gate.evidence import ODD_SIMILARITY, Evidence
from edge.gate.quality import Refusal
from models.faces import Faces, Floats, Picture

SAME_PERSON_SIMILARITY = 0.5
"""Two fused faces of one camera, moments apart, at or above this are one person: of a few dozen
people seen within the cooldown, fewer than one pair in a thousand is that similar by chance."""


@dataclass(frozen=True, slots=True, eq=False)
class UsableFace:
    """One embedded face.

    Attributes:
        vector: ``(D,)``, unit length.
        norm: Raw embedding length.
        live: Probability that it is alive, None if nobody was asked.
        crop: The aligned face, for whoever compares it by eye.
    """

    vector: Floats
    norm: float
    live: float | None
    crop: Picture | None = None


@dataclass(slots=True, eq=False)
class Person:
    """One person in front of one camera. Mutable, private to that camera's gate.

    Attributes:
        appeared_at: First sight, UTC.
        last_mono_s: Last sight, stream time.
        box_xyxy: ``(4,)`` where the face was last, in pixels.
        passage: What was last said about this person, None before the first decision.
        embedded_mono_s: When a face was last embedded, to spare work after the decision.
        odd: A face that did not fit; a second one like it shows that the track changed owners.
    """

    appeared_at: datetime
    last_mono_s: float
    box_xyxy: Floats
    evidence: Evidence = field(default_factory=Evidence)
    passage: Passage | None = None
    embedded_mono_s: float = -np.inf
    odd: UsableFace | None = None


class People:
    """The persons of one camera, present and just gone."""

    def __init__(
        self, *, keep_s: float, cooldown_s: float, strong_norm: float | None = None
    ) -> None:
        """Begin with nobody.

        Args:
            keep_s: A person unseen for this long has gone.
            cooldown_s: A person who comes back within this time is on the same pass.
            strong_norm: Only faces from this raw length on can show that a track changed owners.
        """
        self._keep_s = keep_s
        self._cooldown_s = cooldown_s
        self._strong_norm = strong_norm or 0.0
        self._of_track: dict[int, Person] = {}
        self._fresh: list[Person] = []
        self._present: list[Person] = []
        self._gone: list[Person] = []

    @property
    def present(self) -> Sequence[Person]:
        """Return everybody who is at the gate, in order of appearance."""
        return tuple(self._present)

    def see(
        self, faces: Faces, associated: Sequence[Associated], *, mono_s: float, utc: datetime
    ) -> list[tuple[int, Person]]:
        """Return the person behind every face of a frame, as (row, person)."""
        fresh, self._fresh = self._fresh, []
        seen: list[tuple[int, Person]] = []
        for face in associated:
            box_xyxy = faces.boxes_xyxy[face.row]
            person = self._of_track.get(face.track) or self._claim(fresh, box_xyxy)
            if person is None or any(person is other for _, other in seen):
                # Two faces at once are two people, even if they were taken for one before.
                person = Person(appeared_at=utc, last_mono_s=mono_s, box_xyxy=box_xyxy)
                self._present.append(person)
            if face.track == UNTRACKED:
                self._fresh.append(person)
            else:
                self._of_track[face.track] = person
            person.last_mono_s = mono_s
            person.box_xyxy = box_xyxy
            person.evidence.see(float(faces.scores[face.row]))
            seen.append((face.row, person))
        return seen

    @staticmethod
    def _claim(fresh: list[Person], box_xyxy: Floats) -> Person | None:
        """Take the nearest face that had no track number on the frame before."""
        width = max(float(box_xyxy[2] - box_xyxy[0]), 1.0)
        for person in sorted(fresh, key=lambda known: _distance(known.box_xyxy, box_xyxy)):
            if _distance(person.box_xyxy, box_xyxy) < 2 * width:
                fresh.remove(person)
                return person
        return None

    def learn(self, person: Person, face: UsableFace, *, mono_s: float) -> Person:
        """Add a usable face and return whose it proved to be: not always the one expected."""
        person.embedded_mono_s = mono_s
        evidence = person.evidence
        if evidence.usable_frames == 0:
            evidence.add(face.vector, face.norm, live=face.live, crop=face.crop)
            return self._rejoin(person)
        if evidence.resembles(face.vector) >= ODD_SIMILARITY:
            evidence.add(face.vector, face.norm, live=face.live, crop=face.crop)
            person.odd = None
            return person
        if face.norm < self._strong_norm:
            evidence.refuse(Refusal.INCONSISTENT)
            return person
        if person.odd is None or float(person.odd.vector @ face.vector) < ODD_SIMILARITY:
            evidence.refuse(Refusal.INCONSISTENT)
            person.odd = face
            return person
        return self._split(person, [person.odd, face])

    def _split(self, person: Person, faces: Sequence[UsableFace]) -> Person:
        """The track changed owners: its latest faces belong to somebody else."""
        newcomer = Person(person.appeared_at, person.last_mono_s, person.box_xyxy)
        newcomer.embedded_mono_s = person.embedded_mono_s
        for face in faces:
            newcomer.evidence.add(face.vector, face.norm, live=face.live, crop=face.crop)
            newcomer.evidence.see(person.evidence.certainty)
        person.odd = None
        self._move_tracks(person, newcomer)
        self._present.append(newcomer)
        return self._rejoin(newcomer)

    def _rejoin(self, person: Person) -> Person:
        """Return the earlier person with this face who is out of sight, or the person itself."""
        mine = person.evidence.fused()
        for other in self._known(person):
            if other.evidence.resembles(mine) >= SAME_PERSON_SIMILARITY:
                return self.merge(person, other)
        return person

    def _known(self, person: Person) -> Iterator[Person]:
        for other in [*self._present, *self._gone]:
            in_sight = other.last_mono_s >= person.last_mono_s
            if other is not person and not in_sight and other.evidence.usable_frames:
                yield other

    def merge(self, person: Person, earlier: Person) -> Person:
        """Continue an earlier person with a new one's sight and evidence; return the earlier."""
        earlier.evidence.absorb(person.evidence)
        earlier.last_mono_s = max(earlier.last_mono_s, person.last_mono_s)
        earlier.embedded_mono_s = max(earlier.embedded_mono_s, person.embedded_mono_s)
        earlier.box_xyxy = person.box_xyxy
        self._move_tracks(person, earlier)
        self._present.remove(person)
        if earlier in self._gone:
            self._gone.remove(earlier)
            self._present.append(earlier)
        return earlier

    def _move_tracks(self, old: Person, new: Person) -> None:
        for track, owner in self._of_track.items():
            if owner is old:
                self._of_track[track] = new
        self._fresh = [new if owner is old else owner for owner in self._fresh]

    def with_resident(self, resident_id: str, *, besides: Person) -> Person | None:
        """Return another person, present or just gone, already named as this resident."""
        for other in [*self._present, *self._gone]:
            named = other.passage is not None and other.passage.resident_id == resident_id
            if other is not besides and named:
                return other
        return None

    def leave(self, mono_s: float) -> list[Person]:
        """Return who has gone since the last call, and forget who went long ago."""
        # First: whoever has gone since the last call is yet to be judged, however long ago it was.
        for person in [one for one in self._gone if mono_s - one.last_mono_s > self._cooldown_s]:
            person.evidence.forget()
            person.odd = None
            self._gone.remove(person)
        left = [one for one in self._present if mono_s - one.last_mono_s > self._keep_s]
        for person in left:
            self._present.remove(person)
            self._gone.append(person)
        self._of_track = {
            track: owner for track, owner in self._of_track.items() if owner in self._present
        }
        return left


def _distance(a_xyxy: Floats, b_xyxy: Floats) -> float:
    """Return the distance between two boxes' centres in pixels."""
    difference = (a_xyxy[:2] + a_xyxy[2:] - b_xyxy[:2] - b_xyxy[2:]) / 2
    return float(np.hypot(*difference))
