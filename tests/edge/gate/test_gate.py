from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from edge.domain.candidate import Candidate
from edge.domain.passage import Action, Decision, Direction, Doubt, Passage
from edge.domain.resident import Resident
from edge.gate.decision import Patience, Thresholds
from edge.gate.gate import Gate, GateRules
from edge.gate.quality import QualityLimits
from models.faces import Embeddings, FacePack, Faces, Floats, ImpostorPrior, Picture

START = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
EYES_APART_PX = 40
RULES = GateRules(
    camera_id="gate-east",
    direction=Direction.IN,
    time_zone=ZoneInfo("Asia/Shanghai"),
    limits=QualityLimits(sharpness=0.0, luma=(-1.0, 256.0)),
    patience=Patience(),
)


def unit(*values: float) -> Floats:
    vector = np.asarray(values, np.float32)
    return vector / np.linalg.norm(vector)


VECTORS = {1: unit(1, 0, 0, 0), 2: unit(0, 1, 0, 0), 3: unit(0, 0, 1, 0), 4: unit(0, 0, 0, 1)}


class Scene:
    """A picture on which each person is a patch of their own brightness, found without a network.

    Person ``n`` at ``x`` is a block of value ``20 * n``; a bad face is one of odd value.
    """

    def __init__(self, *people: tuple[int, int], bad: bool = False) -> None:
        self.picture = np.full((240, 640, 3), 255, np.uint8)
        for person, x in people:
            self.picture[60:180, x : x + 100] = 20 * person + (5 if bad else 0)

    @property
    def size_wh(self) -> tuple[int, int]:
        return 640, 240

    def bgr(self, longer_px: int | None = None) -> Picture:
        return self.picture

    def part(self, part_xyxy: tuple[int, int, int, int]) -> Picture:
        left, top, right, bottom = part_xyxy
        return self.picture[top:bottom, left:right]


class PatchDetector:
    canvas_px = 640

    def detect(self, picture: Picture) -> Faces:
        boxes, points = [], []
        row = picture[100, :, 0].astype(int)
        starts = [x for x in range(640) if row[x] != 255 and (x == 0 or row[x - 1] != row[x])]
        for x in starts:
            boxes.append([x, 60, x + 100, 180])
            eyes = [[x + 30, 100], [x + 30 + EYES_APART_PX, 100]]
            points.append([*eyes, [x + 50, 120], [x + 34, 145], [x + 66, 145]])
        if not boxes:
            return Faces.none()
        return Faces(
            np.asarray(boxes, np.float32),
            np.full(len(boxes), 0.9, np.float32),
            np.asarray(points, np.float32),
        )

    def refine(self, picture: Picture, faces: Faces) -> Faces:
        return faces


class PatchRecogniser:
    """Knows a person by the brightness of the aligned crop; odd brightness is a poor face."""

    sha256 = "ab" * 32

    def __init__(self) -> None:
        self.embedded = 0

    def embed(self, crops: Picture, *, mirrored: bool = False) -> Embeddings:
        self.embedded += len(crops)
        values = [int(np.median(crop[40:90, 30:80])) for crop in crops]
        vectors = [VECTORS[round(value / 20)] for value in values]
        norms = [5.0 if value % 20 else 12.0 for value in values]
        return Embeddings(np.stack(vectors), np.asarray(norms, np.float32))


class Registered:
    """A gallery that may change while the gate runs."""

    def __init__(self, **people: Floats) -> None:
        self.people = people

    def thresholds(self) -> Thresholds:
        return Thresholds(0.48, 0.38, len(self.people))

    def search(self, query: Floats) -> Candidate | None:
        ranked = sorted(((float(query @ v), name) for name, v in self.people.items()), reverse=True)
        if not ranked:
            return None
        second = ranked[1][0] if len(ranked) > 1 else None
        return Candidate(Resident(ranked[0][1]), ranked[0][0], second, f"t-{ranked[0][1]}")


class Watched:
    """A gate and the frames it was shown, five a second."""

    def __init__(self, gallery: Registered, rules: GateRules = RULES) -> None:
        self.recogniser = PatchRecogniser()
        pack = FacePack("patch", PatchDetector(), self.recogniser, ImpostorPrior(0.1, 0.09), 10.0)
        numbers = iter(range(1, 100))
        self.gate = Gate(
            rules, pack=pack, reference=gallery, new_id=lambda moment: f"p{next(numbers)}"
        )
        self.mono_s = 0.0
        self.told: list[Passage] = []

    @property
    def utc(self) -> datetime:
        return START + timedelta(seconds=self.mono_s)

    def show(self, scene: Scene, frames: int) -> None:
        for _ in range(frames):
            self.told += [
                sighting.passage
                for sighting in self.gate.observe(scene, mono_s=self.mono_s, utc=self.utc)
            ]
            self.mono_s += 0.2

    def nobody(self, seconds: float) -> None:
        self.show(Scene(), round(seconds * 5))

    def decisions(self) -> list[tuple[Decision, str | None]]:
        return [(passage.decision, passage.resident_id) for passage in self.told]


