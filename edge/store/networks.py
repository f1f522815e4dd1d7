"""Which networks are in use: each worker says what it has loaded, the status message tells."""

from collections.abc import Sequence
from pathlib import Path

from edge.store.database import open_database, transaction
from edge.store.journal import MIGRATIONS


class Networks:
    """One connection to the journal's list of networks."""

    def __init__(self, path: Path) -> None:
        """Open the journal's file, made if absent; raises StoreError."""
        self._connection = open_database(path, MIGRATIONS)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def report(self, worker: str, networks: Sequence[tuple[str, str]]) -> None:
        """Keep name and SHA-256 of what a worker has loaded, replacing what it said before."""
        with transaction(self._connection):
            self._connection.execute("DELETE FROM networks WHERE worker = ?", (worker,))
            self._connection.executemany(
                "INSERT INTO networks VALUES (?, ?, ?)",
                [(worker, sha256, name) for name, sha256 in networks],
            )

    def forget(self) -> None:
        """Forget what earlier workers have loaded."""
        with transaction(self._connection):
            self._connection.execute("DELETE FROM networks")

    def loaded(self) -> list[tuple[str, str]]:
        """Return name and SHA-256 of every network that is in use, each once, by name."""
        rows = self._connection.execute(
            "SELECT DISTINCT name, sha256 FROM networks ORDER BY name, sha256"
        ).fetchall()
        return [(row["name"], row["sha256"]) for row in rows]
