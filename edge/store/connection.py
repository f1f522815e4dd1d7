"""A connection to a database file that may be away for a time.

A disk is full, or read only, or a file was found damaged and put aside. Whoever has a connection
goes on: every use opens the file again if it must, and what cannot be done is one ``StoreError``.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NoReturn

from edge.errors import StoreError
from edge.files import locked

BUSY_TIMEOUT_MS = 5000
AGAIN_S = 0.5
"""Between two attempts to open a file that is away: some ask fifty times a second."""

DAMAGED_SUFFIX = ".damaged"
"""A file of this name beside a database says that damage was found in it."""

AWAY = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
    }
)
"""What may pass by itself, or by somebody who makes room."""

DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
STALE = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR})
"""A connection may remember these although the disk is well again."""

READING = ("SELECT", "PRAGMA")
CALLERS_FAULT = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.NotSupportedError)


def code_of(error: Exception) -> int:
    """Return SQLite's primary result code, -1 if there is none."""
    code = getattr(error, "sqlite_errorcode", None)
    return -1 if code is None else int(code) & 0xFF


FAILURES = (sqlite3.DatabaseError, UnicodeDecodeError)
"""The second where SQLite quotes what it has found in a damaged file."""


class Cursor(sqlite3.Cursor):
    """Results; a failure at any row is a StoreError."""

    connection: "Connection"

    def execute(self, sql: str, parameters: Any = (), /) -> "Cursor":
        """Run a statement."""
        try:
            super().execute(sql, parameters)
        except FAILURES as error:
            self.connection.failed(error, writing=not sql.startswith(READING))
        return self

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> "Cursor":
        """Run a statement for each of many."""
        try:
            super().executemany(sql, parameters)
        except FAILURES as error:
            self.connection.failed(error, writing=True)
        return self

    def fetchone(self) -> Any:
        """Return the next row, None after the last."""
        try:
            return super().fetchone()
        except FAILURES as error:
            self.connection.failed(error)

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""
        try:
            return super().fetchall()
        except FAILURES as error:
            self.connection.failed(error)

    def __next__(self) -> Any:
        """Return the next row."""
        try:
            return super().__next__()
        except FAILURES as error:
            self.connection.failed(error)


