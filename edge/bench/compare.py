"""What has changed between two runs of benches."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from edge.bench.figure import Figure
from edge.bench.report import Measured, Report, number

HEADER = ("bench", "measured", "old", "new", "change", "ratio", "")
UNREST = 0.03
"""By so much a figure moves from run to run while nothing has changed."""


class Change(StrEnum):
    """What became of a figure."""

    BETTER = "better"
    WORSE = "WORSE"
    SAME = "same"
    NEW = "new"
    GONE = "gone"
    OPEN = "another machine"
    """Its value means something only where it was measured, and there is no limit beside it."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One figure of two runs.

    Attributes:
        bench, name, unit: Which one.
        old, new: None where a run does not have it.
        change: What became of it: of its ratio where the runs were on different machines, of its
            value otherwise.
    """

    bench: str
    name: str
    unit: str
    old: Figure | None
    new: Figure | None
    change: Change


def compare(old: Report, new: Report) -> list[Changed]:
    """Return every figure of either run, in the order of the new one; what is gone comes last."""
    before, after = _by_key(old.measured), _by_key(new.measured)
    alike = old.machine.computes_like(new.machine)
    return [
        Changed(
            *key, before.get(key), after.get(key), _change(before.get(key), after.get(key), alike)
        )
        for key in dict.fromkeys([*after, *before])
    ]


def rows(changes: Sequence[Changed]) -> list[tuple[str, ...]]:
    """Return a row below ``HEADER`` for each."""
    return [
        (
            one.bench,
            one.name,
            _value(one.old),
            _value(one.new),
            _percent(one.old, one.new),
            _ratios(one.old, one.new),
            one.change.value,
        )
        for one in changes
    ]


def summary(changes: Sequence[Changed]) -> str:
    """Return how many figures became what."""
    counts = {change: sum(one.change is change for one in changes) for change in Change}
    return ", ".join(f"{count} {change.value}" for change, count in counts.items() if count)


def _by_key(measured: Sequence[Measured]) -> dict[tuple[str, str, str], Figure]:
    return {(one.bench, one.figure.name, one.figure.unit): one.figure for one in measured}


def _change(old: Figure | None, new: Figure | None, alike: bool) -> Change:
    if old is None:
        return Change.NEW
    if new is None:
        return Change.GONE
    if alike:
        return _judge(old, new, 1.0, 1.0)
    if not old.limit or not new.limit:
        return Change.OPEN
    return _judge(old, new, old.limit, new.limit)


def _judge(old: Figure, new: Figure, old_per: float, new_per: float) -> Change:
    """Return the change of what both are per something; what their repeats share is none."""
    old_least, old_most = _range(old, old_per)
    new_least, new_most = _range(new, new_per)
    if new_least <= old_most and old_least <= new_most:
        return Change.SAME
    more = new.value / new_per > old.value / old_per
    return Change.BETTER if more == new.at_least else Change.WORSE


def _range(figure: Figure, per: float) -> tuple[float, float]:
    """Return between what its repeats lie, and at least half of the usual unrest on either side."""
    unrest = abs(figure.value) * UNREST / 2
    return (
        min(figure.least, figure.value - unrest) / per,
        max(figure.most, figure.value + unrest) / per,
    )


def _value(figure: Figure | None) -> str:
    return "" if figure is None else f"{number(figure.value)} {figure.unit}"


def _percent(old: Figure | None, new: Figure | None) -> str:
    if old is None or new is None or not old.value:
        return ""
    return f"{(new.value / old.value - 1) * 100:+.1f} %"


def _ratios(old: Figure | None, new: Figure | None) -> str:
    told = ["-" if one is None or one.ratio is None else f"{one.ratio:.2f}" for one in (old, new)]
    return "" if told == ["-", "-"] else " to ".join(told)
