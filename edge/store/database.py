"""Open a SQLite file the way a box in a cabinet needs it: durable, shared, migrated."""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from edge.errors import StoreError
from edge.store.connection import BUSY_TIMEOUT_MS, Connection

__all__ = ["BUSY_TIMEOUT_MS", "Connection", "flushed_later", "open_database", "transaction"]


def open_database(path: Path, migrations: Sequence[str], *, read_only: bool = False) -> Connection:
    """Return a connection in autocommit mode; use ``transaction`` to write.

    A file that cannot be used now - the disk is full or read only, the file is damaged - is opened
    as far as it can be read, and again at a later use; what needs it until then is a StoreError.

    Args:
        path: The file; made with its folder if absent.
        migrations: SQL scripts; number ``n`` brings a file from ``user_version`` n to n + 1. The
            last state is reached by running all on an empty file.
        read_only: Open an existing file for reading.

    Raises:
        StoreError: The file comes from a newer gridwatch.
    """

    def prepare(connection: sqlite3.Connection, reading: bool) -> None:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        if not reading:
            connection.execute("PRAGMA journal_mode = WAL")
        # FULL: a committed row survives a power cut, not only a crash of the process.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        _migrate(connection, path, migrations, read_only=reading)

    return Connection(path, prepare, read_only=read_only)


def _migrate(
    connection: sqlite3.Connection, path: Path, migrations: Sequence[str], *, read_only: bool
) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(migrations):
        raise StoreError(
            f"{path}: was written by a newer gridwatch (version {version} of the file, "
            f"{len(migrations)} known here); install that one again"
        )
    if read_only or version == len(migrations):
        return
    migrated(connection, migrations)


def migrated(connection: sqlite3.Connection, migrations: Sequence[str]) -> None:
    """Bring a file to the state after some migrations; those it has had are left out."""
    with _all_or_nothing(connection):
        # Another process may have done it while this one waited for the lock.
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        for number in range(version, len(migrations)):
            for statement in _statements(migrations[number]):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number + 1}")


def _statements(script: str) -> Iterator[str]:
    """Split a script: ``executescript`` would commit the transaction around it."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Write all or nothing, and alone: the lock is taken at the begin.

    Raises:
        StoreError: The disk is full or fails, or another process holds the lock too long; nothing
            was written.
    """
    try:
        with _all_or_nothing(connection):
            yield
    except sqlite3.OperationalError as error:
        raise StoreError(
            f"{_file_of(connection)}: cannot be written ({error}); "
            "make room on its disk and check the file's rights"
        ) from error


@contextlib.contextmanager
def _all_or_nothing(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    written = False
    try:
        if isinstance(connection, Connection):
            connection.require_its_file()
        yield
        connection.execute("COMMIT")
        written = True
    except BaseException:
        _roll_back(connection)
        raise
    finally:
        if isinstance(connection, Connection):
            connection.ended(written=written)


@contextlib.contextmanager
def flushed_later(connection: sqlite3.Connection) -> Iterator[None]:
    """Let transactions be lost in a power cut, though never damaged or out of order."""
    connection.execute("PRAGMA synchronous = NORMAL")
    try:
        yield
    finally:
        connection.execute("PRAGMA synchronous = FULL")


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:  # some failures have ended it already
        with contextlib.suppress(StoreError):  # what it fails on is what is told
            connection.execute("ROLLBACK")


def _file_of(connection: sqlite3.Connection) -> str:
    return str(connection.execute("PRAGMA database_list").fetchone()["file"])
