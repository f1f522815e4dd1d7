"""Things on their way to the disk wait in memory while it fails."""

import logging
from collections import deque
from collections.abc import Callable
from typing import Any, Generic, TypeVar
from weakref import WeakSet

from edge.errors import StoreError

T = TypeVar("T")

log = logging.getLogger(__name__)

LONGEST_WAIT = 10_000
"""Kept in memory while the disk fails: days of a busy gate, a few megabytes without pictures."""

PICTURES_WAIT = 100
"""Of one camera and duty, with their pictures; of more the messages are kept alone."""


_WRITERS: "WeakSet[PatientWriter[Any]]" = WeakSet()


def unwritten() -> tuple[int, int]:
    """Return how many things of this process wait for the disk, and how many were lost."""
    writers = list(_WRITERS)
    return sum(one.waiting for one in writers), sum(one.lost for one in writers)


class PatientWriter(Generic[T]):
    """Writes in order; what cannot be written is kept and tried again. Used by one thread.

    Attributes:
        waiting: How many things wait.
        lost: How many had to go, the oldest first, as there was no more room for them.
    """

    def __init__(
        self,
        write: Callable[[T], None],
        what: str,
        *,
        join: Callable[[T, T], T] | None = None,
        size: Callable[[T], int] = lambda _: 1,
    ) -> None:
        """Prepare a writer.

        Args:
            write: Raises StoreError while the disk fails; then nothing is written.
            what: Names the things.
            join: Makes one thing of what waits and what comes after it; None to write each alone.
            size: Counts what a thing is made of.
        """
        self._write = write
        self._what = what
        self._join = join
        self._size = size
        self._pending: deque[T] = deque(maxlen=LONGEST_WAIT)
        self._failing = False
        self.waiting = 0
        self.lost = 0
        _WRITERS.add(self)

    def add(self, one: T) -> None:
        """Write one thing, after those that wait or with them."""
        if self._join is not None and self._pending:
            last = self._pending.pop()
            joined = self._join(last, one)
            self.lost += self._size(last) + self._size(one) - self._size(joined)
            one = joined
        if len(self._pending) == LONGEST_WAIT:
            self.lost += 1
        self._pending.append(one)
        self.retry()

    def retry(self) -> None:
        """Write what could not be written before, in order; what still cannot stays."""
        while self._pending:
            try:
                self._write(self._pending[0])
            except StoreError as error:
                if not self._failing:  # once, not for every one
                    log.error("%s; %s wait in memory until then", error, self._what)  # noqa: TRY400
                self._failing = True
                break
            if self._failing:
                log.info("%s are written again", self._what)
            self._failing = False
            self._pending.popleft()
        self.waiting = sum(self._size(one) for one in self._pending)
