"""What a run of benches has found: for people, and for a file to compare with later."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from math import floor, log10
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError

from edge.bench.figure import Figure
from edge.bench.machine import Machine
from edge.errors import ConfigError

SCHEMA = "gridwatch.bench/1"
HEADER = ("bench", "measured", "median", "repeats", "limit", "ratio", "asked", "", "the limit is")

Finite = Annotated[float, Field(allow_inf_nan=False)]


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure and the bench that it is of."""

    bench: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class Skipped:
    """What could not be measured.

    Attributes:
        bench: Name.
        figure: Name; empty for the whole bench.
        why: What is missing.
    """

    bench: str
    figure: str
    why: str


@dataclass(frozen=True, slots=True)
class Report:
    """One run.

    Attributes:
        version: Of gridwatch.
        machine: On which it was.
        at: When it began.
        measured: In the order of the catalogue.
        skipped: What is not among it.
    """

    version: str
    machine: Machine
    at: datetime
    measured: Sequence[Measured]
    skipped: Sequence[Skipped] = ()


def rows(report: Report) -> list[tuple[str, ...]]:
    """Return a row below ``HEADER`` for each figure."""
    return [(one.bench, *_cells(one.figure)) for one in report.measured]


def missing(report: Report) -> list[str]:
    """Return a line for each thing that could not be measured."""
    return [
        f"not measured: {one.bench}{', ' if one.figure else ''}{one.figure}: {one.why}"
        for one in report.skipped
    ]


def number(value: float) -> str:
    """Return a value with three digits that count, or as the whole number that it is."""
    if value == int(value):
        return f"{value:,.0f}"
    return f"{value:,.{max(2 - floor(log10(abs(value))), 0)}f}"


def asked(figure: Figure) -> str:
    """Return what is asked of a figure; empty where nothing is."""
    if figure.goal is None:
        return ""
    unit = "" if figure.limit is not None else f" {figure.unit}"
    return f"{'>=' if figure.at_least else '<='} {figure.goal:.4g}{unit}"


def verdict(figure: Figure) -> str:
    """Return one word for people; empty where nothing is asked."""
    return {True: "held", False: "MISSED", None: ""}[figure.held]


def _cells(figure: Figure) -> tuple[str, ...]:
    alone = figure.least == figure.most
    return (
        figure.name,
        f"{number(figure.value)} {figure.unit}",
        "" if alone else f"{number(figure.least)} to {number(figure.most)}",
        "" if figure.limit is None else f"{number(figure.limit)} {figure.unit}",
        "" if figure.ratio is None else f"{figure.ratio:.2f}",
        asked(figure),
        verdict(figure),
        figure.of,
    )


def to_json(report: Report) -> str:
    """Return a report as the text of a file."""
    figures = [
        {
            "bench": one.bench,
            **asdict(one.figure),
            "ratio": one.figure.ratio,
            "held": one.figure.held,
        }
        for one in report.measured
    ]
    content = {
        "schema": SCHEMA,
        "version": report.version,
        "at": report.at.isoformat(timespec="seconds"),
        "machine": asdict(report.machine),
        "figures": figures,
        "skipped": [asdict(one) for one in report.skipped],
    }
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


@dataclass(frozen=True, slots=True)
class _Row:
    """A figure in a file; what follows from the others is not read."""

    bench: str
    name: str
    value: Finite
    unit: str
    least: Finite
    most: Finite
    limit: Finite | None
    of: str
    goal: Finite | None
    at_least: bool


@dataclass(frozen=True, slots=True)
class _File:
    schema: Literal["gridwatch.bench/1"]
    version: str
    at: AwareDatetime
    machine: Machine
    figures: Sequence[_Row]
    skipped: Sequence[Skipped]


_FILE = TypeAdapter(_File)


def read_report(path: Path) -> Report:
    """Return the report of a file.

    Raises:
        ConfigError: It cannot be read, or is none.
    """
    remedy = "give a file that 'gridwatch bench --json' has written"
    try:
        read = _FILE.validate_json(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); {remedy}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"]) or "file"
        raise ConfigError(f"{path}: {key}: {first['msg']}; {remedy}") from error
    measured = [Measured(row.bench, _figure(row)) for row in read.figures]
    return Report(read.version, read.machine, read.at, measured, read.skipped)


def _figure(row: _Row) -> Figure:
    return Figure(
        row.name,
        row.value,
        row.unit,
        row.least,
        row.most,
        limit=row.limit,
        of=row.of,
        goal=row.goal,
        at_least=row.at_least,
    )
