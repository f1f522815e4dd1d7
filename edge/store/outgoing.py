"""How a message gets into the outbox: numbered and written in the transaction of its cause."""

import sqlite3
from datetime import datetime

from edge.store.connection import Connection
from edge.store.seq_mark import keep_mark


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