def test_a_resident_is_told_once_after_three_frames() -> None:
    watched = Watched(Registered(tom=VECTORS[1], ann=VECTORS[2]))
    watched.show(Scene((1, 200)), 3)
    (passage,) = watched.told
    assert (passage.decision, passage.resident_id) == (Decision.RESIDENT, "tom")
    assert (passage.frames, passage.usable_frames, passage.revision) == (3, 3, 1)
    assert passage.likeness is not None
    assert passage.likeness.similarity == pytest.approx(1.0, abs=1e-5)
    assert passage.likeness.template_id == "t-tom"
    assert passage.appeared_at == START
    assert passage.model_sha256 == "ab" * 32
    watched.show(Scene((1, 200)), 30)
    watched.nobody(5)
    assert len(watched.told) == 1


def test_a_stranger_is_told_once() -> None:
    watched = Watched(Registered(tom=VECTORS[1]))
    watched.show(Scene((3, 200)), 20)
    watched.nobody(5)
    assert watched.decisions() == [(Decision.STRANGER, None)]


def test_with_an_empty_gallery_everybody_is_a_stranger_once() -> None:
    watched = Watched(Registered())
    watched.show(Scene((1, 50), (2, 250), (3, 450)), 10)
    watched.nobody(5)
    assert watched.decisions() == [(Decision.STRANGER, None)] * 3


def test_several_people_at_once_are_told_apart() -> None:
    watched = Watched(Registered(tom=VECTORS[1], ann=VECTORS[2]))
    watched.show(Scene((1, 50), (2, 250), (3, 450)), 10)
    assert sorted(watched.decisions(), key=str) == sorted(
        [(Decision.RESIDENT, "tom"), (Decision.RESIDENT, "ann"), (Decision.STRANGER, None)]
        + [(Decision.RESIDENT, watched.told[-1].resident_id)] * (len(watched.told) - 3),
        key=str,
    )
    latest = {passage.id: passage for passage in watched.told}
    assert sorted(passage.persons for passage in latest.values()) == [1, 1, 2]


def test_only_bad_faces_are_unsure_with_the_reasons_counted() -> None:
    watched = Watched(Registered(tom=VECTORS[1]))
    watched.show(Scene((1, 200), bad=True), 10)
    assert watched.told == []
    watched.nobody(3)
    (passage,) = watched.told
    assert (passage.decision, passage.doubts) == (Decision.UNSURE, (Doubt.NO_USABLE_FACE,))
    assert passage.refused == (("poor", 10),)


def test_somebody_who_runs_through_in_two_frames_is_still_recognised() -> None:
    watched = Watched(Registered(tom=VECTORS[1]))
    watched.show(Scene((1, 200)), 2)
    watched.nobody(3)
    assert watched.decisions() == [(Decision.RESIDENT, "tom")]


def test_a_bad_face_on_one_frame_was_nobody() -> None:
    watched = Watched(Registered())
    watched.show(Scene((1, 200), bad=True), 1)
    watched.nobody(5)
    assert watched.told == []


def test_somebody_who_turns_away_and_back_is_on_the_same_pass() -> None:
    watched = Watched(Registered(tom=VECTORS[1]))
    for x in (100, 400):
        watched.show(Scene((1, x)), 5)
        watched.show(Scene((3, x)), 0)
        watched.nobody(3)
    assert watched.decisions() == [(Decision.RESIDENT, "tom")]


def test_a_stranger_who_comes_back_at_once_is_the_same_stranger() -> None:
    watched = Watched(Registered(tom=VECTORS[1]))
    watched.show(Scene((3, 100)), 5)
    watched.nobody(3)
    watched.show(Scene((3, 400)), 5)
    watched.nobody(3)
    assert watched.decisions() == [(Decision.STRANGER, None)]


def test_after_the_cooldown_it_is_a_new_pass() -> None:
    watched = Watched(Registered(tom=VECTORS[1]))
    for _ in range(2):
        watched.show(Scene((1, 200)), 5)
        watched.nobody(15)
    assert watched.decisions() == [(Decision.RESIDENT, "tom")] * 2


def test_a_track_that_changes_owners_becomes_two_people() -> None:
    watched = Watched(Registered(tom=VECTORS[1], ann=VECTORS[2]))
    watched.show(Scene((1, 200)), 5)
    watched.show(Scene((3, 200)), 25)
    watched.nobody(3)
    decisions = [passage.decision for passage in watched.told if passage.revision == 1]
    assert decisions == [Decision.RESIDENT, Decision.STRANGER]


