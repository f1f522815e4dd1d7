"""What rows alone do not tell of a journal that was saved: what goes on, and from where."""

import sqlite3
from pathlib import Path

from edge.store.mending import Finish
from edge.store.salvage import Salvage
from edge.store.seq_mark import read_mark

SKIPPED = 100_000
"""Numbers that are left out where nobody can say which was the last: more than a week's messages.
A receiver sees a gap, and never two messages of one number."""

_LAST = {
    "counters": "SELECT MAX(value) FROM counters WHERE name = 'seq'",
    "passages": "SELECT MAX(seq) FROM passages",
    "incidents": "SELECT MAX(seq) FROM incidents",
    "heads": "SELECT MAX(seq) FROM incident_heads",
    "reviews": "SELECT MAX(seq) FROM reviews",
    "messages": "SELECT MAX(seq) FROM messages",
    "cursors": "SELECT MAX(seq) FROM cursors",
    "strays": "SELECT MAX(seq) FROM strays",
}

_NO_MESSAGES = {
    table: f"DELETE FROM {table} WHERE NOT json_valid(CAST(payload AS TEXT))"
    for table in ("incidents", "passages")
}
"""Bytes of a page that was lost."""

# A revision that the head knows and whose row is lost may have been told: its number is not given
# again, and it is said as the revision before with what the head knows of it.
_STAND_IN = """
INSERT OR IGNORE INTO incidents (
    id, revision, seq, camera_id, type, place, action, stage, severity, opened_at, observed_at,
    cleared_at, plate, payload
)
SELECT h.id, h.revision, h.seq, h.camera_id, h.type, h.place,
    CASE h.state WHEN 'open' THEN 'updated' ELSE h.state END, h.stage, h.severity, h.opened_at,
    h.observed_at, h.cleared_at, i.plate,
    CAST(json_set(CAST(i.payload AS TEXT), '$.revision', h.revision, '$.seq', h.seq,
        '$.action', CASE h.state WHEN 'open' THEN 'updated' ELSE h.state END,
        '$.stage', h.stage, '$.severity', h.severity, '$.observed_at', h.observed_at,
        '$.cleared_at', h.cleared_at) AS BLOB)
FROM incident_heads h JOIN incidents i ON i.id = h.id AND i.revision =
    (SELECT MAX(revision) FROM incidents AS latest WHERE latest.id = h.id)
WHERE h.revision > i.revision
"""

# The last revision is written once more, so that its incident gets the head it should have.
_LATEST = """
CREATE TEMP TABLE latest AS SELECT * FROM incidents AS i WHERE revision =
    (SELECT MAX(revision) FROM incidents AS other WHERE other.id = i.id) AND NOT EXISTS
    (SELECT 1 FROM incident_heads AS h WHERE h.id = i.id AND h.revision = i.revision)
"""
_HEADS = (
    _LATEST,
    "DELETE FROM incidents WHERE (id, revision) IN (SELECT id, revision FROM latest)",
    "INSERT INTO incidents SELECT * FROM latest",
    "DROP TABLE latest",
    "DELETE FROM incident_heads WHERE id NOT IN (SELECT id FROM incidents)",
)

_VIEWS = (
    # What a camera said last cannot be read: it sees the thing again if it is still there.
    "UPDATE incident_views SET open = 0, content = NULL WHERE open = 1"
    " AND (content IS NULL OR NOT json_valid(content))",
)

# What the list of messages has lost is told by what they say; lanes as in sinks.sql.
_UNLISTED = "NOT EXISTS (SELECT 1 FROM messages m WHERE m.lane IN (0, 1, 2, 3) AND m.seq = {}.seq)"
_LISTED = (
    f"""
INSERT INTO messages SELECT
    CASE WHEN type IN ('fire_lane_blocked', 'smoke_air', 'open_flame', 'open_burning') THEN 0
        WHEN type GLOB 'camera_*' THEN 3 ELSE 1 END, seq
FROM incidents WHERE {_UNLISTED.format("incidents")}
""",
    f"""
INSERT INTO messages SELECT
    CASE WHEN (SELECT json_extract(CAST(payload AS TEXT), '$.alert') FROM passages AS first
        WHERE first.id = passages.id ORDER BY revision LIMIT 1) = 1 THEN 0 ELSE 2 END, seq
FROM passages WHERE {_UNLISTED.format("passages")}
""",
)


def journal_finish(path: Path) -> Finish:
    """Return what puts a saved journal right.

    Args:
        path: The journal.
    """

    def finish(target: sqlite3.Connection, found: Salvage) -> None:
        target.execute("BEGIN IMMEDIATE")
        for table, statement in _NO_MESSAGES.items():
            gone = target.execute(statement).rowcount
            found.saved[table] -= gone
            found.lost += gone
        for statement in (_STAND_IN, *_HEADS, *_VIEWS, *_LISTED):
            target.execute(statement)
        _count_on(target, path)
        target.execute("COMMIT")

    return finish


def count_on(connection: sqlite3.Connection, path: Path) -> int:
    """Return how many numbers the journal is behind what was told, and go on after them."""
    (seq,) = connection.execute(_LAST["counters"]).fetchone()
    behind = max(read_mark(path) - int(seq or 0), 0)
    if behind:
        _set(connection, int(seq or 0) + behind)
    return behind


def _count_on(target: sqlite3.Connection, path: Path) -> None:
    last = {name: target.execute(query).fetchone()[0] or 0 for name, query in _LAST.items()}
    highest = max(last.values())
    known = 0 < highest == last["counters"]
    _set(target, max(highest, read_mark(path)) + (0 if known else SKIPPED))


def _set(connection: sqlite3.Connection, seq: int) -> None:
    connection.execute("INSERT OR REPLACE INTO counters VALUES ('seq', ?)", (seq,))
