"""``gridwatch audit``: whether anybody has changed the record of what was done."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from edge.cli.options import add_config, settings_of, table
from edge.errors import ConfigError

INTACT = "intact"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command and its parts."""
    parts = parser.add_subparsers(dest="part", required=True, metavar="PART")
    verify = parts.add_parser(
        "verify",
        help="find the first row that was changed or lost; exit 0 intact, 1 broken, 2 unusable",
    )
    verify.add_argument(
        "export", nargs="?", type=Path, metavar="FILE", help="an export instead of the box's own"
    )
    verify.add_argument(
        "--end",
        metavar="NUMBER:SHA256",
        help="a row noted earlier, as this command prints the last one; it must still be there",
    )
    add_config(verify)
    verify.set_defaults(run=run_verify)


def run_verify(arguments: argparse.Namespace) -> int:
    """Print each chain and its first broken row; return 1 if there is one."""
    if arguments.export is not None:
        return _told([("export", _first_broken_of_export(arguments.export))])
    from edge.bootstrap.web.people import (  # noqa: PLC0415 - heavy
        accounts_of,
        actor,
        first_broken_of_residents,
    )

    settings = settings_of(arguments)
    with accounts_of(settings) as accounts:
        console = accounts.first_broken_audit_row()
        if console is None and arguments.end is not None:
            console = _first_lost(arguments.end, accounts.audit_hash)
        residents = first_broken_of_residents(settings)
        number, sha256 = accounts.audit_end()
        accounts.audit(
            actor(), "audit.verify", "audit", "ok" if console is residents is None else "broken"
        )
    sys.stderr.write(f"the console's last row, to be noted elsewhere: {number}:{sha256}\n")
    return _told([("console", console), ("residents", residents)])


def _told(chains: list[tuple[str, int | None]]) -> int:
    rows = [(name, INTACT if row is None else f"broken at row {row}") for name, row in chains]
    print(table(("chain", "finding"), rows))
    return int(any(row is not None for _, row in chains))


def _first_lost(noted: str, hash_of: Callable[[int], str | None]) -> int | None:
    number, _, sha256 = noted.partition(":")
    if not number.isdecimal() or not sha256:
        raise ConfigError(f"--end {noted}: is no row; give it as it was printed, NUMBER:SHA256")
    return None if hash_of(int(number)) == sha256 else int(number)


def _first_broken_of_export(path: Path) -> int | None:
    from edge.store.audit import first_broken, read_export  # noqa: PLC0415

    try:
        with path.open(encoding="utf-8", newline="") as file:
            return first_broken(read_export(file))
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read ({error.strerror}); give the right path"
        ) from error
    except ValueError as error:
        raise ConfigError(f"{path}: {error}; export it from the page Audit") from error
