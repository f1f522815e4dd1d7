#!/usr/bin/env python3
"""Bring docs/performance.md and its chart up to date with docs/performance.json.

``gridwatch bench --json docs/performance.json`` measures; this writes the tables between the page's
two marks. With ``--check`` nothing is written, and what is not up to date ends it with 1.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from edge.bench.catalogue import CATALOGUE
from edge.bench.chart import chart
from edge.bench.report import Measured, Report, asked, missing, number, read_report, verdict

DOCS = Path(__file__).resolve().parent.parent / "docs"
JSON, PAGE, CHART = "performance.json", "performance.md", "images/performance.svg"
BEGIN, END = "<!-- measured -->\n", "<!-- end of measured -->\n"
LEFT_OUT = {"console": re.compile(r", (p95|CPU)$|^/api/")}
"""Names of figures that are in the file only."""

DOES = {one.name: one.does for one in CATALOGUE}


def main() -> int:
    """Write what differs, or tell it; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, end with 1 instead")
    parser.add_argument("--docs", type=Path, default=DOCS, metavar="DIR", help="where they are")
    given = parser.parse_args()
    report = read_report(given.docs / JSON)
    before, rest = (given.docs / PAGE).read_text(encoding="utf-8").split(BEGIN)
    _, after = rest.split(END)
    wanted = {
        given.docs / PAGE: before + BEGIN + "\n".join(tables(report)) + "\n" + END + after,
        given.docs / CHART: chart(report),
    }
    stale = [path for path, text in wanted.items() if not _says(path, text)]
    for path in stale:
        if given.check:
            sys.stderr.write(f"{path.name}: is not up to date; run scripts/performance-page.py\n")
        else:
            path.write_text(wanted[path], encoding="utf-8")
    return int(given.check and bool(stale))


def tables(report: Report) -> Iterator[str]:
    """Yield the lines of a table for each bench."""
    yield f"gridwatch {report.version}, {report.machine.line}, {report.at:%Y-%m-%d %H:%M} UTC."
    for bench, measured in groupby(report.measured, lambda one: one.bench):
        yield f"\n### `{bench}`: {DOES[bench]}\n"
        yield "| measured | median | repeats | limit | ratio | asked | |"
        yield "|---|---|---|---|---|---|---|"
        left_out = LEFT_OUT.get(bench)
        yield from (
            _row(one) for one in measured if not (left_out and left_out.search(one.figure.name))
        )
    yield ""
    yield from missing(report)


def _row(one: Measured) -> str:
    figure = one.figure
    spread = figure.least != figure.most
    limit = f"{number(figure.limit)}: {figure.of}" if figure.limit is not None else figure.of
    cells = (
        figure.name,
        f"{number(figure.value)} {figure.unit}",
        f"{number(figure.least)} to {number(figure.most)}" if spread else "",
        limit,
        "" if figure.ratio is None else f"{figure.ratio:.2f}",
        asked(figure),
        verdict(figure),
    )
    return f"| {' | '.join(cells)} |"


def _says(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
