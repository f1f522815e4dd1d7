"""The list of numbered messages, and what one sink has of it."""

import sqlite3
from collections.abc import Collection

from edge.domain.lane import Lane
from edge.store.message import Message

JSON = "application/json"

AGAIN, AWAITING, PARKED = "again", "awaiting", "parked"
"""States of a stray."""

_SAID = """
SELECT m.seq, m.drops, m.stray,
    coalesce(p.id, i.id) AS id, coalesce(p.revision, i.revision) AS revision,
    coalesce(p.payload, i.payload) AS payload,
    CASE WHEN p.seq IS NULL THEN 'incidents' ELSE 'passages' END AS leaf
FROM ({source}) AS m
LEFT JOIN passages p ON p.seq = m.seq
LEFT JOIN incidents i ON i.seq = m.seq
ORDER BY m.seq
"""

_AHEAD = _SAID.format(
    source="""
    SELECT seq, 0 AS drops, 0 AS stray FROM messages
    WHERE lane = :lane AND seq > :after
        AND NOT EXISTS (SELECT 1 FROM strays s WHERE s.sink = :sink AND s.seq = messages.seq)
    ORDER BY seq LIMIT :limit
"""
)

_STRAYS = _SAID.format(
    source="""
    SELECT seq, drops, seq <= coalesce(
            (SELECT seq FROM cursors WHERE sink = :sink AND lane = :lane), 0) AS stray
    FROM strays
    WHERE sink = :sink AND state = 'again' AND lane = :lane AND seq > :after
    ORDER BY seq LIMIT :limit
"""
)

_ALL = """
SELECT m.lane, m.seq, 0 AS drops, 0 AS stray, s.id, s.revision, s.payload, s.leaf FROM (
    SELECT seq, id, revision, payload, 'incidents' AS leaf FROM incidents
        WHERE seq > :after AND seq <= :until
    UNION ALL SELECT seq, id, revision, payload, 'passages' FROM passages
        WHERE seq > :after AND seq <= :until
    ORDER BY seq LIMIT :limit) AS s
JOIN messages m ON m.lane IN (0, 1, 2, 3) AND m.seq = s.seq ORDER BY s.seq
"""


def ahead(
    connection: sqlite3.Connection, sink: str, lane: Lane, *, after: int, limit: int
) -> list[Message]:
    """Return messages of a lane that a sink has not had, in order.

    Args:
        connection: The journal's.
        sink: Its name.
        lane: Which.
        after: ``seq`` of the last one that was sent; those up to the sink's cursor are not meant.
        limit: At most so many.
    """
    after = max(after, cursor(connection, sink, lane))
    while True:
        rows = connection.execute(
            _AHEAD, {"sink": sink, "lane": lane, "after": after, "limit": limit}
        ).fetchall()
        found = [_message(row, lane) for row in rows if row["payload"] is not None]
        if found or len(rows) < limit:
            return found
        after = rows[-1]["seq"]  # what they said is lost with a damaged file


def strays(
    connection: sqlite3.Connection,
    sink: str,
    lane: Lane,
    *,
    besides: Collection[int] = (),
    after: int = 0,
    limit: int,
) -> list[Message]:
    """Return messages of a lane that are to be sent again, in order.

    Args:
        connection: The journal's.
        sink: Its name.
        lane: Which.
        besides: Not these: they are being sent.
        after: Only those with a higher ``seq``.
        limit: At most so many.
    """
    rows = connection.execute(
        _STRAYS, {"sink": sink, "lane": lane, "after": after, "limit": limit + len(besides)}
    ).fetchall()
    found = [
        _message(row, lane)
        for row in rows
        if row["payload"] is not None and row["seq"] not in besides
    ]
    return found[:limit]


def said_of(connection: sqlite3.Connection, *, after: int, until: int, limit: int) -> list[Message]:
    """Return messages by their numbers, whatever has become of them."""
    rows = connection.execute(_ALL, {"after": after, "until": until, "limit": limit}).fetchall()
    return [_message(row, Lane(row["lane"])) for row in rows]


def cursor(connection: sqlite3.Connection, sink: str, lane: Lane) -> int:
    """Return the ``seq`` up to which a sink has had a lane."""
    row = connection.execute(
        "SELECT seq FROM cursors WHERE sink = ? AND lane = ?", (sink, lane)
    ).fetchone()
    return 0 if row is None else int(row["seq"])


def move_cursor(connection: sqlite3.Connection, sink: str, lane: Lane, seq: int) -> None:
    """Note that a sink has had a lane up to a message; inside a transaction."""
    connection.execute(
        "UPDATE cursors SET seq = max(seq, ?) WHERE sink = ? AND lane = ?", (seq, sink, lane)
    )


def put_aside(connection: sqlite3.Connection, sink: str, message: Message, reason: str) -> None:
    """Park a message; inside a transaction. Not for a sink that is gone meanwhile."""
    connection.execute(
        "INSERT INTO strays (sink, seq, lane, state, reason) SELECT name, ?2, ?3, 'parked', ?4"
        " FROM sinks WHERE name = ?1 ON CONFLICT DO UPDATE SET state = 'parked', reason = ?4",
        (sink, message.seq, message.lane, reason),
    )


def lane_of_first(connection: sqlite3.Connection, passage_id: str) -> Lane | None:
    """Return the lane that a passage's first revision is in, None if there is none."""
    row = connection.execute(
        "SELECT lane FROM passages p JOIN messages m ON m.lane IN (0, 1, 2, 3) AND m.seq = p.seq"
        " WHERE p.id = ? ORDER BY p.revision LIMIT 1",
        (passage_id,),
    ).fetchone()
    return None if row is None else Lane(row["lane"])


def _message(row: sqlite3.Row, lane: Lane) -> Message:
    return Message(
        lane,
        row["seq"],
        row["leaf"],
        JSON,
        row["payload"],
        id=row["id"],
        revision=row["revision"],
        stray=bool(row["stray"]),
        drops=row["drops"],
    )
