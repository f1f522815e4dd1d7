"""How the box itself is: clock and disk."""

import ctypes
import shutil
from functools import cache
from pathlib import Path
from typing import Any

from edge.clock import ClockState

TIME_ERROR = 5
STA_NANO = 0x2000


class _Timex(ctypes.Structure):
    """The head of the kernel's ``struct timex``, see adjtimex(2)."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


def clock_state() -> ClockState:
    """Return whether the kernel's clock is disciplined by NTP; unknown where it cannot be asked."""
    adjtimex = _adjtimex()
    if adjtimex is None:
        return ClockState()
    timex = _Timex()  # modes 0: read only
    state = adjtimex(ctypes.byref(timex))
    if state < 0:
        return ClockState()
    per_ms = 1e6 if timex.status & STA_NANO else 1e3
    synced = state != TIME_ERROR
    return ClockState(synced=synced, offset_ms=timex.offset / per_ms if synced else None)


@cache
def _adjtimex() -> Any:
    """Return the kernel's call, None where there is none; looked up once, as every message asks."""
    return getattr(ctypes.CDLL(None), "adjtimex", None)


def disk_free_bytes(folder: Path) -> int:
    """Return the free space where a folder is, or will be."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free
