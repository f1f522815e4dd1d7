"""The faces that gates decided on: sealed, and gone after a time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path

from edge.store.database import flushed_later, open_database, transaction
from edge.store.moments import text_of
from edge.store.privacy import keep_private
from edge.store.vault import PictureLabel, Sealed, Vault

MIGRATIONS = (files("edge.store").joinpath("probes.sql").read_text(encoding="utf-8"),)
KIND = "probe"


class Probes:
    """One connection to the probes' file."""

    def __init__(self, path: Path, *, vault: Vault) -> None:
        """Open the file, made if absent.

        Args:
            path: ``probes.db``.
            vault: Seals pictures.

        Raises:
            StoreError: The file cannot be used.
        """
        keep_private(path)
        self._connection = open_database(path, MIGRATIONS)
        self._vault = vault

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def add(self, passage_id: str, jpeg: bytes, *, now: datetime, keep_s: float) -> None:
        """Keep the face of a passage, in place of an earlier one, and purge what is due."""
        self.purge(now)
        sealed = self._vault.seal_bytes(jpeg, PictureLabel(KIND, passage_id))
        expires_at = text_of(now + timedelta(seconds=keep_s))
        # A power cut may cost the last pictures: the passages themselves are in the journal.
        with flushed_later(self._connection), transaction(self._connection):
            self._connection.execute(
                "INSERT OR REPLACE INTO probes VALUES (?, ?, ?, ?)",
                (passage_id, sealed.nonce, sealed.payload, expires_at),
            )

    def remove(self, passage_id: str) -> None:
        """Keep the face of a passage no longer."""
        with transaction(self._connection):
            self._connection.execute("DELETE FROM probes WHERE passage_id = ?", (passage_id,))

    def find(self, passage_id: str, now: datetime) -> bytes | None:
        """Return the JPEG of a passage, None if none was kept or its time is over.

        Raises:
            ConfigError: The key is another one, or the row was tampered with.
        """
        row = self._connection.execute(
            "SELECT nonce, sealed FROM probes WHERE passage_id = ? AND expires_at > ?",
            (passage_id, text_of(now)),
        ).fetchone()
        if row is None:
            return None
        sealed = Sealed(row["nonce"], row["sealed"])
        return self._vault.open_bytes(sealed, PictureLabel(KIND, passage_id))

    def kept(self, passage_ids: Sequence[str], now: datetime) -> frozenset[str]:
        """Return those of some passages whose face is kept."""
        marks = ", ".join("?" for _ in passage_ids)
        rows = self._connection.execute(
            f"SELECT passage_id FROM probes WHERE passage_id IN ({marks}) AND expires_at > ?",
            (*passage_ids, text_of(now)),
        ).fetchall()
        return frozenset(row["passage_id"] for row in rows)

    def purge(self, now: datetime) -> int:
        """Delete what is older than it may be and return how many that were."""
        due = (text_of(now),)
        query = "SELECT 1 FROM probes WHERE expires_at <= ? LIMIT 1"
        if self._connection.execute(query, due).fetchone() is None:
            return 0
        with transaction(self._connection):
            return self._connection.execute(
                "DELETE FROM probes WHERE expires_at <= ?", due
            ).rowcount
