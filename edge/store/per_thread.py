"""A connection of its own for every thread that asks."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class PerThread(Generic[T]):
    """Makes one object per thread, at its first call there.

    A connection that several threads shared would mix their transactions.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        """Prepare; ``make`` is called in the thread that asks."""
        self._make = make
        self._own = threading.local()

    def __call__(self) -> T:
        """Return this thread's own object."""
        if not hasattr(self._own, "made"):
            self._own.made = self._make()
        made: T = self._own.made
        return made
