"""The pipeline that watches the camera itself: is its picture worth anything?"""

from collections.abc import Callable, Sequence
from typing import Protocol

from edge.clock import Clock, ClockState
from edge.domain.geometry import Box
from edge.domain.incident import Incident
from edge.street.faults import FaultBook, Moment
from edge.street.integrity import Fault, FaultKind, IntegrityWatch
from streams.frame import Frame
from streams.pace import Pace

LOST_AFTER_S = 15.0
"""A stream that breaks off is opened again within seconds; that is no fault of the camera."""

GREATEST_OFFSET_MS = 2000.0
CLOCK_AFTER_S = 60.0


class Recorder(Protocol):
    """Where maintenance incidents go."""

    def record(self, incident: Incident, frame: Frame | None, people: Sequence[Box]) -> None:
        """Record a revision; ``frame`` shows the trouble if there is a picture."""
        ...

    def retry(self) -> None:
        """Record what could not be recorded before."""
        ...


class IntegrityPipeline:
    """Tells faults of one camera."""

    def __init__(
        self,
        book: FaultBook,
        watch: IntegrityWatch,
        *,
        pace: Pace,
        recorder: Recorder,
        clock: Clock,
        clock_state: Callable[[], ClockState],
    ) -> None:
        """Put the parts together.

        Args:
            book: Of the camera's faults.
            watch: Judges its pictures.
            pace: Says which frames are due.
            recorder: Takes incidents.
            clock: For outages, when there is no stream time.
            clock_state: State of the box's clock.
        """
        self._book = book
        self._watch = watch
        self.pace = pace
        self._recorder = recorder
        self._clock = clock
        self._clock_state = clock_state
        self._offline_since_s: float | None = None
        self._clock_wrong_since_s: float | None = None

    @property
    def awake(self) -> bool:
        """Return False: keyframes tell enough."""
        return False

    @property
    def hasty(self) -> bool:
        """Return False: no fault is one of a moment."""
        return False

    def begin(self, frame: Frame) -> None:
        """Note that the camera is back."""
        del frame
        self._offline_since_s = None

    def take(self, frame: Frame, *, moving: bool) -> None:
        """Judge a picture."""
        del moving
        faults = [*self._watch.observe(frame.luma(), frame.mono_s), *self._clock_fault(frame)]
        self._record(self._book.observe(faults, Moment(frame.mono_s, frame.utc)), frame)

    def end(self, frame: Frame) -> None:
        """Need nothing: a fault that is there stays until the camera is back."""

    def offline(self, detail: str) -> None:
        """Note that there is no stream; told again at every attempt."""
        now_s = self._clock.mono_s()
        if self._offline_since_s is None:
            self._offline_since_s = now_s
        if now_s - self._offline_since_s >= LOST_AFTER_S:
            lost = Fault(FaultKind.VIDEO_LOST, self._offline_since_s, 1.0, detail)
            self._record(self._book.observe([lost], Moment(now_s, self._clock.utc())), None)

    def retry(self) -> None:
        """Record what could not be recorded before."""
        self._recorder.retry()

    def _clock_fault(self, frame: Frame) -> list[Fault]:
        state = self._clock_state()
        offset_ms = abs(state.offset_ms or 0.0)
        if state.synced is not False and offset_ms <= GREATEST_OFFSET_MS:
            self._clock_wrong_since_s = None
            return []
        if self._clock_wrong_since_s is None:
            self._clock_wrong_since_s = frame.mono_s
        if frame.mono_s - self._clock_wrong_since_s < CLOCK_AFTER_S:
            return []
        detail = f"the box's clock is not synchronised, offset {offset_ms:.0f} ms"
        return [Fault(FaultKind.CLOCK_WRONG, self._clock_wrong_since_s, 1.0, detail)]

    def _record(self, incidents: Sequence[Incident], frame: Frame | None) -> None:
        for incident in incidents:
            self._recorder.record(incident, frame, ())
