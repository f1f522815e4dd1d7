"""How a message gets into the outbox: numbered and written in the transaction of its cause."""

import sqlite3
from datetime import datetime


def next_seq(connection: sqlite3.Connection) -> int:
    """Count the box's next message; gapless, as it is undone with its transaction."""
    row = connection.execute(
        "UPDATE counters SET value = value + 1 WHERE name = 'seq' RETURNING value"
    ).fetchone()
    return int(row["value"])


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
