"""The street's pipeline: when it records, what it keeps and what it goes on with."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from edge.domain.geometry import Box
from edge.domain.incident import Incident, Step
from edge.domain.rule import IncidentType
from edge.street.tone import Picture
from edge.worker.street import REMEMBER_EVERY_S, StreetPipeline
from streams.frame import Frame
from streams.pace import Pace
from tests.asphalt import BOX_PX, DARK, noisy, put
from tests.fake_detector import FakeDetector, frame_of
from tests.incidents import an_incident
from tests.kerb import CAR, STREET, shares
from tests.street_camera import StreetCamera

SEEN_CAR = ("car", shares(BOX_PX), 0.8)


@dataclass
class FakeRecorder:
    """Keeps what it is given; another life begins with what the last one left."""

    memory: bytes | None = None
    open: list[Incident] = field(default_factory=list)
    records: list[tuple[list[Step], float | None, list[Box]]] = field(default_factory=list)
    told: list[Incident] = field(default_factory=list)
    noted_s: list[float] = field(default_factory=list)
    asked: list[Collection[str]] = field(default_factory=list)
    retries: int = 0

    def recall(self) -> bytes | None:
        return self.memory

    def unwatched(self, watched: Collection[str], utc: datetime) -> list[Incident]:
        self.asked.append(watched)
        return [one.withdrawn(utc, "unwatched") for one in self.open if one.id not in watched]

    def note(self, frame: Frame, people: Sequence[Box]) -> None:
        self.noted_s.append(frame.mono_s)

    def record(
        self,
        incidents: Sequence[Incident],
        frame: Frame | None,
        people: Sequence[Box],
        *,
        memory: bytes,
    ) -> None:
        self.memory = memory
        self.told += incidents
        shown_s = frame.mono_s if frame else None
        self.records.append(([one.action for one in incidents], shown_s, list(people)))

    def retry(self) -> None:
        self.retries += 1


class Life:
    """One run of the service."""

    def __init__(self, recorder: FakeRecorder, *, begins_at_s: float = 0.0) -> None:
        self.recorder = recorder
        self.detector = FakeDetector()
        camera = StreetCamera(IncidentType.MOTOR_PARKING, detector=self.detector)
        self.pipeline = StreetPipeline(
            "street-01", camera.street, pace=Pace(1.0), recorder=recorder
        )
        self.now_s = begins_at_s
        self.pipeline.begin(frame_of(STREET, self.now_s))

    def show(self, picture: Picture, seconds: int, *, moving: bool = True) -> None:
        for _ in range(seconds):
            self.now_s += 1
            frame = frame_of(noisy(picture, round(self.now_s)), self.now_s)
            self.pipeline.take(frame, moving=moving)

    def park(self, seconds: int, *, moving: bool = True) -> None:
        self.detector.seen = (SEEN_CAR,)
        self.show(CAR, seconds, moving=moving)

    def leave(self, seconds: int) -> None:
        self.detector.seen = ()
        self.show(STREET, seconds)


def test_what_is_known_is_kept_once_a_minute() -> None:
    recorder = FakeRecorder()
    Life(recorder).show(STREET, 3 * round(REMEMBER_EVERY_S) + 5)
    assert [shown_s for _, shown_s, _ in recorder.records] == [60, 120, 180]
    assert recorder.told == []


def test_an_incident_is_recorded_at_once_with_its_picture_and_what_is_known_after_it() -> None:
    recorder = FakeRecorder()
    life = Life(recorder)
    life.show(STREET, 5)
    life.park(25)
    ((steps, shown_s, _),) = recorder.records
    (opened,) = recorder.told
    assert steps == [Step.OPENED]
    assert shown_s == pytest.approx(5 + opened.dwell_s, abs=2)
    after = Life(FakeRecorder(recorder.memory), begins_at_s=life.now_s)
    assert after.recorder.asked == [{opened.id}]


def test_what_was_recorded_is_not_kept_again_a_moment_later() -> None:
    recorder = FakeRecorder()
    life = Life(recorder)
    life.show(STREET, 5)
    life.park(90)
    (_, opened_s, _), (_, kept_s, _) = recorder.records
    assert opened_s is not None
    assert kept_s == opened_s + REMEMBER_EVERY_S


def test_pictures_are_noted_while_something_moves() -> None:
    recorder = FakeRecorder()
    life = Life(recorder)
    life.show(STREET, 5)
    life.show(STREET, 30, moving=False)
    life.show(STREET, 5)
    assert recorder.noted_s == [*range(1, 6), *range(36, 41)]


def test_heads_of_those_who_are_near_are_told_to_the_recorder() -> None:
    recorder = FakeRecorder()
    life = Life(recorder)
    life.show(STREET, 5)
    person_px = (30, 80, 46, 140)
    life.detector.seen = (SEEN_CAR, ("person", shares(person_px), 0.9))
    life.show(put(CAR, person_px, DARK), 30)
    ((_, _, people),) = recorder.records
    assert people[0] == pytest.approx(shares(person_px), abs=0.01)


def test_a_restart_goes_on_and_tells_nothing_twice() -> None:
    before = Life(FakeRecorder())
    before.show(STREET, 5)
    before.park(40)
    before.pipeline.end(frame_of(CAR, before.now_s))
    (opened,) = before.recorder.told
    after = Life(FakeRecorder(before.recorder.memory, [opened]), begins_at_s=before.now_s + 30)
    after.park(40)
    assert after.recorder.told == []
    after.leave(60)
    (cleared,) = after.recorder.told
    assert (cleared.id, cleared.action, cleared.revision) == (opened.id, Step.CLEARED, 2)


def test_only_the_first_picture_of_a_process_brings_back_what_was_known() -> None:
    recorder = FakeRecorder()
    life = Life(recorder)
    life.show(STREET, 5)
    life.park(40)
    life.pipeline.offline("nobody listens there")
    life.pipeline.begin(frame_of(CAR, life.now_s + 20))
    assert len(recorder.asked) == 1
    life.leave(60)
    assert [one.action for one in recorder.told] == [Step.OPENED, Step.CLEARED]


def test_what_nobody_goes_on_with_is_withdrawn_without_a_picture() -> None:
    recorder = FakeRecorder(open=[an_incident("old")])
    Life(recorder)
    assert recorder.records == [([Step.WITHDRAWN], None, [])]
    assert recorder.told[0].reason == "unwatched"


def test_damaged_memory_is_said_and_the_street_begins_anew(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        life = Life(FakeRecorder(b"no memory of this street"))
    assert [record.getMessage() for record in caplog.records] == [
        "camera=street-01 begins without memory of its street: what was kept of it is damaged"
    ]
    life.show(STREET, 5)
    life.park(40)
    assert [one.action for one in life.recorder.told] == [Step.OPENED]


def test_what_waits_for_the_disk_is_tried_again() -> None:
    recorder = FakeRecorder()
    Life(recorder).pipeline.retry()
    assert recorder.retries == 1


def test_it_is_as_hasty_as_its_street() -> None:
    pipeline = Life(FakeRecorder()).pipeline
    assert (pipeline.hasty, pipeline.awake) == (True, False)
