"""One thing that was measured, beside its limit."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

CORE = "% of a core"


@dataclass(frozen=True, slots=True)
class Figure:
    """A median, and what it is held against.

    Attributes:
        name: What was measured; unlike any other of its bench, and the same in every run.
        value: The median of its repeats.
        unit: Of value and limit.
        least, most: Of the repeats.
        limit: The same work without us, measured in the same run; None where nothing is held
            against it.
        of: What the limit is made of, in words.
        goal: What is asked of the ratio where there is a limit, else of the value; None for
            nothing.
        at_least: Whether more is better.
    """

    name: str
    value: float
    unit: str
    least: float
    most: float
    limit: float | None = None
    of: str = ""
    goal: float | None = None
    at_least: bool = False

    @property
    def ratio(self) -> float | None:
        """Return how many times its limit it is, None without one or where that is nothing."""
        return self.value / self.limit if self.limit else None

    @property
    def held(self) -> bool | None:
        """Return whether it is what is asked, None where nothing is or nothing can be said."""
        judged = self.value if self.limit is None else self.ratio
        if self.goal is None or judged is None:
            return None
        return judged >= self.goal if self.at_least else judged <= self.goal


def once(name: str, value: float, unit: str) -> Figure:
    """Return a figure that was measured once; add the rest by ``against``."""
    return Figure(name, value, unit, value, value)


def of_repeats(name: str, unit: str, found: Sequence[float]) -> Figure:
    """Return the median of what was found again and again."""
    return Figure(name, statistics.median(found), unit, min(found), max(found))


def median_of(name: str, unit: str, measure: Callable[[], float], *, repeats: int = 5) -> Figure:
    """Return the median of what is measured again and again.

    Args:
        name: Of the figure.
        unit: Of what ``measure`` returns.
        measure: Does the work once and returns what it took.
        repeats: How often.
    """
    return of_repeats(name, unit, [measure() for _ in range(repeats)])


def against(
    figure: Figure,
    limit: float | None,
    of: str = "",
    *,
    goal: float | None = None,
    at_least: bool = False,
) -> Figure:
    """Return a figure held against its limit and what is asked of it."""
    return replace(figure, limit=limit, of=of, goal=goal, at_least=at_least)
