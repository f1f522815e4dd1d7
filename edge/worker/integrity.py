"""The pipeline that watches the camera itself: is its picture worth anything?"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from edge.clock import Clock, ClockState
from edge.domain.incident import Incident
from edge.domain.second_look import Unseen
from edge.errors import StoreError
from edge.integrity.faults import FaultBook, Moment
from edge.integrity.memory import Kept, pack, unpack
from edge.integrity.watch import Fault, FaultKind, IntegrityWatch
from edge.worker.recording import Recorder
from streams.frame import Frame
from streams.pace import Pace

log = logging.getLogger(__name__)

LOST_AFTER_S = 15.0
"""A stream that breaks off is opened again within seconds; that is no fault of the camera."""

GREATEST_OFFSET_MS = 2000.0
CLOCK_AFTER_S = 60.0
MEMORY_WITHIN_S = 20.0
"""So long nothing is judged while the journal cannot be read."""

REMEMBER_EVERY_S = 300.0
"""What a camera usually shows changes over ten minutes."""


class IntegrityPipeline:
    """Tells faults of one camera."""

    def __init__(
        self,
        camera_id: str,
        watch: IntegrityWatch,
        book: FaultBook,
        *,
        view: str,
        pace: Pace,
        recorder: Recorder,
        clock: Clock,
        clock_state: Callable[[], ClockState],
    ) -> None:
        """Put the parts together.

        Args:
            camera_id: As in the configuration.
            watch: Judges its pictures.
            book: Of the camera's faults.
            view: Tells what its zones were drawn on; another one when they are drawn anew.
            pace: Says which frames are due.
            recorder: Takes incidents, and what is known over a restart.
            clock: For outages, when there is no stream time.
            clock_state: State of the box's clock.
        """
        self._camera_id = camera_id
        self._watch = watch
        self._book = book
        self._view = view
        self.pace = pace
        self._recorder = recorder
        self._clock = clock
        self._clock_state = clock_state
        self._offline_since_s: float | None = None
        self._clock_wrong_since_s: float | None = None
        self._resumed = False
        self._waits_since_s: float | None = None
        self._begun = False
        self._seen_at: datetime | None = None
        self._remembered_s = float("-inf")

    @property
    def awake(self) -> bool:
        """Return False: keyframes tell enough."""
        return False

    @property
    def hasty(self) -> bool:
        """Return False: no fault is one of a moment."""
        return False

    @property
    def urgent(self) -> bool:
        """Return False: nobody waits for it."""
        return False

    def begin(self, frame: Frame) -> None:
        """Note that the camera is back; go on with what was known before the process ended."""
        self._offline_since_s = None
        self._resume(frame.utc)
        if self._begun:
            return
        self._begun = True
        self._remembered_s = frame.mono_s
        if self._seen_at is not None:
            unseen_s = max((frame.utc - self._seen_at).total_seconds(), 0.0)
            self._watch.unseen(frame.mono_s - unseen_s)

    def take(self, frame: Frame, *, moving: bool) -> None:
        """Judge a picture."""
        self._resume(frame.utc)
        if not self._resumed:
            return
        del moving
        self._seen_at = frame.utc
        faults = [*self._watch.observe(frame.luma(), frame.mono_s), *self._clock_fault(frame)]
        incidents = self._book.observe(faults, Moment(frame.mono_s, frame.utc))
        if incidents or frame.mono_s - self._remembered_s >= REMEMBER_EVERY_S:
            self._remembered_s = frame.mono_s
            self._record(incidents, frame)

    def end(self, frame: Frame) -> None:
        """Keep what is known: a fault that is there stays until the camera is back."""
        if not self._resumed:
            return  # and what was known before stays known
        self._remembered_s = frame.mono_s
        self._record((), None)

    def offline(self, detail: str) -> None:
        """Note that there is no stream; told again at every attempt."""
        self._resume(self._clock.utc())
        if not self._resumed:
            return
        now_s = self._clock.mono_s()
        if self._offline_since_s is None:
            self._offline_since_s = now_s
        if now_s - self._offline_since_s < LOST_AFTER_S:
            return
        lost = Fault(FaultKind.VIDEO_LOST, self._offline_since_s, 1.0, detail)
        incidents = self._book.add([lost], Moment(now_s, self._clock.utc()))
        if incidents:
            self._record(incidents, None)

    def retry(self) -> None:
        """Record what could not be recorded before."""
        self._recorder.retry()

    def blind(self) -> Unseen | None:
        """Return why the camera's last picture says nothing about its places, None if it does."""
        kind = self._watch.blinded()
        return None if kind is None else Unseen(kind)

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

    def _resume(self, utc: datetime) -> None:
        """Go on with the faults that were open before the process ended, once."""
        if self._resumed:
            return
        try:
            content = self._recorder.recall()
        except StoreError as error:
            self._wait_for_memory(error)
            return
        self._resumed = True
        try:
            if content is not None:
                self._take_up(unpack(content))
        except ValueError as error:
            log.warning("camera=%s begins without memory of its view: %s", self._camera_id, error)
        ids = {incident.id for incident in self._book.open.values()}
        try:
            unwatched = self._recorder.unwatched(ids, utc)
        except StoreError as error:
            log.warning("camera=%s what is open stays so: %s", self._camera_id, error)
            return
        if unwatched:
            self._record(unwatched, None)

    def _wait_for_memory(self, error: StoreError) -> None:
        """Judge no picture while the journal cannot be read: a fault would be told once more."""
        now_s = self._clock.mono_s()
        if self._waits_since_s is None:
            self._waits_since_s = now_s
            log.error("camera=%s waits for what was known of its view: %s", self._camera_id, error)
        self._resumed = now_s - self._waits_since_s >= MEMORY_WITHIN_S

    def _take_up(self, kept: Kept) -> None:
        self._book.resume(kept.open)
        if FaultKind.CLOCK_WRONG in kept.open:
            self._clock_wrong_since_s = -CLOCK_AFTER_S  # it need not prove itself again
        if kept.view == self._view:
            self._watch.restore(kept.reference, kept.open)
            self._seen_at = kept.seen_at

    def _record(self, incidents: Sequence[Incident], frame: Frame | None) -> None:
        kept = Kept(self._seen_at, self._view, self._book.open, self._watch.state())
        self._recorder.record(incidents, frame, (), memory=pack(kept))
