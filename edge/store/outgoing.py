"""How a message gets out: written down in the transaction of its cause."""

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
        still: Whether it is a picture, which is given up where there is no more room.
    """

    leaf: str
    content_type: str
    payload: bytes = field(repr=False)
    lane: Lane = Lane.ALERT
    correlation: bytes | None = field(default=None, repr=False)
    still: bool = False


def next_seq(connection: sqlite3.Connection) -> int:
    """Count the box's next message; gapless, as it is undone with its transaction."""
    row = connection.execute(
        "UPDATE counters SET value = value + 1 WHERE name = 'seq' RETURNING value"
    ).fetchone()
    seq = int(row["value"])
    if isinstance(connection, Connection):
        connection.then(lambda: keep_mark(connection.path, seq))
    return seq


def enlist(connection: sqlite3.Connection, seq: int, lane: Lane) -> None:
    """Tell a numbered message to all sinks; inside the transaction that writes what it says."""
    connection.execute("INSERT INTO messages (lane, seq) VALUES (?, ?)", (lane, seq))


def post(connection: sqlite3.Connection, message: Loose, *, created_at: datetime) -> None:
    """Put a message without a number behind those of its lane; inside a transaction."""
    connection.execute(
        "INSERT INTO outbox (lane, follows, leaf, content_type, bytes, still, created_at,"
        " correlation, payload) SELECT ?, value, ?, ?, ?, ?, ?, ?, ? FROM counters"
        " WHERE name = 'seq'",
        (
            message.lane,
            message.leaf,
            message.content_type,
            len(message.payload),
            message.still,
            created_at.isoformat(timespec="milliseconds"),
            message.correlation,
            message.payload,
        ),
    )


def still(leaf: str, jpeg: bytes, lane: Lane) -> Loose:
    """Return a picture that follows its message; those of passages come after all messages."""
    after = Lane.UPKEEP if lane is Lane.PASSAGE else lane
    return Loose(leaf, "image/jpeg", jpeg, after, still=True)
