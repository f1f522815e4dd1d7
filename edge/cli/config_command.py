"""``gridwatch config``: what the configuration was, what changed, and back to it."""

import argparse
import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from edge.cli.options import add_config, config_path, table
from edge.errors import ConfigError

if TYPE_CHECKING:
    from edge.bootstrap.configuration.history import History


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command and its parts."""
    parts = parser.add_subparsers(dest="part", required=True, metavar="PART")
    history = parts.add_parser("history", help="the states that were accepted, the latest first")
    history.set_defaults(run=run_history)
    diff = parts.add_parser("diff", help="what a state changed of the one before")
    diff.add_argument("state", type=int, metavar="STATE", help="its number in the history")
    diff.set_defaults(run=run_diff)
    rollback = parts.add_parser("rollback", help="make the file what it was")
    rollback.add_argument("state", type=int, metavar="STATE", help="its number in the history")
    rollback.set_defaults(run=run_rollback)
    for part in (history, diff, rollback):
        add_config(part)
        part.add_argument(
            "--home",
            type=Path,
            metavar="DIR",
            help="box.home; only needed if the file is too broken to say it",
        )


def run_history(arguments: argparse.Namespace) -> int:
    """Print the states."""
    rows = [
        (str(one.id), one.saved_at.isoformat(timespec="seconds"), one.by, one.version, one.remark)
        for one in _history(arguments).states()
    ]
    print(table(("state", "saved at", "by", "version", "remark"), rows))
    return 0


def run_diff(arguments: argparse.Namespace) -> int:
    """Print a unified diff without secrets."""
    from edge.settings.secrecy import difference  # noqa: PLC0415 - heavy

    pair = _history(arguments).pair(arguments.state)
    if pair is None:
        raise _unknown(arguments.state)
    print(difference(*pair))
    return 0


def run_rollback(arguments: argparse.Namespace) -> int:
    """Write the file as it was, if it is still valid; the service follows on SIGHUP."""
    from edge.bootstrap.configuration.history import write_whole  # noqa: PLC0415 - heavy
    from edge.settings.load import parse_settings  # noqa: PLC0415

    history, path = _history(arguments), config_path(arguments.config)
    text = history.text(arguments.state)
    if text is None:
        raise _unknown(arguments.state)
    parse_settings(path, text)
    write_whole(path, text)
    history.add(text, by=getpass.getuser(), remark=f"back to {arguments.state}")
    sys.stderr.write(
        f"{path} is as in state {arguments.state}; send SIGHUP to the service, or start it\n"
    )
    return 0


def _history(arguments: argparse.Namespace) -> "History":
    from edge.bootstrap.configuration.history import History  # noqa: PLC0415 - heavy
    from edge.clock import SystemClock  # noqa: PLC0415
    from edge.settings import load_settings  # noqa: PLC0415

    path = config_path(arguments.config)
    if arguments.home is not None:
        return History(arguments.home, SystemClock())
    try:
        home = load_settings(path).home
    except ConfigError as error:
        raise ConfigError(f"{error}; or say with --home where its history is") from error
    return History(home, SystemClock())


def _unknown(state: int) -> ConfigError:
    return ConfigError(f"there is no state {state}; see `gridwatch config history`")