def test_a_resident_unsure_from_afar_is_recognised_near_as_the_next_revision() -> None:
    near = unit(1, 0, 0, 0)
    VECTORS[5] = unit(0.42, 0, 0, np.sqrt(1 - 0.42**2))
    watched = Watched(Registered(tom=near))
    watched.show(Scene((5, 200)), 9)
    assert watched.decisions() == [(Decision.UNSURE, None)]
    VECTORS[5] = near
    watched.show(Scene((5, 200)), 60)
    first, second = watched.told
    assert (second.id, second.revision, second.action) == (first.id, 2, Action.UPDATED)
    assert (second.decision, second.resident_id) == (Decision.RESIDENT, "tom")
    del VECTORS[5]


def test_two_faces_of_one_resident_at_once_are_doubted() -> None:
    watched = Watched(Registered(tom=VECTORS[1]))
    watched.show(Scene((1, 50), (1, 400)), 5)
    watched.nobody(3)
    assert sorted(str(passage.decision) for passage in watched.told if passage.revision == 1) == [
        "resident",
        "unsure",
    ]
    doubted = next(passage for passage in watched.told if passage.decision is Decision.UNSURE)
    assert doubted.doubts == (Doubt.SEEN_TWICE,)


def test_two_people_taken_for_one_are_two_as_soon_as_both_are_seen() -> None:
    watched = Watched(Registered(ann=VECTORS[2]))
    watched.show(Scene((3, 100)), 3)
    watched.nobody(3)
    watched.show(Scene((3, 400)), 3)  # comes back, on the same pass
    watched.show(Scene((3, 100), (3, 400)), 5)
    watched.nobody(3)
    assert len({passage.id for passage in watched.told}) == 2


def test_a_resident_who_is_removed_is_unknown_to_the_next_frame() -> None:
    gallery = Registered(tom=VECTORS[1], ann=VECTORS[2])
    watched = Watched(gallery)
    watched.show(Scene((1, 200)), 2)
    del gallery.people["tom"]
    watched.show(Scene((1, 200)), 3)
    assert watched.decisions() == [(Decision.STRANGER, None)]


def test_faces_outside_the_zone_do_not_count() -> None:
    zone = ((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0))
    watched = Watched(Registered(), replace(RULES, zone=zone))
    watched.show(Scene((1, 50), (2, 450)), 10)
    watched.nobody(3)
    assert len(watched.told) == 1


def test_after_the_decision_a_face_is_embedded_once_a_second() -> None:
    watched = Watched(Registered(tom=VECTORS[1]))
    watched.show(Scene((1, 200)), 3)
    before = watched.recogniser.embedded
    watched.show(Scene((1, 200)), 25)
    assert watched.recogniser.embedded - before == pytest.approx(5, abs=1)


def test_whoever_a_gap_longer_than_the_cooldown_hid_is_still_judged() -> None:
    watched = Watched(Registered(tom=VECTORS[1]))
    watched.show(Scene((3, 200)), 2)
    watched.mono_s += RULES.cooldown_s
    sightings = watched.gate.idle(mono_s=watched.mono_s, utc=watched.utc)
    assert [one.passage.decision for one in sightings] == [Decision.STRANGER]


def test_the_end_of_the_stream_judges_who_is_still_there() -> None:
    watched = Watched(Registered(tom=VECTORS[1]))
    watched.show(Scene((1, 200)), 2)
    watched.show(Scene((1, 200), bad=True), 2)
    sightings = watched.gate.end(mono_s=watched.mono_s, utc=watched.utc)
    assert [one.passage.decision for one in sightings] == [Decision.RESIDENT]
    assert sightings[0].box_xyxy is None
    assert not watched.gate.occupied


def test_a_gate_hurries_from_the_first_usable_face_until_the_decision() -> None:
    watched = Watched(Registered(tom=VECTORS[1]))
    watched.show(Scene((1, 200), bad=True), 2)
    assert not watched.gate.deciding
    watched.show(Scene((1, 200)), 1)
    assert watched.gate.deciding
    watched.show(Scene((1, 200)), 1)
    assert watched.gate.deciding
    watched.show(Scene((1, 200)), 1)
    assert [one.decision for one in watched.told] == [Decision.RESIDENT]
    assert not watched.gate.deciding


def test_who_shows_one_good_face_and_turns_away_is_not_waited_for_in_a_hurry() -> None:
    watched = Watched(Registered(tom=VECTORS[1]))
    watched.show(Scene((1, 200)), 1)
    watched.show(Scene((1, 200), bad=True), 2)
    assert watched.gate.deciding
    watched.show(Scene((1, 200), bad=True), 1)
    assert not watched.gate.deciding
    assert watched.told == []
