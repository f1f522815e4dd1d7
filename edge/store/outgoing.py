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


@dataclass(frozen=True, slots=True)
class Still:
    """A picture that goes out with a message.

    Attributes:
        leaf: Topic below the box's own: ``evidence/<id>/<name>``.
        jpeg: The file.
    """

    leaf: str
    jpeg: bytes


def next_seq(connection: sqlite3.Connection) -> int:
    """Count the box's next message; gapless, as it is undone with its transaction."""
    return next_seqs(connection, 1).start


def next_seqs(connection: sqlite3.Connection, count: int) -> range:
    """Count the box's next messages, at least one, as ``next_seq`` does."""
    row = connection.execute(
        "UPDATE counters SET value = value + ? WHERE name = 'seq' RETURNING value", (count,)
    ).fetchone()
    last = int(row["value"])
    if isinstance(connection, Connection):
        connection.then("mark", lambda: keep_mark(connection.path, last))
    return range(last - count + 1, last + 1)


def enlist(connection: sqlite3.Connection, *places: tuple[Lane, int]) -> None:
    """Tell numbered messages to all sinks; inside the transaction that writes what they say.

    Args:
        connection: The journal's.
        places: Lane and ``seq`` of each.
    """
    connection.executemany("INSERT INTO messages (lane, seq) VALUES (?, ?)", places)


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
