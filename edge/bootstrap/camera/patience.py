"""Things on their way to the disk: in memory until it has them, and longer while it fails."""

import logging
from collections import deque
from collections.abc import Callable
from threading import Lock
from typing import Any, Generic, Protocol, TypeVar
from weakref import WeakSet

from edge.errors import StoreError

T = TypeVar("T")

log = logging.getLogger(__name__)

LONGEST_WAIT = 10_000
"""Kept in memory while the disk fails: days of a busy gate, a few megabytes without pictures."""

PICTURES_WAIT = 100
"""Of one writer, with their pictures; of more the messages are kept alone."""


_WRITERS: "WeakSet[PatientWriter[Any]]" = WeakSet()


def unwritten() -> tuple[int, int]:
    """Return how many things wait because the disk fails, and how many were lost."""
    writers = list(_WRITERS)
    return sum(one.waiting for one in writers if one.failing), sum(one.lost for one in writers)


class Writes(Protocol):
    """Somebody with something to write."""

    def write(self) -> None:
        """Write what waits."""
        ...

    def broke(self, error: Exception) -> None:
        """Take note that ``write`` raised what nobody expected."""
        ...


def at_once(writer: Writes) -> None:
    """Write in the thread that hands it in."""
    writer.write()


class PatientWriter(Generic[T]):
    """Writes in order; what cannot be written is kept and tried again.

    Any thread adds; one writes at a time.

    Attributes:
        waiting: How many things wait.
        lost: How many had to go, the oldest first, as there was no more room for them.
        failing: Whether the disk refused the last of them.
    """

    def __init__(
        self,
        write: Callable[[T], None],
        what: str,
        *,
        join: Callable[[T, T], T | None] | None = None,
        size: Callable[[T], int] = lambda _: 1,
        hand: Callable[[Writes], None] = at_once,
    ) -> None:
        """Prepare a writer.

        Args:
            write: Raises StoreError while the disk fails; then nothing is written.
            what: Names the things.
            join: Makes one thing of what waits and what comes after it, or returns None where they
                stay apart; None to write each alone.
            size: Counts what a thing is made of.
            hand: Has ``write`` called, at once or soon, by one thread at a time.
        """
        self._write = write
        self._what = what
        self._join = join
        self._size = size
        self._hand = hand
        self._lock = Lock()
        self._pending: deque[T] = deque()
        self._error: Exception | None = None
        self.failing = False
        self.waiting = 0
        self.lost = 0
        _WRITERS.add(self)

    def add(self, one: T) -> None:
        """Write one thing, after those that wait or with them."""
        self._go_on()
        with self._lock:
            self._pending.append(one)
            self.waiting += self._size(one)
            self._join_last()
        self._hand(self)

    def retry(self) -> None:
        """Write what could not be written before, in order; what still cannot stays."""
        self._go_on()
        if self.waiting:
            self._hand(self)

    def write(self) -> None:
        """Write until nothing waits or the disk fails."""
        while (one := self._first()) is not None:
            try:
                self._write(one)
            except StoreError as error:
                self._put_back(one)
                if not self.failing:  # once, not for every one
                    log.error("%s; %s wait in memory until then", error, self._what)  # noqa: TRY400
                self.failing = True
                return
            if self.failing:
                log.info("%s are written again", self._what)
            self.failing = False
            with self._lock:
                self.waiting -= self._size(one)

    def broke(self, error: Exception) -> None:
        """Have an error that nobody expected end who adds, as if it wrote itself."""
        self._error = error

    def _go_on(self) -> None:
        if self._error is not None:
            raise self._error

    def _first(self) -> T | None:
        with self._lock:
            return self._pending.popleft() if self._pending else None

    def _put_back(self, one: T) -> None:
        with self._lock:
            self._pending.appendleft(one)
            self._join_last()

    def _join_last(self) -> None:
        """Make one of the last two things where they are written together; keep to the room."""
        if self._join is not None and len(self._pending) > 1:
            last, before = self._pending[-1], self._pending[-2]
            joined = self._join(before, last)
            if joined is not None:
                self._lose(self._size(before) + self._size(last) - self._size(joined))
                self._pending.pop()
                self._pending[-1] = joined
        if self.waiting > LONGEST_WAIT and len(self._pending) > 1:
            self._lose(self._size(self._pending.popleft()))

    def _lose(self, count: int) -> None:
        self.lost += count
        self.waiting -= count
