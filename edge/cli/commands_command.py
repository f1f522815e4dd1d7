"""``gridwatch commands``: what the platform asked of the box, and how it signs what it asks."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from edge.cli.options import add_config, settings_of, table
from edge.errors import ConfigError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command and its parts."""
    parts = parser.add_subparsers(dest="part", required=True, metavar="PART")
    listed = parts.add_parser("list", help="what was taken, the latest first, and what was refused")
    listed.add_argument("--limit", type=int, default=20, metavar="N", help="rows; default 20")
    listed.set_defaults(run=run_list)
    add_config(listed)
    sign = parts.add_parser("sign", help="print a signed command, as the platform sends it")
    sign.add_argument("name", metavar="NAME", help="config.get, case.status ...")
    sign.add_argument(
        "--key", type=Path, required=True, metavar="FILE", help="Ed25519 private key, PEM"
    )
    sign.add_argument(
        "--signer", required=True, metavar="NAME", help="the key's name in the box's commands.keys"
    )
    sign.add_argument("--box", required=True, metavar="ID", help="box.id of the box that is asked")
    sign.add_argument("--body", metavar="JSON", help="what is asked, or @FILE; default {}")
    sign.add_argument("--valid", default="10m", metavar="TIME", help="for so long; default 10m")
    sign.set_defaults(run=run_sign)


def run_list(arguments: argparse.Namespace) -> int:
    """Print two tables."""
    from edge.bootstrap.ways.commands import open_store  # noqa: PLC0415 - heavy
    from edge.clock import SystemClock  # noqa: PLC0415

    store = open_store(settings_of(arguments), SystemClock())
    rows = [
        (
            one.id,
            one.name,
            one.signer,
            one.taken_at.isoformat(timespec="seconds"),
            " ".join(filter(None, (one.outcome.state, one.outcome.code))),
        )
        for one in store.latest(limit=arguments.limit)
    ]
    print(table(("id", "name", "signed by", "taken at", "outcome"), rows))
    tally = store.tally()
    counts = [
        (state, code, str(count))
        for state, by_code in (("refused", tally.refused), ("failed", tally.failed))
        for code, count in by_code.items()
    ]
    if counts:
        print()
        print(table(("outcome", "why", "times"), counts))
    store.close()
    return 0


def run_sign(arguments: argparse.Namespace) -> int:
    """Print an envelope, without an end of line: it is the payload of an MQTT message."""
    from datetime import timedelta  # noqa: PLC0415 - only here
    from uuid import uuid4  # noqa: PLC0415

    from edge.clock import SystemClock  # noqa: PLC0415
    from edge.commands.envelope import make_envelope  # noqa: PLC0415
    from edge.commands.reading import SCHEMA  # noqa: PLC0415
    from edge.settings.values import parse_duration_s  # noqa: PLC0415
    from edge.wire.text import encode, timestamp  # noqa: PLC0415

    now = SystemClock().utc()
    try:
        valid = timedelta(seconds=parse_duration_s(arguments.valid))
    except ValueError as error:
        raise ConfigError(f"--valid: {error}") from error
    content = encode(
        {
            "schema": SCHEMA,
            "id": str(uuid4()),
            "box_id": arguments.box,
            "name": arguments.name,
            "issued_at": timestamp(now),
            "expires_at": timestamp(now + valid),
            "body": _body(arguments.body),
        }
    )
    sign = _private_key(arguments.key).sign
    sys.stdout.buffer.write(make_envelope(content, sign, signer=arguments.signer))
    sys.stdout.flush()
    return 0


def _body(given: str | None) -> dict[str, object]:
    from edge.commands.bounded import read_object  # noqa: PLC0415

    if given is None:
        return {}
    try:
        content = Path(given[1:]).read_bytes() if given.startswith("@") else given.encode()
        return read_object(content)
    except OSError as error:
        raise ConfigError(f"--body: {given[1:]} cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise ConfigError(f"--body: {error}; give a JSON object") from error


def _private_key(path: Path) -> "Ed25519PrivateKey":
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - heavy
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
        Ed25519PrivateKey,
    )
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigError(
            f"{path}: is no Ed25519 private key in PEM form without a password; make one with "
            f"'openssl genpkey -algorithm ed25519 -out {path}'"
        )
    return key
