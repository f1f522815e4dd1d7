"""Whether the box's clock can be believed: it may have been set, or begin anywhere after a boot."""

from dataclasses import dataclass
from datetime import datetime, timedelta

STEP = timedelta(seconds=2)
"""Less is a clock that is slewed, or a thread that was late."""

BEHIND = timedelta(minutes=1)
JUMP = timedelta(days=1)
"""What is kept for days must not go because of less."""

CONFIRMED_AFTER_S = 86400.0
"""So long a jump is not acted upon although a time server stands behind it: a day to look."""

GIVEN_IN_AFTER_S = 7 * 86400.0
"""So long without a time server: nobody is going to correct it, and promises to forget count."""


@dataclass(frozen=True, slots=True)
class Belief:
    """What is thought of the clock.

    Attributes:
        certain: Whether anything may be removed because of its age.
        suspect: Whether times that are told may be wrong by a day or more, or run before earlier
            ones.
        detail: Why, empty if both are well.
    """

    certain: bool = True
    suspect: bool = False
    detail: str = ""


class ClockJudge:
    """Holds the wall clock against a clock that nobody sets, and against what was believed last."""

    def __init__(self, last: datetime | None) -> None:
        """Begin.

        Args:
            last: The latest time that was believed before, None if there was none.
        """
        self._believed = last
        self._believed_s: float | None = None
        self._before: tuple[datetime, float] | None = None
        self._doubted_since_s: float | None = None
        self.step_s = 0.0
        """By how much the clock was set at the last look, 0 if it was not."""

    @property
    def believed(self) -> datetime | None:
        """Return the latest time that is believed."""
        return self._believed

    def look(self, utc: datetime, mono_s: float, *, synced: bool | None) -> Belief:
        """Return what is thought of the clock now.

        Args:
            utc: What it says.
            mono_s: A clock that is never set.
            synced: Whether the kernel has it from a time server; None if that is not known.
        """
        self.step_s = self._step(utc, mono_s)
        self._before = utc, mono_s
        ahead = timedelta()
        if self._believed is not None:
            since_s = 0.0 if self._believed_s is None else mono_s - self._believed_s
            ahead = utc - self._believed - timedelta(seconds=since_s)
        if ahead > JUMP:
            return self._doubt(utc, mono_s, ahead, synced=synced)
        self._doubted_since_s = None
        if ahead < -BEHIND and synced is not True:
            return Belief(suspect=True, detail=f"it is {_said(-ahead)} behind what it was before")
        self._believe(utc, mono_s)
        return Belief()

    def _doubt(
        self, utc: datetime, mono_s: float, ahead: timedelta, *, synced: bool | None
    ) -> Belief:
        if self._doubted_since_s is None:
            self._doubted_since_s = mono_s
        patience_s = CONFIRMED_AFTER_S if synced else GIVEN_IN_AFTER_S
        if mono_s - self._doubted_since_s >= patience_s:
            self._doubted_since_s = None
            self._believe(utc, mono_s)
            return Belief()
        return Belief(
            certain=False,
            suspect=synced is not True,
            detail=f"it is {_said(ahead)} ahead of what it was before",
        )

    def _believe(self, utc: datetime, mono_s: float) -> None:
        self._believed, self._believed_s = utc, mono_s

    def _step(self, utc: datetime, mono_s: float) -> float:
        if self._before is None:
            return 0.0
        before, before_s = self._before
        step = utc - before - timedelta(seconds=mono_s - before_s)
        return step.total_seconds() if abs(step) > STEP else 0.0


def _said(span: timedelta) -> str:
    if span >= 2 * timedelta(days=1):
        return f"{span / timedelta(days=1):.1f} days"
    return f"{span / timedelta(hours=1):.1f} h"
