"""Clips on their way through the broker: chunks behind everything else, and never too many."""

from collections.abc import Sequence
from pathlib import Path

from edge.clock import Clock
from edge.domain.lane import Lane
from edge.store.database import open_database, transaction
from edge.store.journal import MIGRATIONS
from edge.store.kept import MP4
from edge.store.outgoing import Loose, post

ROOT = "clips/"
MOST_BYTES = 32 * 1024 * 1024
"""Of all that wait: a broker that takes none must not fill the disk."""


class ClipChunks:
    """One connection to the outbox; each thread has its own."""

    def __init__(self, path: Path, clock: Clock, *, most_bytes: int = MOST_BYTES) -> None:
        """Open the journal's file, made if absent; raises StoreError."""
        self._connection = open_database(path, MIGRATIONS)
        self._clock = clock
        self._most_bytes = most_bytes

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def post(self, leaf: str, chunks: Sequence[bytes]) -> bool:
        """Put all chunks of a clip behind everything else, or none.

        What still waits of the same clip goes: it is sent once more from its beginning.

        Args:
            leaf: Topic of the clip below the box's own, ``clips/...``; chunks are numbered from 1.
            chunks: In order.

        Returns:
            Whether there was room.
        """
        now = self._clock.utc()
        with transaction(self._connection):
            self._connection.execute(
                "DELETE FROM outbox WHERE leaf >= ? AND leaf < ?", (f"{leaf}/", f"{leaf}0")
            )
            if self._waiting() + sum(map(len, chunks)) > self._most_bytes:
                return False
            for number, chunk in enumerate(chunks, start=1):
                message = Loose(f"{leaf}/{number}", MP4, chunk, Lane.UPKEEP)
                post(self._connection, message, created_at=now)
        return True

    def _waiting(self) -> int:
        row = self._connection.execute(
            "SELECT COALESCE(SUM(LENGTH(payload)), 0) AS total FROM outbox"
            " WHERE leaf >= ? AND leaf < ?",
            (ROOT, f"{ROOT[:-1]}0"),
        ).fetchone()
        return int(row["total"])
