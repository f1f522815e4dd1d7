"""Who may use the processors: as many cameras at a time as there is room for, gates before streets.

Threads that all compute at once wait for each other in the middle of their work, whatever they
hold then; and who has only a line to write waits behind all of them.
"""

import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from threading import Event, Lock

STILL_HERE_S = 1.0


class Turnstile:
    """Lets some threads of a process through at a time; the others wait in line."""

    def __init__(self, places: int) -> None:
        """Have room for so many at a time."""
        self._free = places
        self._lock = Lock()
        self._line: list[tuple[bool, int, Event]] = []
        self._number = count()

    @property
    def waiting(self) -> int:
        """Return how many are in line."""
        return len(self._line)

    @contextmanager
    def passed(self, *, urgent: bool, waiting: Callable[[], None]) -> Iterator[None]:
        """Be through for as long as the block lasts.

        Args:
            urgent: Before all who are not; else in the order in which they came.
            waiting: Called now and then while others are through: who waits does not hang.
        """
        mine = self._enter(urgent=urgent)
        while mine is not None and not mine.wait(STILL_HERE_S):
            waiting()
        try:
            yield
        finally:
            self._leave()

    def _enter(self, *, urgent: bool) -> Event | None:
        """Return None if there was room, else what is set once it is this thread's turn."""
        with self._lock:
            if self._free:
                self._free -= 1
                return None
            mine = Event()
            heapq.heappush(self._line, (not urgent, next(self._number), mine))
            return mine

    def _leave(self) -> None:
        with self._lock:
            if self._line:
                heapq.heappop(self._line)[2].set()  # the place is theirs
            else:
                self._free += 1
