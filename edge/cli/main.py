"""The command ``gridwatch``: reads the arguments, runs one command, returns its exit code."""

import argparse
import importlib
import sys
from collections.abc import Sequence

from edge.errors import TOLD, exit_code

COMMANDS = {
    "run": "the service",
    "check": "validate the configuration, and what it names",
    "config": "what the configuration was: history, diff, rollback",
    "replay": "run cameras on recordings, as fast as possible",
    "demo": "see it work: no camera, no broker, no configuration",
    "models": "the networks: list, pull, verify",
    "outbox": "what waits for whom: status, retry, export",
    "commands": "what the platform asks of the box: list, sign",
    "residents": "the registered people",
    "users": "who may sign in to the console",
    "audit": "whether anybody has changed the record of what was done",
    "evidence": "what shows an incident: verify, hold, release",
    "eval": "measured accuracy",
    "bench": "measured speed",
}

INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code: 0, or one of design 6.1."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(
        prog="gridwatch", description="Watches the gates and streets of a residential grid."
    )
    parser.add_argument("--version", action="version", version=f"gridwatch {_version()}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    # Only the command that is wanted is imported: --help answers at once.
    wanted = next((word for word in arguments if word in COMMANDS), None)
    for name, purpose in COMMANDS.items():
        command = commands.add_parser(
            name, help=purpose, description=f"gridwatch {name}: {purpose}"
        )
        if name == wanted:
            importlib.import_module(f"edge.cli.{name}_command").add_arguments(command)
    parsed = parser.parse_args(arguments)
    try:
        return int(parsed.run(parsed))
    except KeyboardInterrupt:
        sys.stderr.write("gridwatch: interrupted\n")
        return INTERRUPTED
    except BrokenPipeError:
        return 1
    except TOLD as error:
        sys.stderr.write(f"gridwatch: {error}\n")
        return exit_code(error)


def _version() -> str:
    from importlib.metadata import version  # noqa: PLC0415 - only for --version

    return version("gridwatch")
