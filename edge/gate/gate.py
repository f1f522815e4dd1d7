"""The gate of one camera: pictures in, passages out."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

import numpy as np

from edge.domain.candidate import Candidate
from edge.domain.geometry import Polygon, contains
from edge.domain.passage import Action, Decision, Direction, Doubt, Likeness, Passage
from edge.gate.association import Association
from edge.gate.decision import Patience, Thresholds, Verdict, judge
from edge.gate.looking import Liveness, Looking, Shot
from edge.gate.people import People, Person
from edge.gate.quality import QualityLimits
from edge.gate.tailgating import Tailgating
from models.faces import FacePack, Faces, Floats, Picture

HURRY_S = 0.5
"""For so long after a usable face the next ones are awaited with more pictures a second."""


@dataclass(frozen=True, slots=True)
class GateRules:
    """How one gate judges. Durations in stream seconds.

    Attributes:
        keep_s: A face unseen for this long has gone.
        cooldown_s: Somebody who comes back within this time is on the same pass.
        recheck_s: How often a face is embedded again once its passage is decided.
        least_frames: A face that was never usable, on fewer frames than this, was no person.
        tailgate_s: Decisions within this time belong to one opening of the gate.
        zone: Where faces count, normalised; None for the whole picture.
    """

    camera_id: str
    direction: Direction
    time_zone: ZoneInfo
    keep_s: float = 1.5
    cooldown_s: float = 10.0
    recheck_s: float = 1.0
    least_frames: int = 3
    tailgate_s: float = 3.0
    zone: Polygon | None = None
    limits: QualityLimits = field(default_factory=QualityLimits)
    patience: Patience = field(default_factory=Patience)


class Reference(Protocol):
    """The gallery as it is now: it may be swapped between two searches."""

    def thresholds(self) -> Thresholds:
        """Return the cosines that decide at the gallery's present size."""
        ...

    def search(self, query: Floats) -> Candidate | None:
        """Return the most similar person, None if nobody is registered."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """A passage and where its person's face is on the picture it was decided on.

    Attributes:
        box_xyxy: ``(4,)`` pixels; None where the picture does not show the person, because they
            have gone or because somebody else's pass updates theirs.
        face: The best aligned face of the person; None where none was usable, and in an update
            that is not about who it was.
    """

    passage: Passage
    box_xyxy: Floats | None
    face: Picture | None = None


class Gate:
    """All that one camera knows about the people in front of it; used by one thread."""

    def __init__(
        self,
        rules: GateRules,
        *,
        pack: FacePack,
        reference: Reference,
        new_id: Callable[[datetime], str],
        liveness: Liveness | None = None,
    ) -> None:
        """Open the gate.

        Args:
            rules: How to judge.
            pack: Networks.
            reference: The gallery; a removed resident is unknown to the next search.
            new_id: Makes a passage's id from its time.
            liveness: Asked for every usable face if given.
        """
        self._rules = rules
        self._pack = pack
        self._reference = reference
        self._new_id = new_id
        self._looking = Looking(pack, rules.limits, liveness)
        self._association = Association(keep_s=rules.keep_s)
        self._people = People(
            keep_s=rules.keep_s,
            cooldown_s=rules.cooldown_s,
            strong_norm=rules.patience.strong_norm,
        )
        self._tailgating = Tailgating(window_s=rules.tailgate_s)

    @property
    def occupied(self) -> bool:
        """Return whether somebody is there, so that even a still picture must be analysed."""
        return bool(self._people.present)

    @property
    def deciding(self) -> bool:
        """Return whether somebody can be decided on as soon as there are a few more pictures."""
        return any(self._nearly_decided(person) for person in self._people.present)

    def observe(self, shot: Shot, *, mono_s: float, utc: datetime) -> list[Sighting]:
        """Return the passages that this frame decides, updates of earlier ones included.

        Args:
            shot: The frame. Faces are looked for on a small picture; the whole one is only asked
                for if one of them is worth embedding.
            mono_s: Stream time.
            utc: Wall time of the frame.
        """
        small = shot.bgr(self._pack.detector.canvas_px)
        found = self._pack.detector.detect(small).scaled(shot.size_wh[0] / small.shape[1])
        faces = self._in_zone(found, shot.size_wh)
        associated = self._association.update(faces, mono_s)
        seen = self._people.see(faces, associated, mono_s=mono_s, utc=utc)
        wanted = [(row, person) for row, person in seen if self._wants(person, mono_s)]
        for person, face in self._looking.usable(shot, faces, wanted):
            self._people.learn(person, face, mono_s=mono_s)
        sightings = []
        for person in self._people.present:
            if person.last_mono_s == mono_s:
                sightings += self._decide(person, utc=utc, mono_s=mono_s)
        return sightings + self.idle(mono_s=mono_s, utc=utc)

    def idle(self, *, mono_s: float, utc: datetime) -> list[Sighting]:
        """Return the passages of people who are gone; for frames with nothing new in them."""
        sightings: list[Sighting] = []
        for person in self._people.leave(mono_s):
            sightings += self._decide(person, utc=utc, mono_s=mono_s, ended=True)
        return sightings

    def end(self, *, mono_s: float, utc: datetime) -> list[Sighting]:
        """Return the passages of all who are still there: the stream ended or broke."""
        return self.idle(mono_s=mono_s + self._rules.keep_s + 1e-3, utc=utc)

    def _in_zone(self, faces: Faces, size_wh: tuple[int, int]) -> Faces:
        zone = self._rules.zone
        if zone is None or not len(faces):
            return faces
        centres = (faces.boxes_xyxy[:, :2] + faces.boxes_xyxy[:, 2:]) / 2 / size_wh
        return faces[np.array([contains(zone, (float(x), float(y))) for x, y in centres])]

    def _nearly_decided(self, person: Person) -> bool:
        usable = person.evidence.usable_frames
        return (
            person.passage is None
            and 0 < usable < self._rules.patience.early_frames
            # Who has turned away is not waited for with twice the work.
            and person.last_mono_s - person.embedded_mono_s < HURRY_S
        )

    def _wants(self, person: Person, mono_s: float) -> bool:
        """Return whether another embedding of this person is worth its cost."""
        decided = person.passage is not None
        rest_s = self._rules.recheck_s if decided else 0.0
        return mono_s - person.embedded_mono_s >= rest_s

    def _decide(
        self,
        person: Person,
        *,
        utc: datetime,
        mono_s: float,
        ended: bool = False,
    ) -> list[Sighting]:
        earlier = person.passage
        if earlier is not None and earlier.decision in (Decision.RESIDENT, Decision.WATCHLIST):
            return []
        if ended and self._was_nobody(person):
            return []
        thresholds = self._reference.thresholds()
        verdict = judge(
            person.evidence,
            search=self._reference.search,
            thresholds=thresholds,
            patience=self._rules.patience,
            today=self._today(utc),
            ended=ended,
        )
        if verdict is None:
            return []
        verdict = self._once(person, verdict)
        if verdict is None or (earlier is not None and not _improves(verdict, earlier)):
            return []
        person.passage = self._passage(person, verdict, thresholds, utc)
        told = self._tailgating.count(person.passage, mono_s)
        box_xyxy = None if ended else person.box_xyxy
        own, face = person.passage.id, person.evidence.best_crop
        return [
            Sighting(one, box_xyxy, face) if one.id == own else Sighting(one, None) for one in told
        ]

    def _was_nobody(self, person: Person) -> bool:
        evidence = person.evidence
        return evidence.usable_frames == 0 and evidence.frames < self._rules.least_frames

    def _today(self, utc: datetime) -> date:
        return utc.astimezone(self._rules.time_zone).date()

    def _once(self, person: Person, verdict: Verdict) -> Verdict | None:
        """Return the verdict, None if that resident's pass was told, doubt if they are two."""
        if verdict.decision not in (Decision.RESIDENT, Decision.WATCHLIST):
            return verdict
        if verdict.candidate is None:
            return verdict
        other = self._people.with_resident(verdict.candidate.resident.id, besides=person)
        if other is None:
            return verdict
        if other.last_mono_s >= person.last_mono_s:
            return Verdict(Decision.UNSURE, (Doubt.SEEN_TWICE,), verdict.candidate)
        if person in self._people.present:
            self._people.merge(person, other)
        return None

    def _passage(
        self, person: Person, verdict: Verdict, thresholds: Thresholds, utc: datetime
    ) -> Passage:
        evidence, candidate = person.evidence, verdict.candidate
        named = candidate is not None and (
            verdict.decision in (Decision.RESIDENT, Decision.WATCHLIST)
            or {Doubt.EXPIRED, Doubt.NOT_YET_VALID} & set(verdict.doubts)
        )
        passage = Passage(
            id=self._new_id(utc),
            revision=1,
            action=Action.DECIDED,
            camera_id=self._rules.camera_id,
            direction=self._rules.direction,
            decision=verdict.decision,
            doubts=verdict.doubts,
            resident_id=candidate.resident.id if candidate is not None and named else None,
            category=candidate.resident.category if candidate is not None and named else None,
            likeness=None if candidate is None else _likeness(candidate, thresholds),
            frames=evidence.frames,
            usable_frames=evidence.usable_frames,
            refused=evidence.refused,
            model_sha256=self._pack.recogniser.sha256,
            appeared_at=person.appeared_at,
            decided_at=utc,
        )
        if person.passage is None:
            return passage
        return replace(
            passage,
            id=person.passage.id,
            revision=person.passage.revision + 1,
            action=Action.UPDATED,
        )


def _likeness(candidate: Candidate, thresholds: Thresholds) -> Likeness:
    return Likeness(
        similarity=candidate.similarity,
        margin=candidate.margin,
        threshold=thresholds.match,
        template_id=candidate.template_id,
    )


def _improves(verdict: Verdict, earlier: Passage) -> bool:
    """Return whether a verdict says more than what was told: doubt lifted, a stranger known."""
    if verdict.decision in (Decision.RESIDENT, Decision.WATCHLIST):
        return True
    lifted = earlier.decision is Decision.UNSURE and not earlier.resident_id
    return lifted and verdict.decision is Decision.STRANGER
