"""``gridwatch check``: is the configuration right, and is the box fit to run it?"""

import argparse
from pathlib import Path

from edge.cli.options import add_config, config_path, table


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    add_config(parser)
    parser.add_argument(
        "--probe", action="store_true", help="also open every camera and log in to the broker"
    )
    parser.add_argument(
        "--picture",
        type=Path,
        metavar="OUT.png",
        help="draw the zones on a live picture of the camera; of several, one file for each",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print a table; return 0, or the exit code of the first part that is not fit."""
    from edge.bootstrap.inspection import inspect  # noqa: PLC0415 - heavy
    from edge.settings import load_settings  # noqa: PLC0415

    path = config_path(arguments.config)
    settings = load_settings(path)
    findings = list(inspect(settings, probe=arguments.probe, picture=arguments.picture))
    rows = [("configuration", "ok", str(path))]
    rows += [(one.part, one.word, one.text) for one in findings]
    print(table(("part", "", "finding"), rows))
    return next((one.code for one in findings if one.code), 0)
