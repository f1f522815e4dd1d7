"""The latest time that the box believed, in the journal: what a clock is held against."""

from datetime import datetime
from pathlib import Path

from edge.store.database import flushed_later, open_database, transaction
from edge.store.journal import MIGRATIONS


class BelievedTime:
    """One connection to it."""

    def __init__(self, path: Path) -> None:
        """Open the journal's file, made if absent; raises StoreError."""
        self._connection = open_database(path, MIGRATIONS)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def last(self) -> datetime | None:
        """Return it, None if the box is new; raises StoreError."""
        row = self._connection.execute("SELECT at FROM believed").fetchone()
        return datetime.fromisoformat(row["at"]) if row else None

    def note(self, at: datetime | None) -> None:
        """Write it down, or write once more what is there; raises StoreError if the disk fails.

        Args:
            at: The time; None while it is not believed.
        """
        with flushed_later(self._connection), transaction(self._connection):
            if at is None:
                self._connection.execute("UPDATE believed SET at = at")
            else:
                text = at.isoformat(timespec="milliseconds")
                self._connection.execute("INSERT OR REPLACE INTO believed VALUES (1, ?)", (text,))
