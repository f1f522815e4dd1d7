"""A camera's own troubles over a restart of the service."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt
import pytest

from edge.clock import ClockState
from edge.domain.camera import Duty, Post
from edge.integrity.faults import FaultBook
from edge.integrity.watch import IntegrityWatch
from edge.store.journal import Journal
from edge.store.outbox import Outbox
from edge.worker.integrity import CLOCK_AFTER_S, LOST_AFTER_S, REMEMBER_EVERY_S, IntegrityPipeline
from streams.frame import Frame
from streams.pace import Pace
from streams.pixels import Converter
from tests.conftest import FakeClock
from tests.incidents import a_recorder

Grey = npt.NDArray[np.uint8]
Scene = Callable[[int], Grey]

WELL_S, ILL_S = 60, 90


def street(number: int) -> Grey:
    """Return a picture of a street with a little noise."""
    blocks = np.random.default_rng(3).integers(60, 200, (12, 20)).repeat(15, 0).repeat(16, 1)
    noise = np.random.default_rng(number).normal(0, 2, blocks.shape)
    smooth = cv2.GaussianBlur(np.asarray(blocks, np.float32), (0, 0), 1.0)
    return np.asarray(np.clip(smooth + noise, 0, 255), np.uint8)


def black(number: int) -> Grey:
    return np.asarray(np.full((180, 320), 20 + number % 2), np.uint8)


def covered(number: int) -> Grey:
    noise = np.random.default_rng(number).normal(0, 0.5, (180, 320))
    return np.asarray(np.clip(90 + noise, 0, 255), np.uint8)


def moved(number: int) -> Grey:
    return np.roll(street(number), (18, 32), (0, 1))


def a_frame(picture: Grey, mono_s: float, utc: datetime) -> Frame:
    decoded = av.VideoFrame.from_ndarray(picture, format="gray").reformat(format="yuv420p")
    decoded.time_base = Fraction(1, 1000)
    return Frame(int(mono_s), mono_s, utc, True, decoded, Converter())


class Camera:
    """One camera of a box, over several runs of its service."""

    def __init__(self, path: Path, clock: FakeClock, name: str = "street-01") -> None:
        self._path, self._clock, self._name = path, clock, name
        self.view = "zones as drawn first"
        self.state = ClockState(synced=True)
        self._runs = 0
        self.start()

    def start(self, *, after_s: float = 5.0) -> None:
        """Start the service anew, as after a crash: nothing is said at the end."""
        self._clock.advance(after_s)
        self._runs += 1
        numbers = iter(range(100))
        self._mono_s = 0.0
        self._begun = False
        self.pipeline = IntegrityPipeline(
            self._name,
            IntegrityWatch(),
            FaultBook(self._name, new_id=lambda utc: f"{self._name}-{self._runs}-{next(numbers)}"),
            view=self.view,
            pace=Pace(1.0),
            recorder=a_recorder(Journal(self._path, self._clock), Post(self._name, Duty.INTEGRITY)),
            clock=self._clock,
            clock_state=lambda: self.state,
        )

    def show(self, scene: Scene, seconds: int) -> None:
        for number in range(seconds):
            frame = a_frame(scene(number), self._mono_s, self._clock.utc())
            if not self._begun:
                self._begun = True
                self.pipeline.begin(frame)
            self.pipeline.take(frame, moving=False)
            self._mono_s += 1
            self._clock.advance(1)

    def be_away(self, seconds: int) -> None:
        self._begun = False
        for _ in range(seconds):
            self.pipeline.offline("nobody listens there")
            self._mono_s += 1
            self._clock.advance(1)

    def end(self) -> None:
        self.pipeline.end(a_frame(street(0), self._mono_s, self._clock.utc()))

    def told(self) -> list[tuple[str, str, str]]:
        return [(one["type"], one["action"], one["id"]) for one in self.messages()]

    def messages(self) -> Iterator[dict[str, Any]]:
        for one in Outbox(self._path, self._clock).waiting(limit=100):
            yield json.loads(one.payload)


@pytest.fixture
def camera(tmp_path: Path, clock: FakeClock) -> Camera:
    return Camera(tmp_path / "journal.db", clock)


def test_a_fault_that_is_gone_after_a_restart_is_cleared_under_its_old_id(camera: Camera) -> None:
    camera.show(street, WELL_S)
    camera.show(black, ILL_S)
    assert camera.told() == [("camera_black", "opened", "street-01-1-0")]
    camera.start()
    camera.show(street, 5)
    assert len(camera.told()) == 1  # it must positively be well for a while
    camera.show(street, 10)
    assert camera.told()[1:] == [("camera_black", "cleared", "street-01-1-0")]


@pytest.mark.parametrize(("scene", "name"), [(black, "black"), (covered, "covered")])
def test_a_fault_that_is_still_there_after_a_restart_is_not_opened_again(
    camera: Camera, scene: Scene, name: str
) -> None:
    camera.show(street, WELL_S)
    camera.show(scene, ILL_S)
    camera.start()
    camera.show(scene, ILL_S)
    assert camera.told() == [(f"camera_{name}", "opened", "street-01-1-0")]
    camera.show(street, 20)
    assert camera.told()[1:] == [(f"camera_{name}", "cleared", "street-01-1-0")]


def test_a_camera_that_was_moved_during_a_restart_is_found_out(camera: Camera) -> None:
    camera.show(street, int(REMEMBER_EVERY_S) + 2)
    camera.start(after_s=3600)
    camera.show(moved, ILL_S)
    assert camera.told() == [("camera_moved", "opened", "street-01-2-0")]


def test_zones_that_are_drawn_anew_make_the_present_view_the_right_one(camera: Camera) -> None:
    camera.show(street, WELL_S)
    camera.show(moved, ILL_S)
    camera.view = "zones as drawn later"
    camera.start()
    camera.show(moved, ILL_S)
    assert [action for _, action, _ in camera.told()] == ["opened", "cleared"]


def test_what_came_while_nobody_looked_may_be_the_weather(camera: Camera) -> None:
    camera.show(street, int(REMEMBER_EVERY_S) + 2)
    camera.start(after_s=8 * 3600)
    camera.show(covered, ILL_S)
    assert camera.told() == []


def test_a_hand_that_came_within_seconds_is_none(camera: Camera) -> None:
    camera.show(street, int(REMEMBER_EVERY_S) + 2)
    camera.start(after_s=5)
    camera.show(covered, ILL_S)
    assert [(name, action) for name, action, _ in camera.told()] == [("camera_covered", "opened")]


def test_a_camera_that_is_away_before_and_after_a_restart_is_lost_once(camera: Camera) -> None:
    camera.show(street, WELL_S)
    camera.be_away(int(LOST_AFTER_S) + 5)
    camera.start()
    camera.be_away(int(LOST_AFTER_S) + 5)
    assert camera.told() == [("camera_lost", "opened", "street-01-1-0")]
    camera.show(street, 2)
    assert camera.told()[1:] == [("camera_lost", "cleared", "street-01-1-0")]


def test_the_view_is_still_known_if_the_camera_comes_back_long_after_the_service(
    camera: Camera,
) -> None:
    camera.show(street, int(REMEMBER_EVERY_S) + 2)
    camera.start()
    camera.be_away(int(LOST_AFTER_S) + 5)
    camera.start()
    camera.show(moved, ILL_S)
    assert [(name, action) for name, action, _ in camera.told()] == [
        ("camera_lost", "opened"),
        ("camera_lost", "cleared"),
        ("camera_moved", "opened"),
    ]


def test_a_camera_that_is_lost_ends_none_of_its_other_faults(camera: Camera) -> None:
    camera.show(street, WELL_S)
    camera.show(black, ILL_S)
    camera.be_away(int(LOST_AFTER_S) + 5)
    assert [(name, action) for name, action, _ in camera.told()] == [
        ("camera_black", "opened"),
        ("camera_lost", "opened"),
    ]


def test_a_clock_that_is_still_wrong_after_a_restart_need_not_prove_itself_again(
    camera: Camera,
) -> None:
    camera.state = ClockState(synced=False)
    camera.show(street, int(CLOCK_AFTER_S) + 5)
    camera.start()
    camera.show(street, int(CLOCK_AFTER_S) + 5)
    assert camera.told() == [("camera_clock", "opened", "street-01-1-0")]


def test_a_wrong_clock_is_told_once_over_a_restart_by_all_cameras_together(
    camera: Camera, tmp_path: Path, clock: FakeClock
) -> None:
    other = Camera(tmp_path / "journal.db", clock, "street-02")
    both = (camera, other)
    for one in both:
        one.state = ClockState(synced=False)
        one.show(street, int(CLOCK_AFTER_S) + 5)
    for one in both:
        one.start()
        one.show(street, int(CLOCK_AFTER_S) + 5)
    assert camera.told() == [("camera_clock", "opened", "street-01-1-0")]
    for one in both:
        one.start()
        one.state = ClockState(synced=True)
    camera.show(street, 5)
    assert len(camera.told()) == 1
    other.show(street, 5)
    assert camera.told()[1:] == [("camera_clock", "cleared", "street-01-1-0")]


@pytest.mark.parametrize("content", [b"", b"nonsense", b'{"version": 1}'])
def test_what_was_kept_and_is_damaged_is_not_used_and_leaves_nothing_open(
    camera: Camera,
    tmp_path: Path,
    clock: FakeClock,
    content: bytes,
    caplog: pytest.LogCaptureFixture,
) -> None:
    camera.show(street, WELL_S)
    camera.show(black, ILL_S)
    journal = Journal(tmp_path / "journal.db", clock)
    journal.record_incidents(Post("street-01", Duty.INTEGRITY), (), content)
    camera.start()
    camera.show(street, 20)
    assert [action for _, action, _ in camera.told()] == ["opened", "withdrawn"]
    assert list(camera.messages())[-1]["reason"] == "unwatched"
    assert "begins without memory of its view: what was kept of it is damaged" in caplog.text


def test_an_orderly_end_keeps_the_view_of_a_young_camera(camera: Camera) -> None:
    camera.show(street, 20)
    camera.end()
    camera.start()
    camera.show(moved, ILL_S)
    assert [name for name, _, _ in camera.told()] == ["camera_moved"]
