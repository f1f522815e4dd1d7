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
        slope: Per unit of time, of the line of Theil and Sen: the median slope between any two
            measurements. A process that comes for a moment and goes again does not tilt it, as
            it does the line with the least squares.
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
    apart = ((xs[i] - xs[j], ys[i] - ys[j]) for i in range(len(xs)) for j in range(i))
    slope = statistics.median(rise / run for run, rise in apart if run > 0)
    fifth = max(len(ys) // 5, 1)
    return Trend(
        statistics.median(ys[:fifth]),
        statistics.median(ys[-fifth:]),
        slope,
        slope * (xs[-1] - xs[0]),
    )
