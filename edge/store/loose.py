"""Messages without a number, for the platform: pictures, and answers to what it asks."""

import sqlite3
from collections.abc import Sequence

from edge.domain.lane import Lane
from edge.store.message import Message, Place

_COLUMNS = "lane, leaf, content_type, payload, position, follows, drops, correlation"


def loose(connection: sqlite3.Connection, lane: Lane, *, after: int, limit: int) -> list[Message]:
    """Return loose messages of a lane behind a position, in order."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM outbox WHERE parked_reason IS NULL AND lane = ? AND position > ?"
        " ORDER BY position LIMIT ?",
        (lane, after, limit),
    ).fetchall()
    return [_message(row) for row in rows]


def loose_of_all(connection: sqlite3.Connection, *, after: Place, limit: int) -> list[Message]:
    """Return loose messages of all lanes in the order they were made."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM outbox WHERE parked_reason IS NULL"
        " AND (follows, position) > (?, ?) ORDER BY position LIMIT ?",
        (*after, limit),
    ).fetchall()
    return [_message(row) for row in rows]


def forget(connection: sqlite3.Connection, positions: Sequence[int]) -> None:
    """Delete messages that were acknowledged; inside a transaction."""
    connection.executemany(
        "DELETE FROM outbox WHERE position = ?", [(position,) for position in positions]
    )


def stills_bytes(connection: sqlite3.Connection) -> int:
    """Return how much room pictures take."""
    row = connection.execute(
        "SELECT coalesce(sum(bytes), 0) AS bytes FROM outbox WHERE still = 1"
    ).fetchone()
    return int(row["bytes"])


def give_up_stills(connection: sqlite3.Connection, room_bytes: int) -> int:
    """Delete the oldest pictures where they take more room than they may; return how many.

    Inside a transaction. Those that were put aside count and go, too.
    """
    excess = stills_bytes(connection) - room_bytes
    if excess <= 0:
        return 0
    last = 0
    for one in connection.execute(
        "SELECT position, bytes FROM outbox WHERE still = 1 ORDER BY position"
    ):
        last, excess = one["position"], excess - one["bytes"]
        if excess <= 0:
            break
    return connection.execute(
        "DELETE FROM outbox WHERE still = 1 AND position <= ?", (last,)
    ).rowcount


def _message(row: sqlite3.Row) -> Message:
    return Message(
        Lane(row["lane"]),
        None,
        row["leaf"],
        row["content_type"],
        row["payload"],
        position=row["position"],
        follows=row["follows"],
        drops=row["drops"],
        correlation=row["correlation"],
    )
