"""A damaged database is put aside and a new one begun with what can be read of it."""

import contextlib
import json
import logging
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from edge.errors import StoreError
from edge.files import flush_file, flush_folder, locked, write_whole
from edge.store.connection import BUSY_TIMEOUT_MS, DAMAGED, DAMAGED_SUFFIX, code_of
from edge.store.database import migrated
from edge.store.pages import Pages
from edge.store.salvage import Salvage, salvage

log = logging.getLogger(__name__)

ASIDE = ".damaged-"
"""Between a database's name and when it was put aside."""

NOTE_SUFFIX = ".json"
PLAN_SUFFIX = ".mend"
"""A file of this name beside a database says which one it is being mended from."""

COMPANIONS = ("", "-wal", "-shm")

Finish = Callable[[sqlite3.Connection, Salvage], None]


@dataclass(frozen=True, slots=True)
class Mended:
    """A database that was put aside, and what became of it.

    Attributes:
        name: Of the database, such as ``journal.db``.
        aside: The file's name now; who has looked at it may remove it, and the box says no more.
        at: When, as text.
        reason: What was wrong.
        saved: How many rows the new one was begun with.
        lost: How many are known that could not be read; pages that could not may hold more.
        pages_lost: Of the tables' pages that could be found.
    """

    name: str
    aside: str
    at: str
    reason: str
    saved: int
    lost: int
    pages_lost: int


def damage_of(path: Path, *, thorough: bool) -> str | None:
    """Return what is wrong with a database, None if nothing is found.

    Args:
        path: The file.
        thorough: Whether to look at every page; else at the list of tables.

    Raises:
        StoreError: It cannot be looked at: the disk is full, read only, or fails.
    """
    if _plan(path).exists():
        return "was being mended when the power went"
    if not path.exists():
        return None
    log_file = path.with_name(path.name + "-wal")
    if not path.stat().st_size and log_file.exists() and log_file.stat().st_size:
        return "is empty, and its log is not"  # SQLite would throw the log away
    try:
        with contextlib.closing(_plain(path)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if not thorough:
                return None
            told = [row[0] for row in connection.execute("PRAGMA quick_check(3)")]
    except sqlite3.DatabaseError as error:
        if code_of(error) in DAMAGED:
            return str(error)
        raise StoreError(f"{path}: cannot be looked at ({error}); make room on its disk") from error
    except UnicodeDecodeError:  # SQLite quotes what it has found
        return "what it says of itself is no text"
    return None if told == ["ok"] else "; ".join(str(one) for one in told)


def mend(
    path: Path,
    migrations: Sequence[str],
    *,
    reason: str,
    now: datetime,
    finish: Finish | None = None,
) -> Mended:
    """Put a database aside and begin a new one with what can be read.

    Whoever has it open goes on with the new one. Until it is there nobody can open it: what they
    would write waits.

    Args:
        path: The file.
        migrations: Of its tables.
        reason: What is wrong with it.
        now: Part of the name that it gets.
        finish: Puts right what rows alone do not tell; in the new file, before anybody uses it.

    Raises:
        StoreError: The disk does not take a new file; to be tried again.
    """
    try:
        with locked(path.parent), _nobody_writes(path):
            aside = _put_aside(path, now)
            mended = _begin_anew(path, aside, migrations, reason=reason, now=now, finish=finish)
            path.with_name(path.name + DAMAGED_SUFFIX).unlink(missing_ok=True)
            _plan(path).unlink()
            flush_folder(path.parent)
    except OSError as error:
        raise StoreError(
            f"{path}: is damaged, and no new one can be begun ({error.strerror}); make room on its"
            " disk"
        ) from error
    log.error(
        "%s: %s; put aside as %s, %s rows are saved, %s rows and %s pages are not",
        path,
        reason,
        mended.aside,
        mended.saved,
        mended.lost,
        mended.pages_lost,
    )
    return mended


def mended_in(folder: Path) -> list[Mended]:
    """Return what was put aside in a folder and still lies there, oldest first."""
    found = []
    for note in sorted(folder.glob(f"*{ASIDE}*{NOTE_SUFFIX}")):
        if note.with_name(note.name.removesuffix(NOTE_SUFFIX)).exists():
            with contextlib.suppress(OSError, ValueError, TypeError):
                found.append(Mended(**json.loads(note.read_bytes())))
    return sorted(found, key=lambda one: one.at)


def _put_aside(path: Path, now: datetime) -> Path:
    """Return the damaged file under its new name; the same one if the power went in between."""
    plan = _plan(path)
    if plan.exists():
        aside = path.with_name(plan.read_text(encoding="utf-8"))
    else:
        aside = path.with_name(f"{path.name}{ASIDE}{now:%Y%m%dT%H%M%S}")
        write_whole(plan, aside.name.encode())
    if not aside.exists():
        # The log first: without it beside the file, what it holds could be overlooked.
        for suffix in reversed(COMPANIONS):
            companion = path.with_name(path.name + suffix)
            if companion.exists():
                companion.rename(aside.with_name(aside.name + suffix))
        flush_folder(path.parent)
    return aside


def _begin_anew(
    path: Path,
    aside: Path,
    migrations: Sequence[str],
    *,
    reason: str,
    now: datetime,
    finish: Finish | None,
) -> Mended:
    pages = Pages(aside)
    version = pages.user_version
    if version is None or not 0 < version <= len(migrations):
        version = len(migrations)
    draft = path.with_name(f".{path.name}.new")
    for suffix in (*COMPANIONS, "-journal"):
        draft.with_name(draft.name + suffix).unlink(missing_ok=True)
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, aside.stat().st_mode & 0o777))
    try:
        with contextlib.closing(_plain(draft)) as target:
            target.execute("PRAGMA synchronous = OFF")  # flushed at the end, as a whole
            migrated(target, migrations[:version])
            found = salvage(pages, target)
            migrated(target, migrations)
            if finish is not None:
                finish(target, found)
        flush_file(draft)
    except sqlite3.OperationalError as error:
        draft.unlink(missing_ok=True)
        raise StoreError(
            f"{path}: is damaged, and no new one can be begun ({error}); make room on its disk"
        ) from error
    mended = Mended(
        path.name,
        aside.name,
        now.isoformat(timespec="seconds"),
        reason,
        found.saved.total(),
        found.lost,
        found.pages_lost,
    )
    note = aside.with_name(aside.name + NOTE_SUFFIX)
    write_whole(note, (json.dumps(asdict(mended)) + "\n").encode())
    draft.replace(path)
    flush_folder(path.parent)
    return mended


@contextlib.contextmanager
def _nobody_writes(path: Path) -> Iterator[None]:
    """Wait for who writes; a file that is too damaged for that is written by nobody."""
    if not path.exists() or not path.stat().st_size:  # SQLite removes the log of an empty file
        yield
        return
    with contextlib.closing(_plain(path)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            log.info("%s: cannot be locked (%s)", path, error)
        yield


def _plain(path: Path) -> sqlite3.Connection:
    uri = f"{path.resolve().as_uri()}?mode=rw"
    connection = sqlite3.connect(
        uri, uri=True, timeout=BUSY_TIMEOUT_MS / 1000, isolation_level=None
    )
    connection.row_factory = sqlite3.Row
    return connection


def _plan(path: Path) -> Path:
    return path.with_name(path.name + PLAN_SUFFIX)
