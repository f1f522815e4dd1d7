"""The ways out of the box: which there are, how far each has been told, and how it does."""

import json
import sqlite3
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from edge.clock import Clock
from edge.domain.lane import Lane
from edge.domain.sink import SinkState
from edge.store.database import open_database, transaction
from edge.store.journal import MIGRATIONS

MQTT = "mqtt"
WEBHOOK = "webhook:"
FILES = "files:"
COUNTED = 100_000
"""Messages of a lane counted to say how many wait; more are not worth the time."""

TOLD_REFUSALS = 20


class Sinks:
    """One connection to the journal; each thread has its own."""

    def __init__(self, path: Path, clock: Clock) -> None:
        """Open the journal's file, made if absent; raises StoreError."""
        self._connection = open_database(path, MIGRATIONS)
        self._clock = clock

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def keep(self, prefix: str, names: Collection[str]) -> None:
        """Have these sinks of a kind and no others; a new one is told what happens from now on.

        Args:
            prefix: ``webhook:`` or ``files:``.
            names: Without the prefix.
        """
        wanted = json.dumps(sorted(prefix + name for name in names))
        with transaction(self._connection):
            self._connection.execute(
                "DELETE FROM sinks WHERE name LIKE ? || '%' AND name NOT IN"
                " (SELECT value FROM json_each(?))",
                (prefix, wanted),
            )
            self._connection.execute(
                "INSERT OR IGNORE INTO sinks (name) SELECT value FROM json_each(?)", (wanted,)
            )
            self._connection.execute(
                "INSERT OR IGNORE INTO cursors SELECT s.name, l.value, c.value FROM sinks s,"
                " json_each(?) l, counters c WHERE c.name = 'seq'",
                (json.dumps(list(Lane)),),
            )

    def names(self) -> list[str]:
        """Return the sinks there are, the platform first."""
        rows = self._connection.execute(
            "SELECT name FROM sinks ORDER BY name <> 'mqtt', name"
        ).fetchall()
        return [row["name"] for row in rows]

    def states(self) -> list[SinkState]:
        """Return how all sinks do, the platform first."""
        found = [self.state(name) for name in self.names()]
        return [one for one in found if one is not None]

    def state(self, name: str) -> SinkState | None:
        """Return how a sink does, None if there is none of this name."""
        row = self._connection.execute("SELECT * FROM sinks WHERE name = ?", (name,)).fetchone()
        if row is None:
            return None
        refusals = _refusals(self._connection, name)
        return SinkState(
            name,
            waiting=_waiting(self._connection, name),
            loose=_loose(self._connection) if name == MQTT else 0,
            awaiting=_strays(self._connection, name, "awaiting"),
            parked=_strays(self._connection, name, "parked")
            + (_loose(self._connection, parked=True) if name == MQTT else 0),
            refusals=refusals,
            oldest_at=_oldest(self._connection, name),
            given_up=row["given_up"],
            delivered=row["delivered"],
            delivered_at=_moment(row["delivered_at"]),
            failing_since=_moment(row["failing_since"]),
            error=row["error"],
        )

    def retry_parked(self, names: Collection[str] | None = None) -> int:
        """Let messages that were put aside wait again and return how many there were.

        Args:
            names: Of these sinks; None for all.
        """
        asked = self.names() if names is None else names
        with transaction(self._connection):
            count = self._connection.execute(
                "UPDATE strays SET state = 'again', reason = '', drops = 0 WHERE state = 'parked'"
                " AND sink IN (SELECT value FROM json_each(?))",
                (json.dumps(sorted(asked)),),
            ).rowcount
            if MQTT in asked:
                count += self._connection.execute(
                    "UPDATE outbox SET parked_reason = NULL, drops = 0"
                    " WHERE parked_reason IS NOT NULL"
                ).rowcount
        return count


def depth(connection: sqlite3.Connection, name: str) -> int:
    """Return how many messages wait for a sink."""
    numbered = sum(_waiting(connection, name).values())
    return numbered + (_loose(connection) if name == MQTT else 0)


def note_delivered(connection: sqlite3.Connection, name: str, count: int, now: datetime) -> None:
    """Note that a sink takes messages; inside a transaction."""
    connection.execute(
        "UPDATE sinks SET delivered = delivered + ?, delivered_at = ?, failing_since = NULL,"
        " error = '' WHERE name = ?",
        (count, now.isoformat(timespec="milliseconds"), name),
    )


