"""``gridwatch outbox``: what waits for whom, and whether every message is accounted for."""

import argparse
import contextlib
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from edge.cli.options import add_config, settings_of, table
from edge.errors import ConfigError

if TYPE_CHECKING:
    from edge.domain.receipt import Span
    from edge.domain.sink import SinkState
    from edge.store.gaps import GapAudit

HEAD = (
    "sink",
    "alerts",
    "street",
    "passages",
    "upkeep",
    "pictures",
    "no receipt",
    "parked",
    "oldest",
    "state",
)
MOST_SPANS = 20
MINUTE_S, HOUR_S = 60, 3600


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command and its parts."""
    parts = parser.add_subparsers(dest="part", required=True, metavar="PART")
    status = parts.add_parser(
        "status", help="what waits for each sink; exit 1 if a number is not accounted for"
    )
    status.add_argument("--json", action="store_true", help="for machines")
    add_config(status)
    status.set_defaults(run=run_status)
    retry = parts.add_parser("retry", help="let messages that were refused wait again")
    retry.add_argument("--sink", metavar="NAME", help="of this sink alone, as status names it")
    add_config(retry)
    retry.set_defaults(run=run_retry)
    export = parts.add_parser("export", help="messages as JSON lines, to be handed on")
    export.add_argument("--from", dest="first", type=int, metavar="SEQ", help="the first number")
    export.add_argument("--to", dest="last", type=int, metavar="SEQ", help="the last number")
    export.add_argument(
        "--parked", metavar="SINK", help="what a sink has refused, instead of a range"
    )
    export.add_argument("--out", type=Path, metavar="FILE", help="default: standard output")
    add_config(export)
    export.set_defaults(run=run_export)


def run_status(arguments: argparse.Namespace) -> int:
    """Print a row for each sink, and what is not accounted for; return 1 if there is any."""
    from edge.bootstrap.parts import journal_path  # noqa: PLC0415 - heavy
    from edge.clock import SystemClock  # noqa: PLC0415
    from edge.store.gaps import audit_gaps  # noqa: PLC0415
    from edge.store.sinks import Sinks  # noqa: PLC0415

    path, clock = journal_path(settings_of(arguments)), SystemClock()
    with contextlib.closing(Sinks(path, clock)) as sinks:
        states = sinks.states()
    audit = audit_gaps(path)
    if arguments.json:
        print(json.dumps(_as_json(states, audit), ensure_ascii=False, indent=2))
    else:
        now = clock.utc()
        print(
            table(
                HEAD,
                [
                    _row(one, (now - one.oldest_at).total_seconds() if one.oldest_at else None)
                    for one in states
                ],
            )
        )
        sys.stdout.writelines(f"{line}\n" for line in _findings(audit))
    return int(not audit.clean)


def run_retry(arguments: argparse.Namespace) -> int:
    """Let what was refused wait again and print how many messages that are."""
    from edge.bootstrap.parts import journal_path  # noqa: PLC0415 - heavy
    from edge.clock import SystemClock  # noqa: PLC0415
    from edge.store.sinks import Sinks  # noqa: PLC0415

    path = journal_path(settings_of(arguments))
    with contextlib.closing(Sinks(path, SystemClock())) as sinks:
        wanted = None if arguments.sink is None else [_known(arguments.sink, sinks.names())]
        print(f"{sinks.retry_parked(wanted)} messages wait again")
    return 0


def run_export(arguments: argparse.Namespace) -> int:
    """Write messages as JSON lines."""
    from edge.bootstrap.parts import journal_path  # noqa: PLC0415 - heavy
    from edge.store.gaps import messages_of  # noqa: PLC0415

    path = journal_path(settings_of(arguments))
    count = 0
    with _written(arguments.out) as file:
        for message in messages_of(path, _wanted(arguments, path)):
            file.write(message.payload.decode() + "\n")
            count += 1
    sys.stderr.write(f"{count} messages\n")
    return 0


def _wanted(arguments: argparse.Namespace, path: Path) -> "list[Span]":
    from edge.clock import SystemClock  # noqa: PLC0415
    from edge.domain.receipt import Span  # noqa: PLC0415
    from edge.store.gaps import parked_spans  # noqa: PLC0415
    from edge.store.sinks import Sinks  # noqa: PLC0415

    if arguments.parked is not None:
        with contextlib.closing(Sinks(path, SystemClock())) as sinks:
            return parked_spans(path, _known(arguments.parked, sinks.names()))
    if arguments.first is None or arguments.last is None or arguments.first > arguments.last:
        raise ConfigError("outbox export: give --from and --to, or --parked")
    return [Span(arguments.first, arguments.last)]


def _known(name: str, names: Sequence[str]) -> str:
    if name not in names:
        raise ConfigError(f"no sink has the name {name!r}; there are: {', '.join(names)}")
    return name


@contextlib.contextmanager
def _written(path: Path | None) -> Iterator[TextIO]:
    if path is None:
        yield sys.stdout
        return
    try:
        with path.open("x", encoding="utf-8") as file:
            yield file
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be written ({error.strerror}); give another file"
        ) from error


def _row(state: "SinkState", oldest_s: float | None) -> tuple[str, ...]:
    return (
        state.name,
        *(str(count) for _, count in sorted(state.waiting.items())),
        str(state.loose),
        str(state.awaiting),
        str(state.parked),
        "-" if oldest_s is None else _age(oldest_s),
        state.error or "ok",
    )


def _age(seconds: float) -> str:
    if seconds < MINUTE_S:
        return f"{max(seconds, 0):.0f} s"
    if seconds < HOUR_S:
        return f"{seconds / MINUTE_S:.0f} min"
    return f"{seconds / HOUR_S:.1f} h"


def _findings(audit: "GapAudit") -> Iterator[str]:
    if audit.clean:
        yield f"all numbers from 1 to {audit.last} are accounted for"
    yield from _listed("no message has the number", audit.missing)
    yield from _listed("the content is lost of", audit.silent)
    for one in audit.accounts:
        yield from _listed(f"{one.sink} may or may not have", one.unknown)


def _listed(what: str, found: "Sequence[Span]") -> Iterator[str]:
    for span in found[:MOST_SPANS]:
        yield f"{what} {span.first}" + (f" to {span.last}" if span.last > span.first else "")
    if len(found) > MOST_SPANS:
        yield f"... and {len(found) - MOST_SPANS} more"


def _as_json(states: "Sequence[SinkState]", audit: "GapAudit") -> dict[str, object]:
    from dataclasses import asdict  # noqa: PLC0415

    from edge.wire.sinks import sink_part  # noqa: PLC0415

    return {"sinks": [sink_part(one) for one in states], "audit": asdict(audit)}
