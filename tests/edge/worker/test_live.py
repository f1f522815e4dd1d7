"""Live pictures in a worker: encoded while somebody looks, and never else."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import cv2
import numpy as np
import pytest

from edge.domain.camera import CameraReport, CameraState
from edge.domain.live import LivePicture, Size
from edge.worker.camera import CameraWorker
from edge.worker.live import FPS, Viewfinder
from streams.decode import Decode
from streams.film import write_film
from streams.frame import Frame
from streams.recording import open_recording
from streams.source import Stream
from tests.conftest import FakeClock

START = datetime(2026, 1, 1, tzinfo=UTC)
PATIENCE_S = 10.0


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds at 25 fps, 800 pixels wide, a keyframe every second."""
    ground = np.random.default_rng(5).integers(60, 120, (45, 80, 3), np.uint8)
    picture = cv2.resize(ground, (800, 450)).astype(np.uint8)
    path = tmp_path_factory.mktemp("live") / "film.mp4"
    write_film(path, (picture for _ in range(100)), fps=25, gop_s=1.0)
    return path


@pytest.fixture
def frames(film: Path) -> Iterator[list[Frame]]:
    stream = open_recording(film, start_utc=START)
    yield list(stream.frames())
    stream.close()


class Seen:
    """A viewfinder of one camera, and what came out of it."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.pictures: list[LivePicture] = []
        self.finder = Viewfinder("cam", clock=clock, send=self.pictures.append)

    def want(self, size: Size, for_s: float) -> None:
        self.finder.want(size, self.clock.mono_s() + for_s)


@pytest.fixture
def seen(clock: FakeClock) -> Seen:
    return Seen(clock)


def test_nothing_is_encoded_while_nobody_looks(seen: Seen, frames: list[Frame]) -> None:
    assert not any(seen.finder.show(frame) for frame in frames)
    assert seen.pictures == []


def test_pictures_of_a_wall_are_small_few_and_carry_their_time(
    seen: Seen, frames: list[Frame]
) -> None:
    seen.want(Size.WALL, 60)
    assert not any(seen.finder.show(frame) for frame in frames)
    assert len(seen.pictures) == 4 * FPS[Size.WALL]
    times = {frame.utc for frame in frames}
    assert all(picture.at in times for picture in seen.pictures)
    shown = cv2.imdecode(np.frombuffer(seen.pictures[0].jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    assert shown.shape == (360, 640, 3)


def test_who_looks_closely_sees_whole_pictures_five_times_a_second(
    seen: Seen, frames: list[Frame]
) -> None:
    seen.want(Size.FULL, 60)
    assert all(seen.finder.show(frame) for frame in frames)
    assert len(seen.pictures) == 4 * FPS[Size.FULL]
    shown = cv2.imdecode(np.frombuffer(seen.pictures[0].jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    assert shown.shape == (450, 800, 3)


def test_a_wish_ends_when_it_is_not_said_again(seen: Seen, frames: list[Frame]) -> None:
    seen.want(Size.WALL, 5)
    seen.finder.show(frames[0])
    seen.clock.advance(5.1)
    for frame in frames[1:]:
        seen.finder.show(frame)
    assert [picture.at for picture in seen.pictures] == [frames[0].utc]


class Reports:
    """Takes vital signs."""

    def __init__(self) -> None:
        self.reports: list[CameraReport] = []

    def report(self, report: CameraReport) -> None:
        self.reports.append(report)


class Idle:
    """A camera that nothing is made of, on a film; notes how many pictures were decoded."""

    def __init__(self, film: Path, clock: FakeClock, seen: Seen) -> None:
        self.reports = Reports()
        self._film = film
        self._stream: Stream | None = None
        self.worker = CameraWorker(
            "cam",
            open_stream=self._open,
            pipelines=[],
            motion=None,
            reporter=self.reports,
            clock=clock,
            viewer=seen.finder,
        )

    def _open(self, start_mono_s: float) -> Stream:
        self._stream = open_recording(
            self._film, start_utc=START, decode=Decode.ADAPTIVE, quiet_after_s=0.5
        )
        return self._stream

    @property
    def decoded(self) -> int:
        assert self._stream is not None
        return self._stream.counters.decoded


def test_of_a_camera_without_duty_only_keyframes_are_decoded(
    film: Path, clock: FakeClock, seen: Seen
) -> None:
    idle = Idle(film, clock, seen)
    idle.worker.run(Event())
    assert idle.decoded == 4
    assert [one.state for one in idle.reports.reports] == [
        CameraState.CONNECTING,
        CameraState.ENDED,
    ]


def test_a_wall_has_no_picture_decoded_that_would_not_be_anyway(
    film: Path, clock: FakeClock, seen: Seen
) -> None:
    seen.want(Size.WALL, 60)
    idle = Idle(film, clock, seen)
    idle.worker.run(Event())
    assert idle.decoded == 4
    assert len(seen.pictures) == 4


def test_who_looks_closely_has_everything_decoded_for_so_long(
    film: Path, clock: FakeClock, seen: Seen
) -> None:
    seen.want(Size.FULL, 60)
    idle = Idle(film, clock, seen)
    steps = idle.worker.steps(Event())
    for mono_s in steps:
        if mono_s >= 1.0:
            clock.advance(61)
            break
    for _ in steps:
        pass
    assert 25 < idle.decoded < 60
    assert len(seen.pictures) == 6
