"""Time as an argument: what reads a clock is given one, so that tests own time."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
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
class BootMoment:
    """A moment that setting the wall clock does not move; comparable within one boot.

    Attributes:
        boot: Names the boot; empty where that is not known.
        seconds: Since then, sleep included.
    """

    boot: str = ""
    seconds: float = 0.0

    def since(self, earlier: "BootMoment") -> float | None:
        """Return the seconds since an earlier moment, None if it is of another boot."""
        if not self.boot or self.boot != earlier.boot:
            return None
        return max(self.seconds - earlier.seconds, 0.0)


def boot_moment() -> BootMoment:
    """Return this moment."""
    return BootMoment(_boot_id(), time.clock_gettime(time.CLOCK_BOOTTIME))


@cache
def _boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


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
