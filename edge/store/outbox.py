"""Messages that the platform has not yet acknowledged, in the order they were made."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from edge.clock import Clock
from edge.store.database import open_database, transaction
from edge.store.journal import MIGRATIONS

HISTORY = 1000
"""Delivered messages remembered, without their payload."""


@dataclass(frozen=True, slots=True)
class Message:
    """One waiting message.

    Attributes:
        position: Its place in the queue.
        seq: The box's count of messages; None for evidence.
        leaf: Topic below the box's own.
        drops: How often the connection broke while it was being sent first in line.
    """

    position: int
    seq: int | None
    leaf: str
    content_type: str
    payload: bytes
    drops: int
    correlation: bytes | None = None


@dataclass(frozen=True, slots=True)
class Parked:
    """A message that was put aside, and why."""

    position: int
    seq: int | None
    leaf: str
    reason: str


@dataclass(frozen=True, slots=True)
class Delivered:
    """A message that was acknowledged, and when."""

    seq: int | None
    leaf: str
    delivered_at: datetime


class Outbox:
    """The relay's connection to the journal's outbox."""

    def __init__(self, path: Path, clock: Clock) -> None:
        """Open the journal's file, made if absent; raises StoreError."""
        self._connection = open_database(path, MIGRATIONS)
        self._clock = clock
        self._version = -1

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def changed(self) -> bool:
        """Return whether somebody else has written since the last call; costs microseconds."""
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        changed = bool(version != self._version)
        self._version = version
        return changed

    def waiting(self, *, after: int, limit: int) -> list[Message]:
        """Return up to ``limit`` waiting messages behind a position, in order."""
        rows = self._connection.execute(
            "SELECT position, seq, leaf, content_type, payload, drops, correlation FROM outbox"
            " WHERE parked_reason IS NULL AND position > ? ORDER BY position LIMIT ?",
            (after, limit),
        ).fetchall()
        return [Message(*row) for row in rows]

    def settle(self, positions: list[int]) -> None:
        """Delete messages that the broker has acknowledged; remember that they were."""
        now = self._clock.utc().isoformat(timespec="milliseconds")
        with transaction(self._connection):
            for position in positions:
                self._connection.execute(
                    "INSERT INTO delivered SELECT position, seq, leaf, ? FROM outbox"
                    " WHERE position = ?",
                    (now, position),
                )
                self._connection.execute("DELETE FROM outbox WHERE position = ?", (position,))
            self._connection.execute(
                "DELETE FROM delivered WHERE position <= ?", (max(positions) - HISTORY,)
            )

    def dropped(self, position: int) -> None:
        """Count that the connection broke while this message was first in line."""
        with transaction(self._connection):
            self._connection.execute(
                "UPDATE outbox SET drops = drops + 1 WHERE position = ?", (position,)
            )

    def park(self, position: int, reason: str) -> None:
        """Put a message aside, so that it does not block the rest."""
        with transaction(self._connection):
            self._connection.execute(
                "UPDATE outbox SET parked_reason = ? WHERE position = ?", (reason, position)
            )

    def retry_parked(self) -> int:
        """Let all parked messages wait again and return how many there were."""
        with transaction(self._connection):
            return self._connection.execute(
                "UPDATE outbox SET parked_reason = NULL, drops = 0 WHERE parked_reason IS NOT NULL"
            ).rowcount

    def depth(self) -> int:
        """Return how many messages wait."""
        row = self._connection.execute(
            "SELECT COUNT(*) AS count FROM outbox WHERE parked_reason IS NULL"
        ).fetchone()
        return int(row["count"])

    def parked(self) -> list[Parked]:
        """Return the messages that were put aside."""
        rows = self._connection.execute(
            "SELECT position, seq, leaf, parked_reason FROM outbox"
            " WHERE parked_reason IS NOT NULL ORDER BY position"
        ).fetchall()
        return [Parked(*row) for row in rows]

    def delivered(self, *, limit: int) -> list[Delivered]:
        """Return the latest acknowledged messages, oldest first."""
        rows = self._connection.execute(
            "SELECT seq, leaf, delivered_at FROM"
            " (SELECT * FROM delivered ORDER BY position DESC LIMIT ?) ORDER BY position",
            (limit,),
        ).fetchall()
        return [
            Delivered(row["seq"], row["leaf"], datetime.fromisoformat(row["delivered_at"]))
            for row in rows
        ]
