"""The end of an audit, told apart from its rows: what is cut off at the end is missed."""

import hashlib
import hmac
import secrets
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from edge.errors import StoreError
from edge.store.key_file import write_key

KEY_BYTES = 32
UNCONFIRMED = ""
"""Instead of a seal: the end was once not what the box had sealed, and so it stays."""


@dataclass(frozen=True, slots=True)
class End:
    """Number and hash of the last row; 0 and the beginning's hash before the first.

    Attributes:
        confirmed: Whether the box has sealed it, and every end before it.
    """

    number: int
    sha256: str
    confirmed: bool


class Seal:
    """Seals the end with a key that does not lie in the database.

    Whoever can change the database but not read the key can neither cut rows off nor take the end
    away unseen. Whoever puts the whole file back to an older copy of itself can: compare the end
    with one that was noted elsewhere.
    """

    def __init__(self, key: bytes) -> None:
        """Use a key."""
        self._key = key

    def begin(self, connection: sqlite3.Connection, number: int, sha256: str) -> None:
        """Seal the end of an audit that has no seal yet, 0 and the beginning's hash if no row."""
        connection.execute(
            "INSERT OR IGNORE INTO audit_end VALUES (1, ?, ?, ?)",
            (number, sha256, self._over(number, sha256)),
        )

    def read(self, connection: sqlite3.Connection) -> End | None:
        """Return the end that was sealed last, None if somebody took it away."""
        row = connection.execute("SELECT number, sha256, seal FROM audit_end").fetchone()
        if row is None:
            return None
        number, sha256, seal = row["number"], str(row["sha256"]), str(row["seal"])
        return End(number, sha256, hmac.compare_digest(self._over(number, sha256), seal))

    def write(
        self, connection: sqlite3.Connection, number: int, sha256: str, *, confirmed: bool
    ) -> None:
        """Seal a new end; inside the transaction of its row."""
        seal = self._over(number, sha256) if confirmed else UNCONFIRMED
        connection.execute(
            "INSERT INTO audit_end VALUES (1, ?, ?, ?) ON CONFLICT (one) DO UPDATE"
            " SET number = excluded.number, sha256 = excluded.sha256, seal = excluded.seal",
            (number, sha256, seal),
        )

    def _over(self, number: int, sha256: str) -> str:
        return hmac.new(self._key, f"{number} {sha256}".encode(), hashlib.sha256).hexdigest()


def open_seal(path: Path) -> Seal:
    """Return the seal of a key file, made if absent, for this user alone.

    Raises:
        StoreError: It can be neither read nor made, or is no such key.
    """
    try:
        if not path.exists():
            write_key(path, secrets.token_bytes(KEY_BYTES))
        key = path.read_bytes()
    except OSError as error:
        raise StoreError(
            f"{path}: cannot be used ({error.strerror}); give this user the right to"
        ) from error
    if len(key) != KEY_BYTES:
        raise StoreError(f"{path}: is no key of an audit; put it back from a backup")
    return Seal(key)
