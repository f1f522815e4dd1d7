"""One camera, from its stream to its pipelines: one attempt, on one thread."""

import contextlib
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from threading import Event

from edge.clock import Clock
from edge.domain.camera import CameraReport, CameraState
from edge.errors import StoreError
from edge.worker.governor import Governor
from edge.worker.load import Load, LoadMeter
from edge.worker.pipeline import Pipeline, Reporter, Viewer
from edge.worker.troubles import Troubles
from edge.worker.turn import NoWait, Turn
from edge.worker.turnstile import Turnstile
from edge.worker.waking import Waking
from streams.errors import StreamError
from streams.frame import Frame
from streams.luma import MotionGate
from streams.pace import Lag
from streams.source import Stream

log = logging.getLogger(__name__)

REPORT_EVERY_S = 2.0
FIRST_REPORT_S = 0.5
"""After a connection was made: that a camera is back is news."""

HURRY_S = 1.0
"""Behind live by more than this nothing is left but to skip to the next keyframe."""


@dataclass(slots=True)
class _Tally:
    """Counters at the last report, to make rates of them."""

    at_s: float
    decoded: int = 0
    wanted: int = 0
    analysed: int = 0
    cpu_s: float = 0.0
    told_after_s: float = REPORT_EVERY_S


class CameraWorker:
    """Reads one camera for its pipelines; ``run`` may be called again after it raised."""

    def __init__(
        self,
        camera_id: str,
        *,
        open_stream: Callable[[float], Stream],
        pipelines: Sequence[Pipeline],
        motion: MotionGate | None,
        reporter: Reporter,
        clock: Clock,
        viewer: Viewer | None = None,
        turn: Turn | None = None,
        governor: Governor | None = None,
        turnstile: Turnstile | None = None,
        followed: Callable[[], bool] | None = None,
        cpu_s: Callable[[], float] = time.thread_time,
    ) -> None:
        """Prepare a camera; ``mono_s`` is the stream time of its last frame.

        Args:
            camera_id: As in the configuration.
            open_stream: Opens the stream; takes the stream time it shall begin at.
            pipelines: What looks at it; none for a camera that is only shown.
            motion: Says whether anything moves; None to take every picture for moving.
            reporter: Takes vital signs.
            clock: For durations outside the stream.
            viewer: Is shown every picture that is decoded; None for nobody.
            turn: Until it has come nothing is judged and nothing told; None for at once.
            governor: Says what the machine can afford; None for everything.
            turnstile: Says whose pictures are looked at first; None where there is room for all.
            followed: Returns whether another process goes on with the camera once this one is asked
                to stop; then packets are kept on, for clips that are not complete.
            cpu_s: Processor time of the camera's thread.
        """
        self.camera_id = camera_id
        self._open_stream = open_stream
        self._pipelines = tuple(pipelines)
        self._motion = motion
        self._waking = Waking()
        self._hasty = any(one.hasty for one in pipelines)
        self._lag = Lag()
        self._troubles = Troubles()
        self._reporter = reporter
        self._clock = clock
        self._viewer = viewer
        self._turn = turn or NoWait()
        self._governor = governor
        self._turnstile = turnstile or Turnstile(1)
        self._followed = followed
        self.has_let_go = False
        """Whether it only keeps packets still."""
        self._last: Frame | None = None
        self._urgent = any(one.urgent for one in pipelines)
        self._meter = LoadMeter(urgent=self._urgent)
        self._eased = False
        self._due_fps = 0.0
        self._cpu_s = cpu_s
        self._stream: Stream | None = None
        self._steps = 0
        self._at_hand = False
        self._left_at_s: float | None = None
        self.mono_s = 0.0
        self._opened = 0

    @property
    def name(self) -> str:
        """Return which camera, for the log."""
        return self.camera_id

    @property
    def progress(self) -> int:
        """Return a count of steps and packets; it stands still only if the thread hangs."""
        stream = self._stream
        return self._steps + (stream.counters.packets if stream is not None else 0)

    @property
    def at_hand(self) -> bool:
        """Return whether the stream is open and its first picture is there."""
        return self._at_hand

    def load(self) -> Load | None:
        """Return how it fared since the last call, None without a stream; for another thread."""
        stream = self._stream
        if stream is None:
            return None
        return self._meter.take(self._clock.mono_s(), stream.counters.waited_s)

    def run(self, stop: Event) -> None:
        """Read the stream until it ends or ``stop`` is set.

        Raises:
            StreamError: The stream could not be opened or broke off. Every pipeline has come to
                an end by then: whoever was at a gate has been judged and recorded.
        """
        try:
            for _ in self.steps(stop):
                pass
        except StreamError as error:
            self._troubles.broke(error, self._clock.mono_s())
            raise

    def steps(self, stop: Event) -> Iterator[float]:
        """Do as ``run`` does, picture by picture, and yield the stream time of each."""
        if self._turn.come:
            self._report(CameraState.CONNECTING)
        stream = self._stream = self._opened_stream()
        self._opened += 1
        self._eased = False
        tally = _Tally(
            self._clock.mono_s(),
            wanted=self._wanted,
            analysed=self._analysed,
            cpu_s=self._cpu_s(),
            told_after_s=FIRST_REPORT_S,
        )
        self._lag = Lag()
        self._last = None
        frames = stream.frames()
        try:
            for frame in frames:
                if stop.is_set():
                    self._film_on(stream, frames)
                    return
                self._steps += 1
                if not self._turn.come:
                    self._at_hand = True
                    if not self._turn.wait(stop):
                        return
                first = self._last is None
                if first:
                    log.info("camera=%s online", self.camera_id)
                    for pipeline in self._pipelines:
                        pipeline.begin(frame)
                self._take(stream, frame, first=first)
                self._steps += 1
                self._last = frame
                if self._clock.mono_s() - tally.at_s >= tally.told_after_s:
                    for pipeline in self._pipelines:
                        pipeline.retry()
                    tally = self._report_online(stream, tally)
                yield frame.mono_s
            self._report(CameraState.ENDED)
        finally:
            self._stream = None
            self._at_hand = False
            stream.close()
            self._let_go()

    def _let_go(self) -> None:
        """Have every pipeline come to an end with what it has seen."""
        last, self._last = self._last, None
        if last is not None:
            self.mono_s = last.mono_s
            self._left_at_s = self._clock.mono_s()
            for pipeline in self._pipelines:
                pipeline.end(last)

    def _film_on(self, stream: Stream, frames: Iterator[Frame]) -> None:
        """Keep packets, without looking, until the process ends: clips may want a few more."""
        if self._followed is None or not self._followed():
            return
        self._let_go()
        self.has_let_go = True
        stream.ease(True)
        with contextlib.suppress(StreamError):
            for _ in frames:
                pass

    def report_offline(self, detail: str) -> None:
        """Say that the camera is not there, and why."""
        if not self._turn.come:
            return  # to the process before this one it is there
        self._report(CameraState.OFFLINE, detail)
        for pipeline in self._pipelines:
            pipeline.offline(detail)
            pipeline.retry()  # what waits for the disk does not wait for the camera, too

    def _opened_stream(self) -> Stream:
        stream = self._open_stream(self._resume_s())
        self._troubles.opened(stream.info, self._clock.mono_s())
        # Nothing of it may refer to the stream: a decoder's pictures would wait for the collector.
        stream.counters.overdue = self._report_overdue
        return stream

    def _report_overdue(self) -> None:
        """Say what is wrong although no picture comes."""
        if self._stream is not None:
            self._troubles.observe(self._stream.counters, self._clock.mono_s())
        if self._turn.come:
            self._report(CameraState.CONNECTING, self._troubles.told(self._clock.mono_s())[1])

    def _resume_s(self) -> float:
        """Return the stream time to go on from: an outage is time too."""
        if self._left_at_s is None:
            return 0.0
        return self.mono_s + self._clock.mono_s() - self._left_at_s

    def _take(self, stream: Stream, frame: Frame, *, first: bool) -> None:
        lag_s = self._lag.observe(frame.mono_s, self._clock.mono_s())
        self._meter.observe(lag_s)
        self._ease(stream, lag_s)
        due = [one for one in self._pipelines if one.pace.due(frame.mono_s, lag_s)]
        self._show(stream, frame)
        if not due:
            return
        moving = True
        if self._motion is not None:
            moving = self._motion.observe(frame.luma(), frame.mono_s).active
            # A first picture is worth a look, but nothing has moved on it.
            waking = self._waking.wanted(
                frame.mono_s, moving=moving and not first, hasty=self._hasty
            )
            wanted = waking or any(one.awake for one in self._pipelines)
            stream.note_motion(wanted, frame.mono_s)
        with self._turnstile.passed(urgent=self._urgent, waiting=self._step):
            for pipeline in due:
                pipeline.take(frame, moving=moving)

    def _step(self) -> None:
        self._steps += 1

    def _ease(self, stream: Stream, lag_s: float) -> None:
        """Decode what the machine can afford."""
        if self._governor is None:
            return
        if self._urgent:
            occupied = any(one.urgent and one.awake for one in self._pipelines)
            thrifty = self._governor.thrifty_gates and not occupied
        else:
            thrifty = self._governor.thrifty
        eased = thrifty or (self._governor.pressing and lag_s > HURRY_S)
        if eased is not self._eased:
            self._eased = eased
            stream.ease(eased)

    def _show(self, stream: Stream, frame: Frame) -> None:
        if self._viewer is None:
            return
        closely = self._viewer.show(frame)
        # Where nothing is analysed nobody else says that keyframes are enough again.
        if closely or not self._pipelines:
            stream.note_motion(closely, frame.mono_s)

    @property
    def _wanted(self) -> int:
        return max((one.pace.wanted for one in self._pipelines), default=0)

    @property
    def _analysed(self) -> int:
        return max((one.pace.analysed for one in self._pipelines), default=0)

    @property
    def _dropped(self) -> int:
        return sum(one.pace.dropped for one in self._pipelines)

    def _report_online(self, stream: Stream, tally: _Tally) -> _Tally:
        now = _Tally(
            self._clock.mono_s(),
            stream.counters.decoded,
            self._wanted,
            self._analysed,
            self._cpu_s(),
        )
        elapsed_s = now.at_s - tally.at_s
        if not self._eased:  # else there are not even the pictures that should be looked at
            self._due_fps = (now.wanted - tally.wanted) / elapsed_s
        self._troubles.observe(stream.counters, now.at_s)
        fault, detail = self._troubles.told(now.at_s)
        self._tell(
            CameraReport(
                camera_id=self.camera_id,
                state=CameraState.ONLINE,
                detail=detail,
                fault=fault,
                fps=(now.decoded - tally.decoded) / elapsed_s,
                analysed_fps=(now.analysed - tally.analysed) / elapsed_s,
                due_fps=self._due_fps,
                lag_s=self._lag.seconds,
                dropped=self._dropped,
                corrupt=stream.counters.corrupt,
                reconnects=self._opened - 1,
                cpu_share=(now.cpu_s - tally.cpu_s) / elapsed_s,
            )
        )
        return now

    def _report(self, state: CameraState, detail: str = "") -> None:
        self._tell(
            CameraReport(
                camera_id=self.camera_id,
                state=state,
                detail=detail,
                fault=self._troubles.told(self._clock.mono_s())[0],
                dropped=self._dropped,
                reconnects=max(self._opened - 1, 0),
            )
        )

    def _tell(self, report: CameraReport) -> None:
        try:
            self._reporter.report(report)
        except StoreError as error:
            # Vital signs are told again in two seconds; nobody waits for the disk.
            log.debug("camera=%s not reported: %s", self.camera_id, error)
