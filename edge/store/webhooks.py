"""What receivers beside the platform have not been told yet, and how they do.

Messages are read where incidents and passages keep them, so that a receiver that is away for long
keeps nothing waiting in the outbox.
"""

import contextlib
import json
import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from edge.clock import Clock
from edge.domain.subscription import TROUBLES, Kind, Subscription
from edge.errors import StoreError
from edge.store.database import flushed_later, open_database, transaction
from edge.store.journal import MIGRATIONS

STEP = 500
"""Messages of the journal looked at in one go, wanted or not."""

COUNTED = 5000
"""Messages looked at to say how many wait; more are not worth the time."""

_SAID = "json_extract(CASE WHEN json_valid(payload) THEN payload END, '$.alert')"

# What was told once is told to its end: a severity that falls, or an alert that is none any more.
_WANTED = f"""
SELECT seq, id, revision, payload, CASE
        WHEN action = 'reviewed' THEN 'reviews'
        WHEN type IN (SELECT value FROM json_each(:troubles)) THEN 'troubles'
        ELSE 'incidents' END AS kind
    FROM incidents
    WHERE seq > :after AND seq <= :until
        AND kind IN (SELECT value FROM json_each(:kinds))
        AND (:cameras IS NULL OR camera_id IN (SELECT value FROM json_each(:cameras)))
        AND EXISTS (SELECT 1 FROM incidents so_far
            WHERE so_far.id = incidents.id AND so_far.revision <= incidents.revision
            AND so_far.severity IN (SELECT value FROM json_each(:severities)))
UNION ALL
SELECT seq, id, revision, payload, 'alerts' AS kind
    FROM passages
    WHERE seq > :after AND seq <= :until
        AND 'alerts' IN (SELECT value FROM json_each(:kinds))
        AND (:cameras IS NULL OR camera_id IN (SELECT value FROM json_each(:cameras)))
        AND EXISTS (SELECT 1 FROM
            (SELECT CAST(so_far.payload AS TEXT) AS payload FROM passages so_far
                WHERE so_far.id = passages.id AND so_far.revision <= passages.revision)
            WHERE {_SAID} = 1)
ORDER BY seq
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message for one receiver.

    Attributes:
        id: Of the incident or passage; with ``revision`` the receiver's key.
        payload: The message, as it went to the platform.
    """

    seq: int
    kind: Kind
    id: str
    revision: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a receiver has been told, and how it does.

    Attributes:
        seq: Of the last message that is settled.
        delivered_at: When it last took a message; None if it never did.
        failing_since: Since when it takes nothing; None while it does.
        error: Why.
        parked: Messages that it refused, as (seq, reason), the latest first.
    """

    seq: int
    delivered: int
    delivered_at: datetime | None
    failing_since: datetime | None
    error: str
    parked: tuple[tuple[int, str], ...]


class Webhooks:
    """One connection to the journal; each thread has its own."""

    def __init__(self, path: Path, clock: Clock) -> None:
        """Open the journal's file, made if absent; raises StoreError."""
        self._connection = open_database(path, MIGRATIONS)
        self._path = path
        self._clock = clock
        self._version = -1

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def keep(self, names: Collection[str]) -> None:
        """Have these receivers and no others; a new one is told what happens from now on."""
        with transaction(self._connection):
            self._connection.execute(
                "DELETE FROM webhooks WHERE name NOT IN (SELECT value FROM json_each(?))",
                (json.dumps(sorted(names)),),
            )
            for name in sorted(names):
                self._connection.execute(
                    "INSERT OR IGNORE INTO webhooks (name, seq)"
                    " SELECT ?, value FROM counters WHERE name = 'seq'",
                    (name,),
                )

    def changed(self) -> bool:
        """Return whether somebody else has written since the last call; costs microseconds."""
        with self._reading():
            (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        changed = bool(version != self._version)
        self._version = version
        return changed

    def next(self, name: str, wanted: Subscription) -> list[Letter]:
        """Return letters that wait, in order; first those that are to be sent again.

        What it does not want is passed over for good. An empty list means that nothing waits.

        Raises:
            StoreError: The journal cannot be used.
        """
        with self._reading():
            again = self._again(name)
            if again:
                return again
            while True:
                after, last = self._span(name)
                until = min(after + STEP, last)
                found = self._wanted(wanted, after, until)
                if found:
                    return found
                if until > after:
                    self._advance(name, until)
                if until == last:
                    return []

    def settle(self, name: str, letter: Letter) -> None:
        """Note that a receiver has taken a letter."""
        # Lost in a power cut it is sent again, which receivers must bear; a flush to the disk for
        # each would cost the box more than that.
        with flushed_later(self._connection), transaction(self._connection):
            self._connection.execute(
                "DELETE FROM webhook_parked WHERE name = ? AND seq = ?", (name, letter.seq)
            )
            self._connection.execute(
                "UPDATE webhooks SET seq = max(seq, ?), delivered = delivered + 1,"
                " delivered_at = ?, failing_since = NULL, error = '' WHERE name = ?",
                (letter.seq, self._now(), name),
            )

    def park(self, name: str, letter: Letter, reason: str) -> None:
        """Put a letter aside that the receiver will never take."""
        with transaction(self._connection):
            # Not for one that has been removed from the configuration meanwhile.
            self._connection.execute(
                "INSERT OR REPLACE INTO webhook_parked SELECT name, ?, ? FROM webhooks"
                " WHERE name = ?",
                (letter.seq, reason, name),
            )
            self._connection.execute(
                "UPDATE webhooks SET seq = max(seq, ?), failing_since = NULL, error = ''"
                " WHERE name = ?",
                (letter.seq, name),
            )

    def failed(self, name: str, reason: str) -> None:
        """Note why a receiver takes nothing."""
        with flushed_later(self._connection), transaction(self._connection):
            self._connection.execute(
                "UPDATE webhooks SET error = ?, failing_since = coalesce(failing_since, ?)"
                " WHERE name = ?",
                (reason, self._now(), name),
            )

    def retry_parked(self) -> int:
        """Let all letters that were put aside wait again and return how many there were."""
        with transaction(self._connection):
            return self._connection.execute(
                "UPDATE webhook_parked SET reason = NULL WHERE reason IS NOT NULL"
            ).rowcount

    def reach(self, name: str) -> Reach | None:
        """Return how far a receiver has been told, None if there is none of this name."""
        row = self._connection.execute("SELECT * FROM webhooks WHERE name = ?", (name,)).fetchone()
        if row is None:
            return None
        parked = self._connection.execute(
            "SELECT seq, reason FROM webhook_parked WHERE name = ? AND reason IS NOT NULL"
            " ORDER BY seq DESC",
            (name,),
        ).fetchall()
        return Reach(
            row["seq"],
            row["delivered"],
            _moment(row["delivered_at"]),
            _moment(row["failing_since"]),
            row["error"],
            tuple((one["seq"], one["reason"]) for one in parked),
        )

    def waiting(self, name: str, wanted: Subscription) -> int:
        """Return how many letters wait, as far as it is worth counting."""
        after, last = self._span(name)
        (again,) = self._connection.execute(
            "SELECT COUNT(*) FROM webhook_parked WHERE name = ? AND reason IS NULL", (name,)
        ).fetchone()
        (new,) = self._connection.execute(
            f"SELECT COUNT(*) FROM ({_WANTED})",
            _asked(wanted, after, min(last, after + COUNTED)),
        ).fetchone()
        return int(again) + int(new)

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(
                f"{self._path}: cannot be read ({error}); check its disk and rights"
            ) from error

    def _span(self, name: str) -> tuple[int, int]:
        """Return the last settled ``seq`` and the journal's last one."""
        row = self._connection.execute(
            "SELECT w.seq, c.value AS last FROM counters c LEFT JOIN webhooks w ON w.name = ?"
            " WHERE c.name = 'seq'",
            (name,),
        ).fetchone()
        return (row["last"] if row["seq"] is None else row["seq"]), row["last"]

    def _wanted(self, wanted: Subscription, after: int, until: int) -> list[Letter]:
        rows = self._connection.execute(_WANTED, _asked(wanted, after, until)).fetchall()
        return [_letter(row) for row in rows]

    def _again(self, name: str) -> list[Letter]:
        rows = self._connection.execute(
            "SELECT seq FROM webhook_parked WHERE name = ? AND reason IS NULL ORDER BY seq LIMIT ?",
            (name, STEP),
        ).fetchall()
        everything = Subscription(frozenset(Kind))
        # Each by itself: they may be a year apart.
        return [
            letter
            for row in rows
            for letter in self._wanted(everything, row["seq"] - 1, row["seq"])
        ]

    def _advance(self, name: str, seq: int) -> None:
        with flushed_later(self._connection), transaction(self._connection):
            self._connection.execute("UPDATE webhooks SET seq = ? WHERE name = ?", (seq, name))

    def _now(self) -> str:
        return self._clock.utc().isoformat(timespec="milliseconds")


def _asked(wanted: Subscription, after: int, until: int) -> dict[str, object]:
    return {
        "after": after,
        "until": until,
        "kinds": json.dumps(sorted(wanted.kinds)),
        "troubles": json.dumps(TROUBLES),
        "severities": json.dumps(wanted.severities),
        "cameras": None if wanted.cameras is None else json.dumps(sorted(wanted.cameras)),
    }


def _letter(row: sqlite3.Row) -> Letter:
    return Letter(row["seq"], Kind(row["kind"]), row["id"], row["revision"], row["payload"])


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
