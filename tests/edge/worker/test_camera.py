import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from edge.domain.camera import CameraReport, CameraState
from edge.gate.gate import Gate, Sighting
from edge.worker.camera import CameraWorker
from edge.worker.gate import LOOK_EVERY_S, GatePipeline
from streams.errors import StreamError
from streams.film import write_film
from streams.frame import Frame
from streams.luma import MotionGate
from streams.pace import Pace
from streams.recording import open_recording
from streams.source import Counters, Stream, StreamInfo
from tests.conftest import FakeClock
from tests.passages import a_passage

START = datetime(2026, 1, 1, tzinfo=UTC)


class WatchedGate:
    """Stands for a gate: remembers what it was shown, tells one passage at its end."""

    def __init__(self) -> None:
        self.looked: list[float] = []
        self.idled: list[float] = []
        self.ended: list[float] = []
        self.occupied = False

    def observe(self, shot: Frame, *, mono_s: float, utc: datetime) -> list[Sighting]:
        self.looked.append(mono_s)
        return []

    def idle(self, *, mono_s: float, utc: datetime) -> list[Sighting]:
        self.idled.append(mono_s)
        return []

    def end(self, *, mono_s: float, utc: datetime) -> list[Sighting]:
        self.ended.append(mono_s)
        return [Sighting(a_passage("last"), None)]


class Kept:
    """Takes passages and vital signs."""

    def __init__(self) -> None:
        self.passages: list[str] = []
        self.reports: list[CameraReport] = []

    def record(self, sighting: Sighting, frame: Frame | None) -> None:
        self.passages.append(sighting.passage.id)

    def retry(self) -> None:
        """Nothing waits."""

    def report(self, report: CameraReport) -> None:
        self.reports.append(report)


class Breaking:
    """A stream that breaks off after a few frames of a recording."""

    def __init__(self, inner: Stream, after: int) -> None:
        self._inner, self._after = inner, after
        self.info: StreamInfo = inner.info
        self.counters: Counters = inner.counters
        self.closed = False

    def frames(self) -> Iterator[Frame]:
        for frame in self._inner.frames():
            if frame.index == self._after:
                raise StreamError("rtsp://***@cam: sent nothing in time")
            yield frame

    def note_motion(self, active: bool, mono_s: float) -> None:
        self._inner.note_motion(active, mono_s)

    def ease(self, thrifty: bool) -> None:
        self._inner.ease(thrifty)

    def close(self) -> None:
        self.closed = True
        self._inner.close()


class Bench:
    """A worker on a film, with a gate and clock that the test sees."""

    def __init__(
        self,
        film: Path,
        clock: FakeClock,
        *,
        break_after: int | None = None,
        cpu_s: Callable[[], float] = float,
    ) -> None:
        self.gate, self.kept, self.clock = WatchedGate(), Kept(), clock
        self.starts: list[float] = []
        self._film, self._break_after = film, break_after
        gate: Gate = self.gate  # type: ignore[assignment]
        self.worker = CameraWorker(
            "cam",
            open_stream=self._open,
            pipelines=[GatePipeline(gate, pace=Pace(5), recorder=self.kept)],
            motion=MotionGate(),
            reporter=self.kept,
            clock=clock,
            cpu_s=cpu_s,
        )

    def _open(self, start_mono_s: float) -> Stream:
        self.starts.append(start_mono_s)
        stream: Stream = open_recording(self._film, start_utc=START, start_mono_s=start_mono_s)
        return stream if self._break_after is None else Breaking(stream, self._break_after)


def test_moving_pictures_are_looked_at_five_times_a_second(
    films: dict[str, Path], clock: FakeClock
) -> None:
    bench = Bench(films["h264"], clock)
    bench.worker.run(threading.Event())
    assert len(bench.gate.looked) == 30
    assert bench.gate.ended == [pytest.approx(149 / 25)]
    assert bench.kept.passages == ["last"]
    states = [report.state for report in bench.kept.reports]
    assert states == [CameraState.CONNECTING, CameraState.ENDED]


def test_a_still_scene_is_looked_at_now_and_then_only(tmp_path: Path, clock: FakeClock) -> None:
    still = tmp_path / "still.mp4"
    picture = np.full((180, 320, 3), 90, np.uint8)
    write_film(still, (picture for _ in range(150)), fps=25)
    bench = Bench(still, clock)
    bench.worker.run(threading.Event())
    assert len(bench.gate.looked) <= 6 / LOOK_EVERY_S + 2
    assert len(bench.gate.looked) + len(bench.gate.idled) == 30


def test_while_somebody_is_there_even_a_still_picture_is_looked_at(
    tmp_path: Path, clock: FakeClock
) -> None:
    still = tmp_path / "still.mp4"
    picture = np.full((180, 320, 3), 90, np.uint8)
    write_film(still, (picture for _ in range(50)), fps=25)
    bench = Bench(still, clock)
    bench.gate.occupied = True
    bench.worker.run(threading.Event())
    assert len(bench.gate.looked) == 10


def test_a_stream_that_breaks_off_is_judged_closed_and_raised(
    films: dict[str, Path], clock: FakeClock
) -> None:
    bench = Bench(films["h264"], clock, break_after=50)
    with pytest.raises(StreamError, match="sent nothing in time"):
        bench.worker.run(threading.Event())
    assert bench.gate.ended == [pytest.approx(49 / 25)]
    assert bench.kept.passages == ["last"]


def test_stream_time_goes_on_over_an_outage(films: dict[str, Path], clock: FakeClock) -> None:
    bench = Bench(films["h264"], clock, break_after=50)
    for _ in range(2):
        with pytest.raises(StreamError):
            bench.worker.run(threading.Event())
        clock.advance(30)
    assert bench.starts == [0.0, pytest.approx(49 / 25 + 30)]
    bench.worker.report_offline("gone")
    assert bench.kept.reports[-1].state is CameraState.OFFLINE
    assert bench.kept.reports[-1].reconnects == 1


def test_a_camera_reports_the_processors_it_used_since_its_last_report(
    films: dict[str, Path], clock: FakeClock
) -> None:
    bench = Bench(films["h264"], clock, cpu_s=lambda: 7.0 + (clock.seconds - 100.0) * 0.06)
    for _ in bench.worker.steps(threading.Event()):
        clock.advance(1 / 25)
    online = [one for one in bench.kept.reports if one.state is CameraState.ONLINE]
    assert [one.cpu_share for one in online] == pytest.approx([0.06] * len(online))
    assert len(online) == 3  # the first soon after the connection


def test_a_stop_ends_the_camera_at_the_next_frame(films: dict[str, Path], clock: FakeClock) -> None:
    bench = Bench(films["h264"], clock)
    stop = threading.Event()
    stop.set()
    bench.worker.run(stop)
    assert bench.gate.looked == []