def note_well(connection: sqlite3.Connection, name: str) -> None:
    """Note that a sink can be told; inside a transaction."""
    connection.execute("UPDATE sinks SET failing_since = NULL, error = '' WHERE name = ?", (name,))


def note_failed(connection: sqlite3.Connection, name: str, reason: str, now: datetime) -> None:
    """Note why a sink takes nothing; inside a transaction."""
    connection.execute(
        "UPDATE sinks SET error = ?, failing_since = coalesce(failing_since, ?) WHERE name = ?",
        (reason, now.isoformat(timespec="milliseconds"), name),
    )


def note_given_up(connection: sqlite3.Connection, name: str, count: int) -> None:
    """Count pictures that were dropped for want of room; inside a transaction."""
    connection.execute("UPDATE sinks SET given_up = given_up + ? WHERE name = ?", (count, name))


def _waiting(connection: sqlite3.Connection, name: str) -> dict[Lane, int]:
    found = {}
    for lane in Lane:
        row = connection.execute(
            "SELECT (SELECT count(*) FROM (SELECT 1 FROM messages m WHERE m.lane = ?2 AND m.seq >"
            " coalesce((SELECT seq FROM cursors WHERE sink = ?1 AND lane = ?2), 0) AND NOT EXISTS"
            " (SELECT 1 FROM strays s WHERE s.sink = ?1 AND s.seq = m.seq) LIMIT ?3))"
            " + (SELECT count(*) FROM strays WHERE sink = ?1 AND state = 'again' AND lane = ?2)"
            " AS waiting",
            (name, lane, COUNTED),
        ).fetchone()
        found[lane] = int(row["waiting"])
    return found


def _loose(connection: sqlite3.Connection, *, parked: bool = False) -> int:
    what = "IS NOT NULL" if parked else "IS NULL"
    (count,) = connection.execute(
        f"SELECT count(*) FROM outbox WHERE parked_reason {what}"
    ).fetchone()
    return int(count)


def _strays(connection: sqlite3.Connection, name: str, state: str) -> int:
    (count,) = connection.execute(
        "SELECT count(*) FROM strays WHERE sink = ? AND state = ?", (name, state)
    ).fetchone()
    return int(count)


def _refusals(connection: sqlite3.Connection, name: str) -> tuple[tuple[int | None, str], ...]:
    rows = connection.execute(
        "SELECT seq, reason FROM strays WHERE sink = ? AND state = 'parked' ORDER BY seq DESC"
        " LIMIT ?",
        (name, TOLD_REFUSALS),
    ).fetchall()
    found: list[tuple[int | None, str]] = [(row["seq"], row["reason"]) for row in rows]
    if name == MQTT:
        rows = connection.execute(
            "SELECT parked_reason FROM outbox WHERE parked_reason IS NOT NULL"
            " ORDER BY position DESC LIMIT ?",
            (TOLD_REFUSALS,),
        ).fetchall()
        found += [(None, row["parked_reason"]) for row in rows]
    return tuple(found[:TOLD_REFUSALS])


def _oldest(connection: sqlite3.Connection, name: str) -> datetime | None:
    row = connection.execute(
        "SELECT min(seq) AS seq FROM ("
        " SELECT min(m.seq) AS seq FROM cursors c JOIN messages m ON m.lane = c.lane"
        " AND m.seq > c.seq WHERE c.sink = ?1 AND NOT EXISTS"
        " (SELECT 1 FROM strays s WHERE s.sink = ?1 AND s.seq = m.seq)"
        " UNION ALL SELECT min(seq) FROM strays WHERE sink = ?1 AND state = 'again')",
        (name,),
    ).fetchone()
    found = connection.execute(
        "SELECT observed_at AS at FROM incidents WHERE seq = ?1"
        " UNION ALL SELECT decided_at FROM passages WHERE seq = ?1",
        (row["seq"],),
    ).fetchall()
    if name == MQTT:
        found += connection.execute(
            "SELECT created_at AS at FROM outbox WHERE parked_reason IS NULL"
            " ORDER BY position LIMIT 1"
        ).fetchall()
    return min((datetime.fromisoformat(one["at"]) for one in found), default=None)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
