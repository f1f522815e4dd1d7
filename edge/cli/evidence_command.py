"""``gridwatch evidence``: verify what shows an incident, hold it, release it."""

import argparse
import getpass
import sys
from pathlib import Path

from edge.cli.options import add_config, settings_of, table
from edge.errors import ConfigError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command and its parts."""
    parts = parser.add_subparsers(dest="part", required=True, metavar="PART")
    verify = parts.add_parser("verify", help="compare files, manifests and the box's records")
    verify.add_argument(
        "what",
        nargs="?",
        metavar="PATH|INCIDENT",
        help="a folder of evidence; with --config an incident's id, or nothing for all of the box",
    )
    verify.add_argument(
        "--key", type=Path, metavar="FILE", help="the box's public key; default: found beside"
    )
    add_config(verify)
    verify.set_defaults(run=run_verify)
    hold = parts.add_parser("hold", help="let nothing of an incident be purged")
    hold.add_argument("incident", metavar="ID")
    hold.add_argument("--reason", required=True, help="why; told in the console and kept")
    add_config(hold)
    hold.set_defaults(run=run_hold)
    release = parts.add_parser("release", help="end a hold")
    release.add_argument("incident", metavar="ID")
    add_config(release)
    release.set_defaults(run=run_release)


def run_verify(arguments: argparse.Namespace) -> int:
    """Print what is wrong; return 0 if nothing is, else 1."""
    from edge.bootstrap.evidence import verify_box, verify_path  # noqa: PLC0415 - heavy

    if arguments.what is not None and Path(arguments.what).is_dir():
        found = list(verify_path(Path(arguments.what), arguments.key))
    elif arguments.what is not None and arguments.config is None:
        raise ConfigError(
            f"{arguments.what}: there is no such folder; for an incident's id give --config"
        )
    else:
        found = list(verify_box(settings_of(arguments), arguments.what, arguments.key))
    rows = [(one.incident_id, p.fault, p.name, p.detail) for one in found for p in one.problems]
    if rows:
        print(table(("incident", "fault", "file", "finding"), rows))
    files, purged = sum(one.files for one in found), sum(one.purged for one in found)
    bad = sum(not one.sound for one in found)
    sys.stderr.write(
        f"{len(found)} incidents, {files} files as signed, {purged} purged and recorded,"
        f" {bad} incidents with faults\n"
    )
    return 1 if bad else 0


def run_hold(arguments: argparse.Namespace) -> int:
    """Hold an incident's evidence."""
    from edge.bootstrap.evidence import known_incident, open_evidence  # noqa: PLC0415 - heavy

    store = open_evidence(settings_of(arguments))
    known_incident(store, arguments.incident)
    if not store.hold(arguments.incident, reason=arguments.reason, by=getpass.getuser()):
        raise ConfigError(f"incident {arguments.incident} is held already; release it first")
    print(f"incident {arguments.incident} is held")
    return 0


def run_release(arguments: argparse.Namespace) -> int:
    """Release an incident's evidence."""
    from edge.bootstrap.evidence import known_incident, open_evidence  # noqa: PLC0415 - heavy

    store = open_evidence(settings_of(arguments))
    known_incident(store, arguments.incident)
    if not store.release(arguments.incident, by=getpass.getuser()):
        raise ConfigError(f"incident {arguments.incident} is not held; there is nothing to release")
    print(f"incident {arguments.incident} is released")
    return 0
