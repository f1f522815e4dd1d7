"""Who did what to whose registration: append-only, each row chained to the one before it."""

import csv
import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import asdict, astuple, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import TextIO

from edge.errors import StoreError
from edge.store.audit_seal import End, Seal, open_seal
from edge.store.database import transaction

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


COLUMNS = tuple(field.name for field in fields(AuditRow))
SELECT = (
    "SELECT number, "
    + ", ".join(f"CAST({name} AS BLOB)" for name in COLUMNS if name != "number")
    + " FROM audit"
)
"""As bytes: a changed byte may make a text unreadable, and that must be told as such."""


def append(
    connection: sqlite3.Connection,
    *,
    at: datetime,
    actor: str,
    act: str,
    subject: str,
    result: str,
    seal: Seal | None = None,
) -> None:
    """Write one row; inside the transaction of the act itself.

    Args:
        connection: Of the audit's file.
        at: When it was done.
        actor: By whom.
        act: What.
        subject: To what or whom.
        result: How it ended.
        seal: Of the audit's end; where rows were cut off, the gap stays for good.
    """
    number, previous = _last(connection)
    end = seal.read(connection) if seal else None
    if end is not None and end.confirmed and end.number > number:
        number, previous = end.number, end.sha256
    row = (number + 1, at.isoformat(timespec="milliseconds"), actor, act, subject, result)
    sha256 = _chained(previous, row)
    connection.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?)", (*row, sha256))
    if seal is not None:
        seal.write(connection, number + 1, sha256, confirmed=end is not None and end.confirmed)


def rows(connection: sqlite3.Connection) -> Iterator[AuditRow]:
    """Yield all rows, oldest first."""
    for row in connection.execute(f"{SELECT} ORDER BY number"):
        yield row_of(row)


def row_of(row: sqlite3.Row) -> AuditRow:
    """Return a row of ``SELECT``, also one whose text somebody made unreadable."""
    number, *texts = row
    return AuditRow(number, *(text.decode(errors="backslashreplace") for text in texts))


def first_broken(all_rows: Iterable[AuditRow]) -> int | None:
    """Return the number of the first row that was changed or lost, None if all are as written.

    Rows cut off at the end leave no gap: keep the last number and hash of an export elsewhere.
    """
    previous, expected = BEGINNING, 1
    for row in all_rows:
        content = (row.number, row.at, row.actor, row.act, row.subject, row.result)
        if row.number != expected or row.sha256 != _chained(previous, content):
            return expected
        previous, expected = row.sha256, expected + 1
    return None


def open_sealed(connection: sqlite3.Connection, key: Path) -> Seal:
    """Return the seal of an audit's end; an audit that never had one is sealed as it is.

    That it had one is told by the key: who can only change the database cannot take that away.

    Args:
        connection: Of the audit's file.
        key: The file of the seal's key, of this audit alone.

    Raises:
        StoreError: File or key cannot be used.
    """
    if key.exists():
        return open_seal(key)
    try:
        with transaction(connection):  # who comes second waits, and then finds the key
            if not key.exists():
                open_seal(key).begin(connection, *_last(connection))
    except StoreError:
        key.unlink(missing_ok=True)  # or what could not be sealed would look tampered with
        raise
    return open_seal(key)


def first_broken_or_cut(connection: sqlite3.Connection, seal: Seal) -> int | None:
    """Return the number of the first row that was changed, lost or cut off, None if none was.

    Args:
        connection: Of the audit's file, outside a transaction.
        seal: Of its end.

    Raises:
        StoreError: The file is damaged.
    """
    # One look at all of it, or a row that is written meanwhile would look cut off.
    connection.execute("BEGIN")
    try:
        end = seal.read(connection)
        written = list(rows(connection))
    finally:
        connection.execute("ROLLBACK")
    broken = first_broken(written)
    if broken is not None:
        return broken
    number, sha256 = (written[-1].number, written[-1].sha256) if written else (0, BEGINNING)
    return None if end == End(number, sha256, confirmed=True) else number + 1


def write_csv(all_rows: Iterable[AuditRow], file: TextIO) -> None:
    """Write rows as CSV with a heading."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(astuple(row) for row in all_rows)


def write_json_lines(all_rows: Iterable[AuditRow], file: TextIO) -> None:
    """Write rows as one JSON object a line."""
    for row in all_rows:
        file.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")


def read_export(file: TextIO) -> Iterator[AuditRow]:
    """Yield the rows of an export in either form, to be checked with ``first_broken``.

    Raises:
        ValueError: The file is no export.
    """
    heading = file.readline()
    if heading.startswith("{"):
        lines = [heading, *file]
        try:
            yield from (AuditRow(**json.loads(line)) for line in lines)
        except TypeError as error:
            raise ValueError("the file is no export of audit rows") from error
    elif heading.strip().split(",") == list(COLUMNS):
        for number, *rest in csv.reader(file):
            yield AuditRow(int(number), *rest)
    else:
        raise ValueError("the file is no export of audit rows")


def _last(connection: sqlite3.Connection) -> tuple[int, str]:
    last = connection.execute("SELECT number, sha256 FROM audit ORDER BY number DESC").fetchone()
    return (last["number"], last["sha256"]) if last else (0, BEGINNING)


def _chained(previous: str, row: tuple[int, str, str, str, str, str]) -> str:
    text = json.dumps([previous, *row], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
