"""Live pictures for the console: where they come from, and who looks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Protocol

from edge.clock import Clock
from edge.domain.live import LivePicture, View

PAUSE_S = 60.0
"""Who looks again after such a pause begins anew."""

MOST_STREAMS = 8
"""Each costs a worker as much as somebody who looks closely."""


class LivePictures(Protocol):
    """The newest pictures of the cameras; no call waits for a camera or its worker."""

    def has(self, camera_id: str) -> bool:
        """Return whether a worker has a camera."""
        ...

    def cameras(self) -> frozenset[str]:
        """Return the ids of all cameras that workers have."""
        ...

    def look(self, view: View) -> LivePicture | None:
        """Return the newest picture, None before the first.

        New ones are made for as long as this is asked every few seconds.
        """
        ...

    def seen_at(self, camera_id: str) -> datetime | None:
        """Return when the newest picture of a camera was taken, None while nobody looks at it."""
        ...


class Looks:
    """Who looks at which camera: each beginning is written down before anything is shown."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last_s: dict[tuple[str, str], float] = {}
        self._lock = Lock()

    def note(self, who: str, camera_id: str, *, write: Callable[[], None]) -> None:
        """Have it written that somebody begins to look, unless they have looked a moment ago.

        Args:
            who: Looks.
            camera_id: At what.
            write: Writes it; raises StoreError, and then it has not begun.
        """
        key, now_s = (who, camera_id), self._clock.mono_s()
        with self._lock:
            last_s = self._last_s.get(key)
        if last_s is None or now_s - last_s > PAUSE_S:
            write()
        with self._lock:
            self._last_s[key] = now_s


class Seats:
    """How many may watch a stream of pictures at the same time."""

    def __init__(self, most: int = MOST_STREAMS) -> None:
        self._free = most
        self._lock = Lock()

    def take(self) -> bool:
        """Take one; return whether one was free."""
        with self._lock:
            if not self._free:
                return False
            self._free -= 1
            return True

    def leave(self) -> None:
        """Give one back."""
        with self._lock:
            self._free += 1


@dataclass(frozen=True, slots=True, eq=False)
class Live:
    """All that live pictures need."""

    pictures: LivePictures
    looks: Looks
    seats: Seats
