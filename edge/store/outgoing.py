"""How a message gets into the outbox: numbered and written in the transaction of its cause."""

import sqlite3
from dataclasses import dataclass, field
from datetime import datetime

from edge.domain.lane import Lane
from edge.store.connection import Connection
from edge.store.seq_mark import keep_mark


@dataclass(frozen=True, slots=True)
class Loose:
    """A message without a number: sent at least once, in order within its lane.

    Attributes:
        leaf: Topic below the box's own.
        correlation: What the receiver knows its question by.
    """

    leaf: str
    content_type: str
    payload: bytes = field(repr=False)
    lane: Lane = Lane.ALERT
    correlation: bytes | None = field(default=None, repr=False)


def next_seq(connection: sqlite3.Connection) -> int:
    """Count the box's next message; gapless, as it is undone with its transaction."""
    row = connection.execute(
        "UPDATE counters SET value = value + 1 WHERE name = 'seq' RETURNING value"
    ).fetchone()
    seq = int(row["value"])
    if isinstance(connection, Connection):
        connection.then(lambda: keep_mark(connection.path, seq))
    return seq


def enqueue(
    connection: sqlite3.Connection,
    seq: int | None,
    leaf: str,
    content_type: str,
    payload: bytes,
    *,
    created_at: datetime,
) -> None:
    """Put a message behind all others; without a ``seq`` if it is a picture."""
    connection.execute(
        "INSERT INTO outbox (seq, leaf, content_type, payload, created_at) VALUES (?, ?, ?, ?, ?)",
        (seq, leaf, content_type, payload, created_at.isoformat(timespec="milliseconds")),
    )


def post(connection: sqlite3.Connection, message: Loose, *, created_at: datetime) -> None:
    """Put a message without a number behind those of its lane; inside a transaction."""
    connection.execute(
        "INSERT INTO outbox (leaf, content_type, payload, created_at, lane, correlation)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            message.leaf,
            message.content_type,
            message.payload,
            created_at.isoformat(timespec="milliseconds"),
            message.lane,
            message.correlation,
        ),
    )
