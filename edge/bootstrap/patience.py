"""Things on their way to the disk wait in memory while it fails."""

import logging
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from edge.errors import StoreError

T = TypeVar("T")

log = logging.getLogger(__name__)

LONGEST_WAIT = 10_000
"""Kept in memory while the disk fails: days of a busy gate, a few megabytes without pictures."""


class PatientWriter(Generic[T]):
    """Writes in order; what cannot be written is kept and tried again. Used by one thread."""

    def __init__(
        self,
        write: Callable[[T], None],
        what: str,
        *,
        join: Callable[[T, T], T] | None = None,
    ) -> None:
        """Prepare a writer.

        Args:
            write: Raises StoreError while the disk fails; then nothing is written.
            what: Names the things.
            join: Makes one thing of what waits and what comes after it; None to write each alone.
        """
        self._write = write
        self._what = what
        self._join = join
        self._pending: deque[T] = deque(maxlen=LONGEST_WAIT)
        self._failing = False

    def add(self, one: T) -> None:
        """Write one thing, after those that wait or with them."""
        if self._join is not None and self._pending:
            one = self._join(self._pending.pop(), one)
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
                return
            self._failing = False
            self._pending.popleft()
