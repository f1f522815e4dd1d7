"""How often a rule was right, as far as people have said so."""

from dataclasses import dataclass
from math import sqrt

Z_95 = 1.959964
"""Of the normal distribution: 95 % lie within so many standard deviations."""


@dataclass(frozen=True, slots=True)
class Precision:
    """Share of judged incidents that were there.

    Attributes:
        right: Incidents that were there.
        judged: Incidents that were there or were not.
    """

    right: int
    judged: int

    @property
    def share(self) -> float | None:
        """Return the share, None before the first verdict."""
        return self.right / self.judged if self.judged else None

    @property
    def interval(self) -> tuple[float, float]:
        """Return the 95 % interval of Wilson (1927), which holds for few verdicts too."""
        if not self.judged:
            return 0.0, 1.0
        share, square = self.right / self.judged, Z_95**2 / self.judged
        middle = share + square / 2
        reach = Z_95 * sqrt(share * (1 - share) / self.judged + square / (4 * self.judged))
        low, high = (middle - reach) / (1 + square), (middle + reach) / (1 + square)
        return max(low, 0.0), min(high, 1.0)
