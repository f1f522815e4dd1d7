"""When a camera's own troubles are told; what a restart makes of them is told elsewhere."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import pytest

from edge.clock import ClockState
from edge.domain.geometry import Box
from edge.domain.incident import Incident, Step
from edge.domain.rule import IncidentType
from edge.integrity.faults import CLOCK_PLACE, FaultBook
from edge.integrity.watch import IntegrityWatch
from edge.worker.integrity import (
    CLOCK_AFTER_S,
    GREATEST_OFFSET_MS,
    LOST_AFTER_S,
    IntegrityPipeline,
)
from streams.frame import Frame
from streams.pace import Pace
from tests.asphalt import noisy
from tests.conftest import FakeClock
from tests.fake_detector import frame_of
from tests.kerb import STREET

BLACK = np.full_like(STREET, 128)
BLACK[..., 0] = 16


@dataclass
class FakeRecorder:
    """Remembers what was told, and whether a picture showed it."""

    told: list[tuple[Incident, bool]] = field(default_factory=list)
    retries: int = 0

    def recall(self) -> bytes | None:
        return None

    def unwatched(self, watched: Collection[str], utc: datetime) -> list[Incident]:
        return []

    def record(
        self,
        incidents: Sequence[Incident],
        frame: Frame | None,
        people: Sequence[Box],
        *,
        memory: bytes,
    ) -> None:
        self.told += [(one, frame is not None) for one in incidents]

    def retry(self) -> None:
        self.retries += 1


class Camera:
    """A camera and the box's clock."""

    def __init__(self, name: str = "street-01") -> None:
        self.clock = FakeClock()
        self.state = ClockState(synced=True, offset_ms=3.0)
        self.recorder = FakeRecorder()
        numbers = iter(range(100))
        self.pipeline = IntegrityPipeline(
            name,
            IntegrityWatch(),
            FaultBook(name, new_id=lambda utc: f"{name}-{next(numbers)}"),
            view="zones",
            pace=Pace(1.0),
            recorder=self.recorder,
            clock=self.clock,
            clock_state=lambda: self.state,
        )
        self.now_s = 0.0

    def show(self, seconds: int, picture: np.ndarray = STREET) -> None:
        self.pipeline.begin(frame_of(picture, self.now_s))
        for _ in range(seconds):
            frame = frame_of(noisy(picture, round(self.now_s)), self.now_s)
            self.pipeline.take(frame, moving=False)
            self._go_on()

    def be_away(self, seconds: int) -> None:
        for _ in range(seconds):
            self.pipeline.offline("nobody listens there")
            self._go_on()

    def _go_on(self) -> None:
        self.now_s += 1
        self.clock.advance(1)

    def steps(self) -> list[tuple[IncidentType, Step]]:
        return [(one.type, one.action) for one, _ in self.recorder.told]


LOST = [(IncidentType.CAMERA_LOST, Step.OPENED), (IncidentType.CAMERA_LOST, Step.CLEARED)]
CLOCK = [(IncidentType.CAMERA_CLOCK, Step.OPENED), (IncidentType.CAMERA_CLOCK, Step.CLEARED)]


def test_a_camera_that_is_well_has_no_incident() -> None:
    camera = Camera()
    camera.show(180)
    assert camera.steps() == []


def test_a_short_break_is_no_fault() -> None:
    camera = Camera()
    for _ in range(5):
        camera.show(5)
        camera.be_away(round(LOST_AFTER_S))
    assert camera.steps() == []


def test_a_camera_that_stays_away_is_lost_once_and_found_again() -> None:
    camera = Camera()
    camera.show(5)
    camera.be_away(300)
    camera.show(5)
    assert camera.steps() == LOST
    (opened, shown), (cleared, _) = camera.recorder.told
    assert opened.dwell_s == LOST_AFTER_S
    assert opened.label == "nobody listens there"
    # There is no picture of a camera that is not there.
    assert not shown
    assert cleared.cleared_at is not None


def test_a_camera_that_was_never_there_is_lost_too() -> None:
    camera = Camera()
    camera.be_away(60)
    assert camera.steps() == LOST[:1]


def test_a_camera_that_is_black_is_told_with_its_picture() -> None:
    camera = Camera()
    camera.show(120)
    camera.show(60, BLACK)
    ((opened, shown),) = camera.recorder.told
    assert (opened.type, opened.action) == (IncidentType.CAMERA_BLACK, Step.OPENED)
    assert shown


def test_a_black_camera_that_is_lost_besides_is_both_until_it_is_seen_well() -> None:
    camera = Camera()
    camera.show(120)
    camera.show(60, BLACK)
    camera.be_away(60)
    assert [one for one in camera.steps() if one[1] is Step.CLEARED] == []
    camera.show(60)
    cleared = [one for one, step in camera.steps() if step is Step.CLEARED]
    assert sorted(cleared) == [IncidentType.CAMERA_BLACK, IncidentType.CAMERA_LOST]


@pytest.mark.parametrize(
    "state",
    [
        ClockState(synced=False),
        ClockState(synced=False, offset_ms=0.0),
        ClockState(synced=True, offset_ms=GREATEST_OFFSET_MS + 1),
        ClockState(synced=True, offset_ms=-GREATEST_OFFSET_MS - 1),
    ],
)
def test_a_clock_that_stays_wrong_for_a_minute_is_told_and_cleared(state: ClockState) -> None:
    camera = Camera()
    camera.show(10)
    camera.state = state
    camera.show(round(CLOCK_AFTER_S))
    assert camera.steps() == []
    camera.show(60)
    camera.state = ClockState(synced=True, offset_ms=1.0)
    camera.show(5)
    assert camera.steps() == CLOCK
    opened, _ = camera.recorder.told[0]
    assert opened.dwell_s == CLOCK_AFTER_S
    assert "not synchronised" in opened.label


@pytest.mark.parametrize(
    "state", [ClockState(), ClockState(synced=True), ClockState(True, GREATEST_OFFSET_MS)]
)
def test_a_clock_of_which_nothing_bad_is_known_is_fine(state: ClockState) -> None:
    camera = Camera()
    camera.state = state
    camera.show(180)
    assert camera.steps() == []


def test_a_clock_that_is_wrong_for_moments_only_is_fine() -> None:
    camera = Camera()
    for _ in range(4):
        camera.state = ClockState(synced=False)
        camera.show(50)
        camera.state = ClockState(synced=True)
        camera.show(1)
    assert camera.steps() == []


def test_all_cameras_tell_of_one_clock() -> None:
    places = []
    for name in ("street-01", "street-02"):
        camera = Camera(name)
        camera.state = ClockState(synced=False)
        camera.show(70)
        ((opened, _),) = camera.recorder.told
        places.append(opened.place)
    assert places == [CLOCK_PLACE, CLOCK_PLACE]


def test_keyframes_are_enough_and_what_waits_is_tried_again() -> None:
    camera = Camera()
    assert (camera.pipeline.awake, camera.pipeline.hasty) == (False, False)
    camera.pipeline.retry()
    assert camera.recorder.retries == 1
