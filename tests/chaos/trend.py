"""Whether something grows: a straight line through what was measured, and before against after."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trend:
    """What a series of measurements does after its warm-up.

    Attributes:
        before: Median of its first fifth.
        after: Median of its last fifth.
        slope: Of the straight line with the least squares, per unit of time.
        rise: What that line rises by from the first measurement to the last.
    """

    before: float
    after: float
    slope: float
    rise: float

    @property
    def growth_percent(self) -> float:
        """Return what the line rises by, of the level at the beginning."""
        return 100 * self.rise / self.before if self.before else 0.0


def trend(times: Sequence[float], values: Sequence[float], *, warm_up: float) -> Trend:
    """Return what values do after a time; raises ValueError if fewer than five came then."""
    kept = [pair for pair in zip(times, values, strict=True) if pair[0] >= warm_up]
    if len(kept) < 5:
        raise ValueError(f"only {len(kept)} measurements after {warm_up:.0f} s")
    xs, ys = [x for x, _ in kept], [y for _, y in kept]
    slope = statistics.linear_regression(xs, ys).slope
    fifth = max(len(ys) // 5, 1)
    return Trend(
        statistics.median(ys[:fifth]),
        statistics.median(ys[-fifth:]),
        slope,
        slope * (xs[-1] - xs[0]),
    )
