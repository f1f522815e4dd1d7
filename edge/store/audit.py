"""Who did what to whose registration: append-only, each row chained to the one before it."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

BEGINNING = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One act. ``subject`` is a pseudonym, never a name."""

    number: int
    at: str
    actor: str
    act: str
    subject: str
    result: str
    sha256: str


def append(
    connection: sqlite3.Connection,
    *,
    at: datetime,
    actor: str,
    act: str,
    subject: str,
    result: str,
) -> None:
    """Write one row; inside the transaction of the act itself."""
    last = connection.execute("SELECT number, sha256 FROM audit ORDER BY number DESC").fetchone()
    number, previous = (last["number"] + 1, last["sha256"]) if last else (1, BEGINNING)
    row = (number, at.isoformat(timespec="milliseconds"), actor, act, subject, result)
    connection.execute(
        "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?)", (*row, _chained(previous, row))
    )


def rows(connection: sqlite3.Connection) -> Iterator[AuditRow]:
    """Yield all rows, oldest first."""
    for row in connection.execute("SELECT * FROM audit ORDER BY number"):
        yield AuditRow(*row)


def first_broken(connection: sqlite3.Connection) -> int | None:
    """Return the number of the first row that was changed or lost, None if all are as written."""
    previous, expected = BEGINNING, 1
    for row in rows(connection):
        content = (row.number, row.at, row.actor, row.act, row.subject, row.result)
        if row.number != expected or row.sha256 != _chained(previous, content):
            return expected
        previous, expected = row.sha256, expected + 1
    return None


def _chained(previous: str, row: tuple[int, str, str, str, str, str]) -> str:
    text = json.dumps([previous, *row], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
