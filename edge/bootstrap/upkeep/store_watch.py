"""The service's thread that tries whether the disk takes anything, and judges the clock."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from threading import Event

from edge.bootstrap.upkeep.databases import Databases
from edge.clock import Clock, ClockState
from edge.domain.belief import Belief, ClockJudge
from edge.errors import StoreError
from edge.store.believed import BelievedTime
from edge.store.mending import Mended
from edge.wire.health import PutAside, StoreState

log = logging.getLogger(__name__)

LOOK_EVERY_S = 5.0

Unwritten = Callable[[], Sequence[tuple[int, int]]]


class StoreWatch:
    """Looks every few seconds; what it found is read by any thread."""

    def __init__(
        self,
        path: Path,
        databases: Databases,
        *,
        clock: Clock,
        clock_state: Callable[[], ClockState],
        unwritten: Unwritten,
    ) -> None:
        """Prepare.

        Args:
            path: The journal, which is written to.
            databases: Told to look at what was found damaged.
            clock: The box's.
            clock_state: Whether a time server stands behind it.
            unwritten: Returns what waits in each process for the disk, and what was lost there.
        """
        self._store = BelievedTime(path)
        self._databases = databases
        self._clock = clock
        self._clock_state = clock_state
        self._unwritten = unwritten
        self._judge: ClockJudge | None = None
        self._failing_since: datetime | None = None
        self._failing_since_s = 0.0
        self._error = ""
        self._mended: list[Mended] = []
        self.belief = Belief()
        """What is thought of the clock."""

    @property
    def writable(self) -> bool:
        """Return whether the disk takes anything."""
        return not self._error

    def run(self, stop: Event) -> None:
        """Look again and again until ``stop`` is set."""
        while not stop.wait(LOOK_EVERY_S):
            self.look()

    def look(self) -> None:
        """Try the disk, judge the clock, mend what was found damaged."""
        self._databases.look()
        self._mended = self._databases.mended()
        try:
            certain = self._judged()
            self._store.note(certain)
        except StoreError as error:
            self._failed(str(error))
            return
        if self._error:
            lasted_s = self._clock.mono_s() - self._failing_since_s
            log.warning("the disk takes everything again, after %.0f s", lasted_s)
        self._error, self._failing_since = "", None

    def state(self) -> StoreState:
        """Return how the store is, for health."""
        counts = self._unwritten()
        return StoreState(
            error=self._error,
            failing_since=self._failing_since,
            unwritten=sum(waiting for waiting, _ in counts),
            lost=sum(lost for _, lost in counts),
            put_aside=[
                PutAside(one.name, one.aside, one.at, one.saved, one.lost, one.pages_lost)
                for one in self._mended
            ],
        )

    def clock_now(self) -> ClockState:
        """Return the clock's state with what is thought of it."""
        state = self._clock_state()
        return ClockState(state.synced, state.offset_ms, self.belief.suspect)

    def _judged(self) -> datetime | None:
        """Return the time if it is believed; raises StoreError before it could be asked once."""
        if self._judge is None:
            self._judge = ClockJudge(self._store.last())
        judge, now = self._judge, self._clock.utc()
        belief = judge.look(now, self._clock.mono_s(), synced=self._clock_state().synced)
        if judge.step_s:
            log.warning("the clock was set by %+.0f s", judge.step_s)
        if belief.detail and belief.detail[:5] != self.belief.detail[:5]:
            log.error(
                "the clock may be wrong: %s%s",
                belief.detail,
                "" if belief.certain else "; nothing is removed because of its age until it is set",
            )
        elif self.belief.detail and not belief.detail:
            log.warning("the clock is believed again")
        self.belief = belief
        return now if belief.certain and not belief.suspect else None

    def _failed(self, error: str) -> None:
        if not self._error:
            log.error("nothing can be stored: %s; analysis goes on, what is new waits", error)
            self._failing_since = self._clock.utc()
            self._failing_since_s = self._clock.mono_s()
        self._error = error
