"""What an experiment is, and what it hands back: figures, each beside its limit."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from edge.bench.machine import this_machine

Value = float | str


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that was measured.

    Attributes:
        name: What, in words.
        value: How much; a text where no number says it.
        unit: Of the value and its limit; empty for what is only counted.
        limit: What is asked of it, in words; empty where nothing is.
        held: Whether it is kept to; None where nothing is asked.
        timed: Whether other work on the machine spoils it: a short form runs beside such work and
            is not judged by it.
    """

    name: str
    value: Value
    unit: str = ""
    limit: str = ""
    held: bool | None = None
    timed: bool = False

    @property
    def verdict(self) -> str:
        """Return one word for people."""
        return {True: "held", False: "BROKEN", None: ""}[self.held]


def at_most(
    name: str, value: float, limit: float, unit: str = "", *, timed: bool = False
) -> Figure:
    """Return a figure that must not be larger than a limit."""
    return Figure(name, value, unit, f"at most {number(limit)}", value <= limit, timed)


def at_least(
    name: str, value: float, limit: float, unit: str = "", *, timed: bool = False
) -> Figure:
    """Return a figure that must not be smaller than a limit."""
    return Figure(name, value, unit, f"at least {number(limit)}", value >= limit, timed)


def exactly(name: str, value: Value, wanted: Value, unit: str = "") -> Figure:
    """Return a figure that must be one value."""
    return Figure(name, value, unit, f"exactly {number(wanted)}", value == wanted)


def told(name: str, value: Value, unit: str = "") -> Figure:
    """Return a figure of which nothing is asked."""
    return Figure(name, value, unit)


@dataclass(frozen=True, slots=True)
class Report:
    """What one run of an experiment has shown.

    Attributes:
        name: Of the experiment.
        figures: In the order in which people read them.
        short: Whether it was the short form.
    """

    name: str
    figures: Sequence[Figure]
    short: bool = False

    @property
    def held(self) -> bool:
        """Return whether all that is asked was kept to, and whether anything was asked."""
        return bool(self._asked) and all(figure.held for figure in self._asked)

    @property
    def broken(self) -> list[str]:
        """Return what was not kept to, each as a line."""
        return [" ".join(_cells(one)) for one in self._asked if not one.held]

    @property
    def _asked(self) -> list[Figure]:
        return [
            figure
            for figure in self.figures
            if figure.held is not None and not (self.short and figure.timed)
        ]


@dataclass(frozen=True, slots=True)
class Experiment:
    """One thing that is done to a box to see whether it holds.

    Attributes:
        name: For the command line.
        does: One sentence for the list.
        run: Does it below an empty folder; the short form if asked, else the whole.
    """

    name: str
    does: str
    run: Callable[[Path, bool], Report]


def table(report: Report) -> str:
    """Return a report for people: a line per figure, columns aligned."""
    rows = [("figure", "value", "limit", "verdict"), *(_cells(one) for one in report.figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    form = "short form" if report.short else "whole"
    lines = [f"{report.name} ({form}): {'held' if report.held else 'BROKEN'}"]
    for name, value, limit, verdict in rows:
        line = f"  {name:<{widths[0]}}  {value:>{widths[1]}}  {limit:<{widths[2]}}  {verdict}"
        lines.append(line.rstrip())
    return "\n".join(lines) + "\n"


def comparable(reports: Sequence[Report], at: datetime | None = None) -> dict[str, Any]:
    """Return reports for a JSON file, with the machine and the moment."""
    return {
        "schema": "gridwatch.chaos/1",
        "at": (at or datetime.now(UTC)).isoformat(timespec="seconds"),
        "machine": this_machine().line,
        "held": all(report.held for report in reports),
        "reports": [asdict(report) | {"held": report.held} for report in reports],
    }


def number(value: Value) -> str:
    """Return a value as people read it."""
    return value if isinstance(value, str) else f"{value:,.4g}" if value % 1 else f"{value:,.0f}"


def _cells(figure: Figure) -> tuple[str, str, str, str]:
    value = f"{number(figure.value)} {figure.unit}".rstrip()
    limit = f"{figure.limit} {figure.unit}".rstrip() if figure.limit else ""
    return figure.name, value, limit, figure.verdict
