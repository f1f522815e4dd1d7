"""``gridwatch bench``: this machine's figures, each beside a limit measured in the same run."""

import argparse
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from edge.cli.options import download_bars, table, writable
from edge.errors import TOLD, ConfigError

if TYPE_CHECKING:  # networks and libraries come with them
    from edge.bench.catalogue import Bench, Means
    from edge.bench.report import Report
    from models.faces import FaceDetector, Picture
    from models.sources import Progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="of --list; default: all")
    parser.add_argument("--list", action="store_true", help="say what can be measured")
    parser.add_argument("--json", type=Path, metavar="OUT", help="figures as JSON")
    parser.add_argument("--svg", type=Path, metavar="OUT", help="figures as a chart")
    parser.add_argument(
        "--compare", type=Path, metavar="OLD", help="say what has changed since that JSON"
    )
    parser.add_argument(
        "--read", type=Path, metavar="FILE", help="take figures from that JSON, measure nothing"
    )
    parser.add_argument("--broker", metavar="URL", help="mqtt://host:port; default: our own")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure all that the catalogue has, or what is named of it."""
    # Whoever ends it ends what it has started, too, and has what was measured until then.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    from edge.bench.catalogue import CATALOGUE  # noqa: PLC0415 - heavy
    from edge.logs import keep_quiet  # noqa: PLC0415

    keep_quiet()
    return take(arguments, CATALOGUE)


def take(arguments: argparse.Namespace, catalogue: "Sequence[Bench]") -> int:
    """Measure, print tables, write files if asked.

    Raises:
        ConfigError: A name or a file is not what it should be.
        Exception: One of ``edge.errors.TOLD``: something is missing that a named bench needs.
    """
    from edge.bench.report import read_report  # noqa: PLC0415 - heavy

    if arguments.list:
        print(table(("bench", "measures"), [(one.name, one.does) for one in catalogue]))
        return 0
    benches = _wanted(arguments.names, catalogue)
    old = None if arguments.compare is None else read_report(arguments.compare)
    for option, path in (("--json", arguments.json), ("--svg", arguments.svg)):
        if path is not None:
            _require_writable(option, path)

    def tell(report: "Report") -> None:
        _tell(report, arguments, old)

    if arguments.read is None:
        _measure(benches, arguments, tell)
    else:
        tell(_of_benches(read_report(arguments.read), arguments.names))
    return 0


def _wanted(names: Sequence[str], catalogue: "Sequence[Bench]") -> "list[Bench]":
    known = [one.name for one in catalogue]
    for name in names:
        if name not in known:
            raise ConfigError(f"bench: there is no {name!r}; there are: {', '.join(known)}")
    return [one for one in catalogue if not names or one.name in names]


def _measure(
    benches: "Sequence[Bench]",
    arguments: argparse.Namespace,
    tell: "Callable[[Report], None]",
) -> None:
    """Take one bench after the other; tell what they found even if it ends before the last."""
    from edge.bench.machine import this_machine  # noqa: PLC0415 - heavy
    from edge.bench.measuring import measure  # noqa: PLC0415
    from edge.bench.report import Measured, Report, Skipped  # noqa: PLC0415

    measured, skipped = list[Measured](), list[Skipped]()
    report = Report(version("gridwatch"), this_machine(), datetime.now(UTC), measured, skipped)
    failed: Exception | None = None
    try:
        with download_bars() as progress:

            def means(folder: Path, skip: Callable[[str, str], None]) -> "Means":
                return _means(folder, skip, progress, arguments.broker)

            for bench in benches:
                sys.stderr.write(f"measuring {bench.name}: {bench.does}\n")
                try:
                    measured += measure(bench, means, skipped)
                except TOLD as error:
                    skipped.append(Skipped(bench.name, "", str(error)))
                    failed = failed or error
    finally:
        if measured or skipped:
            tell(report)
    if failed is not None and arguments.names:
        raise failed


def _means(
    folder: Path, skip: Callable[[str, str], None], progress: "Progress", broker: str | None
) -> "Means":
    from edge.bench.catalogue import Means  # noqa: PLC0415 - heavy
    from edge.demo.people import find_portraits  # noqa: PLC0415

    def portraits(detector: "FaceDetector") -> "list[Picture]":
        return [portrait.picture for portrait in find_portraits(detector)]

    return Means(
        folder=folder,
        progress=progress,
        skip=skip,
        portraits=portraits,
        broker=broker,
    )


def _tell(report: "Report", arguments: argparse.Namespace, old: "Report | None") -> None:
    """Print tables and write files."""
    from edge.bench import compare  # noqa: PLC0415 - heavy
    from edge.bench.chart import chart  # noqa: PLC0415
    from edge.bench.report import HEADER, missing, rows, to_json  # noqa: PLC0415

    print(f"gridwatch {report.version} on {report.machine.line}")
    print(table(HEADER, rows(report)))
    for line in missing(report):
        print(line)
    if old is not None:
        old = _of_benches(old, arguments.names)
        changes = compare.compare(old, report)
        print(f"\nsince {old.version} on {old.machine.line}, {old.at:%Y-%m-%d %H:%M} UTC")
        print(table(compare.HEADER, compare.rows(changes)))
        print(compare.summary(changes))
    if arguments.json is not None:
        with writable("--json", arguments.json):
            arguments.json.write_text(to_json(report), encoding="utf-8")
    if arguments.svg is not None:
        with writable("--svg", arguments.svg):
            arguments.svg.write_text(chart(report), encoding="utf-8")


def _of_benches(report: "Report", names: Sequence[str]) -> "Report":
    """Return what a report has of those benches; all of it where none is named."""
    own = [one for one in report.measured if not names or one.bench in names]
    return replace(report, measured=own)


def _require_writable(option: str, path: Path) -> None:
    """Try before anything is measured for minutes."""
    existed = path.exists()
    with writable(option, path):
        path.open("ab").close()
    if not existed:
        path.unlink()
