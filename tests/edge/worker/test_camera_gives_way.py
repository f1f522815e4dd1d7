"""A camera that waits for its turn, and one whose machine has no time."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge.domain.camera import CameraReport, CameraState
from edge.worker.camera import CameraWorker
from edge.worker.governor import Governor
from edge.worker.turn import Turn
from streams.errors import StreamError
from streams.frame import Frame
from streams.pace import Pace
from streams.recording import open_recording
from streams.source import Stream
from tests.conftest import FakeClock

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Looked:
    """A pipeline that notes what it is shown."""

    hasty = True

    def __init__(self, *, urgent: bool, governor: Governor) -> None:
        self.urgent = urgent
        self.awake = False
        self.pace = Pace(5, governor.gate_share if urgent else governor.street_share)
        self.taken: list[Frame] = []
        self.begun = self.ended = 0
        self.away: list[str] = []

    def begin(self, frame: Frame) -> None:
        self.begun += 1

    def take(self, frame: Frame, *, moving: bool) -> None:
        self.taken.append(frame)

    def end(self, frame: Frame) -> None:
        self.ended += 1

    def offline(self, detail: str) -> None:
        self.away.append(detail)

    def retry(self) -> None:
        """Nothing waits."""


class Later:
    """A turn that comes when somebody has been asked for it so often."""

    def __init__(self, asked: int) -> None:
        self.asked = asked
        self.waited = 0

    @property
    def come(self) -> bool:
        return self.waited >= self.asked

    def wait(self, stop: threading.Event) -> bool:
        self.waited += 1
        return self.come


class Scene:
    """One camera on a film of six seconds, with a keyframe every second."""

    def __init__(
        self,
        film: Path,
        clock: FakeClock,
        *,
        urgent: bool = False,
        turn: Turn | None = None,
        followed: bool = False,
    ) -> None:
        self.governor = Governor(short=lambda: True, now_s=clock.mono_s)
        self.pipeline = Looked(urgent=urgent, governor=self.governor)
        self.told: list[CameraReport] = []
        self.film = film
        self.worker = CameraWorker(
            "cam",
            open_stream=self.open,
            pipelines=[self.pipeline],
            motion=None,
            reporter=self,
            clock=clock,
            turn=turn,
            governor=self.governor,
            followed=lambda: followed,
        )

    def open(self, start_mono_s: float) -> Stream:
        self.stream = open_recording(self.film, start_utc=NOON, start_mono_s=start_mono_s)
        return self.stream

    def report(self, report: CameraReport) -> None:
        self.told.append(report)


def test_nothing_is_judged_or_told_before_the_turn_comes(
    films: dict[str, Path], clock: FakeClock
) -> None:
    scene = Scene(films["h264"], clock, turn=Later(asked=10**9))
    scene.worker.run(threading.Event())
    scene.worker.report_offline("not there")
    assert (scene.pipeline.begun, scene.pipeline.taken, scene.told) == (0, [], [])
    assert scene.pipeline.away == []


def test_when_the_turn_comes_everything_begins_with_the_picture_at_hand(
    films: dict[str, Path], clock: FakeClock
) -> None:
    scene = Scene(films["h264"], clock, turn=Later(asked=1))
    scene.worker.run(threading.Event())
    assert scene.pipeline.begun == scene.pipeline.ended == 1
    assert len(scene.pipeline.taken) == 30
    assert scene.told[-1].state is CameraState.ENDED


def test_progress_goes_up_with_every_picture(films: dict[str, Path], clock: FakeClock) -> None:
    scene = Scene(films["h264"], clock)
    seen = [scene.worker.progress for _ in scene.worker.steps(threading.Event())]
    assert seen == sorted(set(seen))
    assert len(seen) == 150


def test_a_street_is_decoded_by_keyframes_while_there_is_no_time(
    films: dict[str, Path], clock: FakeClock
) -> None:
    scene = Scene(films["h264"], clock)
    scene.governor.thrifty = True
    scene.worker.run(threading.Event())
    assert 5 <= len(scene.pipeline.taken) <= 7
    assert all(frame.keyframe for frame in scene.pipeline.taken[1:])


@pytest.mark.parametrize(("awake", "least", "most"), [(True, 30, 30), (False, 5, 7)])
def test_a_gate_is_decoded_whole_while_somebody_is_there(
    films: dict[str, Path], clock: FakeClock, awake: bool, least: int, most: int
) -> None:
    scene = Scene(films["h264"], clock, urgent=True)
    scene.governor.thrifty = scene.governor.thrifty_gates = True
    scene.pipeline.awake = awake
    scene.worker.run(threading.Event())
    assert least <= len(scene.pipeline.taken) <= most


def test_a_camera_that_breaks_off_while_it_waits_keeps_that_to_itself(
    films: dict[str, Path], clock: FakeClock
) -> None:
    scene = Scene(films["h264"].with_name("none.mp4"), clock, turn=Later(asked=5))
    with pytest.raises(StreamError):
        scene.worker.run(threading.Event())
    scene.worker.report_offline("no such recording")
    assert scene.told == []


@pytest.mark.parametrize(("followed", "packets"), [(False, 50), (True, 150)])
def test_a_camera_that_is_followed_keeps_packets_on_and_looks_at_nothing_more(
    films: dict[str, Path], clock: FakeClock, followed: bool, packets: int
) -> None:
    scene = Scene(films["h264"], clock, followed=followed)
    stop = threading.Event()
    for mono_s in scene.worker.steps(stop):
        if mono_s > 1.5:
            stop.set()
    assert scene.pipeline.ended == 1
    assert scene.worker.has_let_go is followed
    assert len(scene.pipeline.taken) == 8
    assert scene.stream.counters.packets == pytest.approx(packets, abs=15)
