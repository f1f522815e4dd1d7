"""``gridwatch replay``: cameras on recordings, as fast as possible."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from edge.cli.options import add_config, settings_of, writable
from edge.errors import ConfigError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    add_config(parser)
    parser.add_argument(
        "--camera",
        action="append",
        default=[],
        metavar="ID=FILE",
        help="recording of a camera; may be given several times",
    )
    parser.add_argument(
        "--start",
        metavar="TIME",
        help="wall time of the first frame, like 2026-11-24T18:00+08:00; default: 2026-01-01 UTC",
    )
    parser.add_argument("--json", type=Path, metavar="OUT", help="messages go to this file")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write each outgoing message as one line of JSON, and a summary to standard error."""
    from edge.logs import configure_logging  # noqa: PLC0415 - heavy
    from edge.replay import DEFAULT_START, replay  # noqa: PLC0415

    configure_logging()
    recordings = dict(_pair(text) for text in arguments.camera)
    start = _moment(arguments.start) if arguments.start else DEFAULT_START
    replayed = replay(
        settings_of(arguments),
        recordings,
        start=start,
        progress=lambda camera_id: print(f"replaying {camera_id}", file=sys.stderr),
    )
    text = b"".join(line + b"\n" for line in replayed.lines)
    if arguments.json is None:
        sys.stdout.buffer.write(text)
        sys.stdout.flush()
    else:
        with writable("--json", arguments.json):
            arguments.json.write_bytes(text)
    found = {**replayed.decisions, **replayed.incidents}
    told = ", ".join(f"{count} {name}" for name, count in sorted(found.items()))
    print(
        f"{replayed.seconds:.1f} s of stream time, {len(replayed.lines)} messages: "
        f"{told or 'nothing happened'}",
        file=sys.stderr,
    )
    return 0


def _pair(text: str) -> tuple[str, Path]:
    name, separator, path = text.partition("=")
    if not separator or not path:
        raise ConfigError(f"--camera {text}: write it like gate-east=recording.mp4")
    return name, Path(path)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"--start {text}: write it like 2026-11-24T18:00+08:00") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
