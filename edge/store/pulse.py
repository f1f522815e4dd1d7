"""Whether the journal has changed, for those who show it."""

from pathlib import Path

from edge.store.database import open_database
from edge.store.journal import MIGRATIONS

_MARKS = {
    # What the platform says of its case is news of the incident, too.
    "incident": "SELECT (SELECT MAX(seq) FROM incidents) || ' '"
    " || coalesce((SELECT MAX(heard_at) FROM case_moves), '')",
    "passage": "SELECT MAX(seq) FROM passages",
    "camera": "SELECT MAX(reported_at) FROM cameras",
}


class JournalPulse:
    """A connection of its own to the journal, which must exist."""

    def __init__(self, path: Path) -> None:
        """Open the file for reading; raises StoreError."""
        self._connection = open_database(path, MIGRATIONS, read_only=True)
        self._version: tuple[int, int] | None = None
        self._marks: dict[str, object] = {}

    def changed(self) -> frozenset[str]:
        """Return what kinds are new since the last call; microseconds while nobody writes.

        Raises:
            StoreError: The file cannot be read.
        """
        version = self._connection.version()
        if version == self._version:
            return frozenset()
        marks = {
            kind: self._connection.execute(query).fetchone()[0] for kind, query in _MARKS.items()
        }
        before, self._marks, first = self._marks, marks, self._version is None
        self._version = version
        if first:
            return frozenset()
        return frozenset(kind for kind, mark in marks.items() if mark != before[kind])
