"""``gridwatch models``: the networks, where they come from and what their licences allow."""

import argparse
from typing import TYPE_CHECKING

from edge.cli.options import download_bars, table

if TYPE_CHECKING:
    from models.catalog import Catalog
    from models.depot import Depot
    from models.sources import Progress

DEFAULTS = ("open", "yolox-nano")
"""The face pack and the street's network of the default configuration."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="every network of the catalogue").set_defaults(run=run_list)
    pull = actions.add_parser("pull", help="fetch networks; names of files or packs")
    pull.add_argument("names", nargs="*", metavar="NAME", help=f"default: {' '.join(DEFAULTS)}")
    pull.add_argument(
        "--accept-noncommercial",
        action="store_true",
        help="your use is non-commercial, where a licence asks for that",
    )
    pull.set_defaults(run=run_pull)
    verify = actions.add_parser("verify", help="check size and SHA-256 of what is here")
    verify.add_argument("names", nargs="*", metavar="NAME", help="default: all that are here")
    verify.set_defaults(run=run_verify)


def run_list(_: argparse.Namespace) -> int:
    """Print the catalogue."""
    from models.catalog import load_catalog  # noqa: PLC0415 - heavy
    from models.depot import Depot  # noqa: PLC0415

    catalog, depot = load_catalog(), Depot()
    rows = [
        (
            entry.name,
            entry.task,
            f"{entry.bytes / 1e6:.1f} MB",
            entry.licence,
            "yes" if entry.commercial else "no",
            depot.inspect(entry).condition,
            entry.sha256[:12],
            str(entry.sources[0]),
        )
        for entry in catalog.entries.values()
    ]
    header = ("name", "task", "size", "licence", "commercial", "here", "sha256", "first source")
    print(table(header, rows))
    packs = [f"{p.name} = {p.detector} + {p.recogniser}" for p in catalog.packs.values()]
    print("\nface packs: " + "; ".join(packs))
    print(f"folder: {depot.root}")
    return 0


def run_pull(arguments: argparse.Namespace) -> int:
    """Fetch what is not there."""
    from models.catalog import load_catalog  # noqa: PLC0415 - heavy
    from models.depot import Depot  # noqa: PLC0415

    catalog, depot = load_catalog(), Depot()
    names = arguments.names or list(DEFAULTS)
    for entry in catalog.expand(names):
        entry.require_licence(accept_noncommercial=arguments.accept_noncommercial)
    done: list[tuple[str, str]] = []
    with download_bars() as progress:
        for name in names:
            done += _pull(name, catalog, depot, progress)
    for name, how in done:
        print(f"{name}: {how}")
    return 0


def _pull(
    name: str, catalog: "Catalog", depot: "Depot", progress: "Progress"
) -> list[tuple[str, str]]:
    """Fetch one network and what it needs, or what takes its place where it cannot be had."""
    from models.errors import ModelFileError  # noqa: PLC0415 - heavy
    from models.objects import FALLBACK  # noqa: PLC0415

    failures: list[tuple[str, str]] = []
    for choice in FALLBACK.get(name, (name,)):
        try:
            done = [(one.name, depot.pull(one, progress)) for one in catalog.expand([choice])]
        except ModelFileError as error:
            failures.append((choice, str(error)))
        else:
            return [*((failed, f"not here: {why}") for failed, why in failures), *done]
    raise ModelFileError("; ".join(why for _, why in failures))


def run_verify(arguments: argparse.Namespace) -> int:
    """Check what is there; the first file that is wrong is the error."""
    from models.catalog import load_catalog  # noqa: PLC0415 - heavy
    from models.depot import Condition, Depot  # noqa: PLC0415

    catalog, depot = load_catalog(), Depot()
    entries = catalog.expand(arguments.names or list(catalog.entries))
    for entry in entries:
        found = depot.inspect(entry)
        if found.condition is Condition.ABSENT and not arguments.names:
            continue
        found.require_good()
        print(f"{entry.name}: good, {found.path}")
    return 0
