"""One camera, from its stream to recorded passages: one attempt, on one thread."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import Protocol

from edge.clock import Clock
from edge.domain.camera import CameraReport, CameraState
from edge.errors import StoreError
from edge.gate.gate import Gate, Sighting
from streams.frame import Frame
from streams.luma import MotionGate
from streams.pace import Lag, Pace
from streams.source import Stream

log = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0
"""A picture without motion is looked at this often: somebody may stand still from the start."""

REPORT_EVERY_S = 2.0


class Recorder(Protocol):
    """Where passages go."""

    def record(self, sighting: Sighting, frame: Frame | None) -> None:
        """Record one passage; ``frame`` shows the person if one is at hand."""
        ...

    def retry(self) -> None:
        """Record what could not be recorded before."""
        ...


class Reporter(Protocol):
    """Where vital signs go."""

    def report(self, report: CameraReport) -> None:
        """Take note of a camera's vital signs."""
        ...


@dataclass(slots=True)
class _Tally:
    """Counters at the last report, to make rates of them."""

    at_s: float
    decoded: int = 0
    analysed: int = 0


class CameraWorker:
    """Reads one camera and lets its gate judge; ``run`` may be called again after it raised."""

    def __init__(
        self,
        camera_id: str,
        *,
        open_stream: Callable[[float], Stream],
        gate: Gate,
        motion: MotionGate | None,
        pace: Pace,
        recorder: Recorder,
        reporter: Reporter,
        clock: Clock,
    ) -> None:
        """Prepare a camera; ``mono_s`` is the stream time of its last frame.

        Args:
            camera_id: As in the configuration.
            open_stream: Opens the stream; takes the stream time it shall begin at.
            gate: Judges the frames.
            motion: Says which frames are worth a look; None to look at each that is due.
            pace: Says which frames are due.
            recorder: Takes passages.
            reporter: Takes vital signs.
            clock: For durations outside the stream.
        """
        self.camera_id = camera_id
        self._open_stream = open_stream
        self._gate = gate
        self._motion = motion
        self._pace = pace
        self._lag = Lag()
        self._recorder = recorder
        self._reporter = reporter
        self._clock = clock
        self._left_at_s: float | None = None
        self.mono_s = 0.0
        self._looked_s = float("-inf")
        self._opened = 0

    def run(self, stop: Event) -> None:
        """Read the stream until it ends or ``stop`` is set.

        Raises:
            StreamError: The stream could not be opened or broke off. Everybody who was at the
                gate has been judged and recorded by then.
        """
        self._report(CameraState.CONNECTING)
        stream = self._open_stream(self._resume_s())
        self._opened += 1
        tally = _Tally(self._clock.mono_s(), analysed=self._pace.analysed)
        self._lag = Lag()
        last: Frame | None = None
        try:
            for frame in stream.frames():
                if stop.is_set():
                    return
                last = frame
                self._take(stream, frame)
                if self._clock.mono_s() - tally.at_s >= REPORT_EVERY_S:
                    self._recorder.retry()
                    tally = self._report_online(stream, tally)
            self._report(CameraState.ENDED)
        finally:
            stream.close()
            if last is not None:
                self.mono_s = last.mono_s
                self._left_at_s = self._clock.mono_s()
                self._record(self._gate.end(mono_s=last.mono_s, utc=last.utc), None)

    def report_offline(self, detail: str) -> None:
        """Say that the camera is not there, and why."""
        self._report(CameraState.OFFLINE, detail)

    def _resume_s(self) -> float:
        """Return the stream time to go on from: an outage is time too."""
        if self._left_at_s is None:
            return 0.0
        return self.mono_s + self._clock.mono_s() - self._left_at_s

    def _take(self, stream: Stream, frame: Frame) -> None:
        lag_s = self._lag.observe(frame.mono_s, self._clock.mono_s())
        if not self._pace.due(frame.mono_s, lag_s):
            return
        if self._worth_a_look(stream, frame):
            self._looked_s = frame.mono_s
            sightings = self._gate.observe(frame, mono_s=frame.mono_s, utc=frame.utc)
        else:
            sightings = self._gate.idle(mono_s=frame.mono_s, utc=frame.utc)
        self._record(sightings, frame)

    def _worth_a_look(self, stream: Stream, frame: Frame) -> bool:
        if self._motion is None:
            return True
        moving = self._motion.observe(frame.luma(), frame.mono_s).active
        stream.note_motion(moving or self._gate.occupied, frame.mono_s)
        overdue = frame.mono_s - self._looked_s >= LOOK_EVERY_S
        return moving or overdue or self._gate.occupied

    def _record(self, sightings: list[Sighting], frame: Frame | None) -> None:
        for sighting in sightings:
            self._recorder.record(sighting, frame)

    def _report_online(self, stream: Stream, tally: _Tally) -> _Tally:
        now = _Tally(self._clock.mono_s(), stream.counters.decoded, self._pace.analysed)
        elapsed_s = now.at_s - tally.at_s
        self._tell(
            CameraReport(
                camera_id=self.camera_id,
                state=CameraState.ONLINE,
                fps=(now.decoded - tally.decoded) / elapsed_s,
                analysed_fps=(now.analysed - tally.analysed) / elapsed_s,
                lag_s=self._lag.seconds,
                dropped=self._pace.dropped,
                corrupt=stream.counters.corrupt,
                reconnects=self._opened - 1,
            )
        )
        return now

    def _report(self, state: CameraState, detail: str = "") -> None:
        self._tell(
            CameraReport(
                camera_id=self.camera_id,
                state=state,
                detail=detail,
                dropped=self._pace.dropped,
                reconnects=max(self._opened - 1, 0),
            )
        )

    def _tell(self, report: CameraReport) -> None:
        try:
            self._reporter.report(report)
        except StoreError as error:
            # Vital signs are told again in two seconds; the gate does not wait for the disk.
            log.debug("camera=%s not reported: %s", self.camera_id, error)