class Connection(sqlite3.Connection):
    """A connection that opens its file when it is used, and again when it has to."""

    def __init__(
        self,
        path: Path,
        prepare: Callable[[sqlite3.Connection, bool], None],
        *,
        read_only: bool = False,
        mono_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open a file as far as it lets itself be opened.

        Args:
            path: The file; made with its folder if absent.
            prepare: Makes a connection ready; told whether it can only read. What it raises but
                database errors is passed on.
            read_only: Never write, never make the file.
            mono_s: The time, so that a file that is away is not knocked at without a pause.
        """
        self.path = path
        self.openings = 0
        self._prepare = prepare
        self._read_only = read_only
        self._mono_s = mono_s
        self._opened = False
        self._opening = False
        self._closed = False
        self._stale = False
        self._file: tuple[int, int] | None = None
        self._then: dict[str, Callable[[], None]] = {}
        self._why = f"{path}: is not open"
        self._seen: tuple[int, int] | None = None
        self._look_s = float("-inf")
        try:
            self._open()
        except StoreError:
            if self._look_s == float("-inf"):  # nothing that passes by itself
                raise

    @property
    def opened(self) -> bool:
        """Return whether there is a file behind it."""
        return self._opened

    def cursor(self, factory: Any = Cursor) -> Any:
        """Return a cursor of a file that is there; raises StoreError."""
        if not self._opening:
            self._be_there()
        return super().cursor(factory)

    def execute(self, sql: str, parameters: Any = (), /) -> Cursor:
        """Run a statement; raises StoreError."""
        cursor: Cursor = self.cursor()
        return cursor.execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> Cursor:
        """Run a statement for each of many; raises StoreError."""
        cursor: Cursor = self.cursor()
        return cursor.executemany(sql, parameters)

    def version(self) -> tuple[int, int]:
        """Return what is another as soon as somebody else has written; costs microseconds.

        SQLite's own number begins anew with a file; raises StoreError.
        """
        (number,) = self.execute("PRAGMA data_version").fetchone()
        return self.openings, number

    def changed(self) -> bool:
        """Return whether somebody else has written since the last call; raises StoreError."""
        before, self._seen = self._seen, self.version()
        return self._seen != before

    def knock(self) -> None:
        """Let the next use try to open the file, however short ago the last attempt was."""
        self._look_s = 0.0

    def then(self, name: str, act: Callable[[], None]) -> None:
        """Do something as soon as the transaction is on the disk; not if it is undone.

        Args:
            name: Of several acts of one name, the last is done.
            act: What to do.
        """
        self._then[name] = act

    def ended(self, *, written: bool) -> None:
        """Take note of the end of a transaction."""
        acts, self._then = self._then, {}
        for act in acts.values() if written else ():
            act()

    def require_its_file(self) -> None:
        """Raise StoreError if the file was put aside while this connection waited for its lock."""
        if not self._opening and _identity(self.path) != self._file:
            raise StoreError(f"{self.path}: was put aside as damaged; what is new waits")

    def close(self) -> None:
        """Close the file for good."""
        self._closed = True
        if self._opened:
            super().close()

    def failed(
        self, error: sqlite3.DatabaseError | UnicodeDecodeError, *, writing: bool = False
    ) -> NoReturn:
        """Raise what a failure means: StoreError, or the error itself where the caller is wrong."""
        if isinstance(error, CALLERS_FAULT) or self._opening:
            raise error
        raise self._meaning(error, writing=writing) from error

    def _meaning(
        self, error: sqlite3.DatabaseError | UnicodeDecodeError, *, writing: bool
    ) -> StoreError:
        code = code_of(error)
        if code in DAMAGED or isinstance(error, UnicodeDecodeError):
            if not self._read_only:
                note_damage(self.path)
            return StoreError(
                f"{self.path}: is damaged ({error}); the service puts it aside and saves what can "
                "be read of it"
            )
        if code in STALE:
            self._stale = True
            self._look_s = self._mono_s() + AGAIN_S
        what = "written" if writing else "read"
        return StoreError(
            f"{self.path}: cannot be {what} ({error}); make room on its disk and check the file's "
            "rights"
        )

    def _be_there(self) -> None:
        if self._closed:
            return  # and SQLite says so
        if self._opened:
            if self.in_transaction:
                return
            if self._file is not None and _identity(self.path) != self._file:
                self._open(again=True)  # put aside: the new one is at its place
                return
            if not self._stale or self._mono_s() < self._look_s:
                return
            self._open(again=True)
            return
        if self._mono_s() < self._look_s:
            raise StoreError(self._why)
        self._open(again=self.openings > 0)

    def _open(self, *, again: bool = False) -> None:
        """Open the file; raises StoreError, which counts until the next attempt."""
        self._opened, self._opening = False, True
        try:
            with locked(self._folder(), shared=True, wait=False):
                self._open_as_far_as_possible(again=again)
        except BlockingIOError as error:
            self._away(f"{self.path}: is being mended; what is new waits", error)
        except OSError as error:
            self._away(
                f"{self.path}: cannot be written ({error.strerror}); give this user the right to",
                error,
            )
        finally:
            self._opening = False

    def _open_as_far_as_possible(self, *, again: bool) -> None:
        try:
            mode = "ro" if self._read_only else "rw" if again else "rwc"
            self._connect(f"mode={mode}", reading=self._read_only)
        except FAILURES as error:
            if code_of(error) not in AWAY:
                self._away(str(self._meaning(error, writing=False)), error)
            if not self._open_to_read():
                self._away(str(self._meaning(error, writing=True)), error)
            self._stale = True
            self._look_s = self._mono_s() + AGAIN_S

    def _open_to_read(self) -> bool:
        """Open what the disk does not let be written; return whether that is possible."""
        if not self.path.exists() or not self.path.stat().st_size:
            return False  # an empty file has no tables to read
        modes = ["mode=ro"]
        log = self.path.with_name(self.path.name + "-wal")
        # Without a log nothing can be missed; with one it would be an older state.
        if not (log.exists() and log.stat().st_size):
            modes.append("mode=ro&immutable=1")
        for mode in modes:
            try:
                self._connect(mode, reading=True)
            except FAILURES:
                continue
            return True
        return False

    def _connect(self, mode: str, *, reading: bool) -> None:
        mine = dict(self.__dict__)
        try:
            super().__init__(
                f"{self.path.resolve().as_uri()}?{mode}",
                uri=True,
                isolation_level=None,
                check_same_thread=False,
            )
        finally:
            self.__dict__.update(mine)  # a second opening begins by clearing the object
        try:
            self.row_factory = sqlite3.Row
            self._file = _identity(self.path)
            self._prepare(self, reading)
        except BaseException:
            super().close()
            raise
        self._opened, self._stale = True, False
        self.openings += 1

    def _folder(self) -> Path:
        if not self._read_only:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        return self.path.parent

    def _away(self, text: str, error: Exception) -> NoReturn:
        self._why = text
        self._look_s = self._mono_s() + AGAIN_S
        raise StoreError(text) from error


def note_damage(path: Path) -> None:
    """Leave word beside a database that damage was found in it, for who can mend it."""
    try:
        path.with_name(path.name + DAMAGED_SUFFIX).touch()
    except OSError:
        return  # whoever reads next finds it, too


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        facts = os.stat(path)
    except OSError:
        return None
    return facts.st_dev, facts.st_ino
