"""Leave no trace of deleted rows in a database file and its write-ahead log.

``secure_delete`` overwrites deleted rows, but not the copies that SQLite left behind in the gaps of
its pages when it moved rows between them: parts of one in a thousand deleted templates were still
found (measured). So the file is written anew with only what lives, and the log cut to nothing.
What a file system or a flash controller keeps of overwritten blocks is ciphertext.
"""

import sqlite3
from pathlib import Path

from edge.errors import StoreError
from edge.store.database import BUSY_TIMEOUT_MS


def erase_traces(connection: sqlite3.Connection, path: Path, *, timeout_s: float) -> None:
    """Rewrite the file and empty its log; outside of any transaction.

    Args:
        connection: A connection that may write.
        path: Its file, for the error's text.
        timeout_s: How long to wait for others who write or read.

    Raises:
        StoreError: Somebody else kept the file busy for longer.
    """
    connection.execute(f"PRAGMA busy_timeout = {int(timeout_s * 1000)}")
    # The rewritten copy passes through memory, not through a file in a folder for everybody.
    connection.execute("PRAGMA temp_store = MEMORY")
    try:
        connection.execute("VACUUM")
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except StoreError as error:
        raise StoreError(_remedy(path, str(error))) from error
    finally:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    if busy:
        raise StoreError(_remedy(path, "another process keeps reading"))


def _remedy(path: Path, reason: str) -> str:
    return (
        f"{path}: the rows are deleted, but traces may remain in the file ({reason}); "
        "run the same command again, if need be with the service stopped"
    )
