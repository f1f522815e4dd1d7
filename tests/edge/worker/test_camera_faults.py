"""What a camera reports of itself while something is wrong with its stream, and afterwards."""

import contextlib
import gc
import weakref
from collections.abc import Iterator
from copy import copy
from threading import Event

import pytest

from edge.domain.camera import CameraReport, CameraState
from edge.worker.camera import CameraWorker
from edge.worker.troubles import REMEMBER_S
from streams.errors import StreamError
from streams.faults import Fault
from streams.frame import Frame
from streams.source import Counters, StreamInfo
from tests.conftest import FakeClock


class NoKeyframes:
    """A stream that sends packets of which no picture can be made, and then breaks off."""

    def __init__(self, clock: FakeClock, ends_with: StreamError) -> None:
        self.info = StreamInfo("h264", (320, 180), 10)
        self.counters = Counters()
        self._clock, self._ends_with = clock, ends_with

    def frames(self) -> Iterator[Frame]:
        for _ in range(3):
            self._clock.advance(2)
            self.counters.note(Fault.NO_KEYFRAME)
            self.counters.overdue()
        raise copy(self._ends_with)  # which knows who raised it, unlike this one
        yield

    def note_motion(self, active: bool, mono_s: float) -> None:
        """Nothing moves."""

    def ease(self, thrifty: bool) -> None:
        """Everything is affordable."""

    def close(self) -> None:
        """Nothing is open."""


class Kept:
    def __init__(self) -> None:
        self.reports: list[CameraReport] = []

    def report(self, report: CameraReport) -> None:
        self.reports.append(report)


def a_worker(clock: FakeClock, kept: Kept, ends_with: StreamError) -> CameraWorker:
    return CameraWorker(
        "cam",
        open_stream=lambda start_mono_s: NoKeyframes(clock, ends_with),
        pipelines=[],
        motion=None,
        reporter=kept,
        clock=clock,
    )


def test_a_camera_without_keyframes_says_so_while_nothing_can_be_seen(clock: FakeClock) -> None:
    kept = Kept()
    worker = a_worker(clock, kept, StreamError("cam: sent nothing in time", Fault.SILENT))
    with pytest.raises(StreamError):
        worker.run(Event())
    told = [(one.state, one.fault) for one in kept.reports]
    assert told == [(CameraState.CONNECTING, "")] + [(CameraState.CONNECTING, "no_keyframe")] * 3
    assert "shorter interval of keyframes" in kept.reports[-1].detail


def test_why_a_camera_is_gone_is_told_by_kind_until_it_was_back_for_a_minute(
    clock: FakeClock,
) -> None:
    kept = Kept()
    worker = a_worker(clock, kept, StreamError("cam: refused the login", Fault.LOGIN))
    with pytest.raises(StreamError) as caught:
        worker.run(Event())
    worker.report_offline(str(caught.value))
    assert (kept.reports[-1].state, kept.reports[-1].fault) == (CameraState.OFFLINE, "login")
    clock.advance(REMEMBER_S)
    worker.report_offline("a trouble that is none of the camera's")
    assert kept.reports[-1].fault == ""


def test_what_a_connection_held_is_free_as_soon_as_it_is_over() -> None:
    clock, opened = FakeClock(), list[weakref.ref[NoKeyframes]]()

    def open_stream(start_mono_s: float) -> NoKeyframes:
        stream = NoKeyframes(clock, StreamError("broke off"))
        opened.append(weakref.ref(stream))
        return stream

    worker = CameraWorker(
        "cam", open_stream=open_stream, pipelines=[], motion=None, reporter=Kept(), clock=clock
    )
    gc.disable()
    try:
        with contextlib.suppress(StreamError):
            worker.run(Event())
        assert [stream() for stream in opened] == [None]
    finally:
        gc.enable()
