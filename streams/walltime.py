"""What time it was: a camera's clock says how far pictures are apart, the box's when they came."""

from collections.abc import Callable
from datetime import datetime, timedelta

WINDOW_S = 60.0
LEAST_SHIFT = timedelta(milliseconds=100)


class WallTime:
    """Wall time of stream time, for one live connection; used by one thread.

    A camera's clock is off by some seconds a day, and the box's may be set. The packet that was
    least late within a minute tells by how much: others waited somewhere on the way.
    """

    def __init__(self, now: Callable[[], datetime], *, start_mono_s: float) -> None:
        """Begin with the first picture, now.

        Args:
            now: The box's clock.
            start_mono_s: Stream time of the first picture.
        """
        self._now = now
        self._start_utc = now()
        self._start_mono_s = start_mono_s
        self._least_late: timedelta | None = None
        self._window_ends_s = start_mono_s + WINDOW_S

    def __call__(self, mono_s: float) -> datetime:
        """Return the wall time of a stream time."""
        return self._start_utc + timedelta(seconds=mono_s - self._start_mono_s)

    def arrived(self, mono_s: float) -> None:
        """Learn from a picture of a stream time that has just come."""
        late = self._now() - self(mono_s)
        if self._least_late is None or late < self._least_late:
            self._least_late = late
        if mono_s < self._window_ends_s:
            return
        if abs(self._least_late) >= LEAST_SHIFT:
            self._start_utc += self._least_late
        self._least_late = None
        self._window_ends_s = mono_s + WINDOW_S
