"""How long to wait before something is tried again."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Backoff:
    """Growing waits with jitter, so that twenty cameras behind one switch do not knock at once.

    Attributes:
        first_s: Longest first wait.
        longest_s: What the waits grow to.
        lasted_s: An attempt that lasted this long counts as a success: the next wait is short.
        free: Failures in a row that cost no wait at all.
    """

    first_s: float = 1.0
    longest_s: float = 30.0
    lasted_s: float = 30.0
    free: int = 0
    uniform: Callable[[float, float], float] = field(default=random.uniform)
    failures: int = 0
    """In a row."""

    def next_wait_s(self, attempt_s: float) -> float:
        """Return how long to wait after an attempt that lasted ``attempt_s``."""
        self.failures = 1 if attempt_s >= self.lasted_s else self.failures + 1
        paid = self.failures - self.free
        if paid <= 0:
            return 0.0
        ceiling = min(self.longest_s, self.first_s * 2.0 ** (paid - 1))
        return self.uniform(ceiling / 2, ceiling)
