"""Time as an argument: what reads a clock is given one, so that tests own time."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Wall time for people, monotonic time for durations."""

    def utc(self) -> datetime:
        """Return the wall time, aware, in UTC."""
        ...

    def mono_s(self) -> float:
        """Return seconds of a clock that is never set back; only differences mean anything."""
        ...


class SystemClock:
    """The machine's clocks."""

    def utc(self) -> datetime:
        """Return the wall time, aware, in UTC."""
        return datetime.now(UTC)

    def mono_s(self) -> float:
        """Return ``time.monotonic()``."""
        return time.monotonic()


@dataclass(frozen=True, slots=True)
class ClockState:
    """Whether the box's time can be believed.

    Attributes:
        synced: Whether the kernel's clock is disciplined by NTP; None where it cannot be asked.
        offset_ms: The kernel's estimate of the remaining error, if known.
        suspect: Whether the box itself doubts it: it is behind what was told before, or days ahead
            with no time server behind it.
    """

    synced: bool | None = None
    offset_ms: float | None = None
    suspect: bool = False
