"""The box's databases: looked at when the service begins, and mended when they are damaged."""

import contextlib
import logging
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from edge.bootstrap import parts
from edge.clock import Clock
from edge.errors import ConfigError, StoreError
from edge.files import flush_folder
from edge.settings import Settings
from edge.store import accounts, journal, probes, residents
from edge.store.accounts import Accounts
from edge.store.connection import DAMAGED_SUFFIX
from edge.store.database import open_database, transaction
from edge.store.journal_mending import count_on, journal_finish
from edge.store.mending import Finish, Mended, damage_of, mend, mended_in
from edge.store.salvage import Salvage

log = logging.getLogger(__name__)

CLEAN_END = "clean-end"
"""Lies in the box's home from an orderly end to the next start: else every page is looked at."""

LOOK_EVERY_S = 2.0
AUDIT_ACT = "database.mend"


@dataclass(frozen=True, slots=True)
class _Database:
    """One file.

    Attributes:
        finish: What rows alone do not tell.
        written_down: Writes into its own audit that it was mended; None where it has none.
    """

    path: Path
    migrations: Sequence[str]
    finish: Finish | None = None
    written_down: Callable[[Mended], None] | None = None


class Databases:
    """Looks after all of them; used by the service's own thread."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        """Prepare; nothing is opened yet."""
        self._home = settings.home
        self._clock = clock
        self._due_s = float("-inf")
        self._said: dict[Path, str] = {}
        self._unseen: set[Path] = set()
        journal_path = parts.journal_path(settings)
        residents_path = parts.residents_path(settings)
        accounts_path = settings.home / accounts.FILE
        self._databases = (
            _Database(journal_path, journal.MIGRATIONS, journal_finish(journal_path)),
            _Database(
                residents_path,
                residents.MIGRATIONS,
                _another_gallery,
                partial(_note_in_residents, settings, clock),
            ),
            _Database(
                accounts_path,
                accounts.MIGRATIONS,
                None,
                partial(_note_in_accounts, accounts_path, clock),
            ),
            _Database(settings.home / "probes.db", probes.MIGRATIONS),
        )

    def begin(self) -> None:
        """Look at every file before anybody uses it; mend what is damaged.

        Every page is looked at unless the service ended in good order: that costs a second for a
        million messages, and minutes on a slow disk.
        """
        thorough = not self._forget_clean_end()
        for one in self._databases:
            noted = _note(one.path).exists()
            self._look_at(one, thorough=thorough or noted)
        self._count_on()

    def look(self) -> None:
        """Mend what somebody has met damage in since, or what the disk kept from being mended."""
        if self._clock.mono_s() < self._due_s:
            return
        self._due_s = self._clock.mono_s() + LOOK_EVERY_S
        for one in self._databases:
            if one.path in self._unseen or _note(one.path).exists():
                self._look_at(one, thorough=True)

    def end(self) -> None:
        """Note an end in good order; after everybody has closed what they had open."""
        with contextlib.suppress(OSError):
            (self._home / CLEAN_END).touch()
            flush_folder(self._home)

    def mended(self) -> list[Mended]:
        """Return what was put aside and lies there still."""
        return mended_in(self._home)

    def _forget_clean_end(self) -> bool:
        try:
            (self._home / CLEAN_END).unlink()
            flush_folder(self._home)
        except OSError:
            return False
        return True

    def _look_at(self, one: _Database, *, thorough: bool) -> None:
        try:
            reason = damage_of(one.path, thorough=thorough)
            if reason is None:
                self._unseen.discard(one.path)
                _note(one.path).unlink(missing_ok=True)
                return
            done = mend(
                one.path,
                one.migrations,
                reason=reason,
                now=self._clock.utc(),
                finish=one.finish,
            )
        except (StoreError, OSError) as error:
            self._unseen.add(one.path)
            if self._said.get(one.path) != str(error):
                log.error("%s", error)  # noqa: TRY400
            self._said[one.path] = str(error)
            return
        self._unseen.discard(one.path)
        if one.written_down is None:
            return
        try:
            one.written_down(done)
        except (StoreError, ConfigError) as error:
            log.error("%s: its audit does not say that it was mended: %s", one.path, error)  # noqa: TRY400

    def _count_on(self) -> None:
        path = self._databases[0].path
        try:
            connection = open_database(path, journal.MIGRATIONS)
            with contextlib.closing(connection), transaction(connection):
                behind = count_on(connection, path)
        except StoreError as error:
            log.error("%s", error)  # noqa: TRY400
            return
        if behind:
            log.error(
                "%s is older than what was told: %s messages are not in it, and their numbers are"
                " left out",
                path,
                behind,
            )


def _another_gallery(target: sqlite3.Connection, _: Salvage) -> None:
    """Have whoever holds the gallery in memory load it anew."""
    changed = target.execute("UPDATE state SET gallery_version = gallery_version + 1000000")
    if not changed.rowcount:
        target.execute("INSERT INTO state VALUES (1000000)")


def _told(mended: Mended) -> str:
    return f"{mended.saved} rows saved, {mended.lost} lost; {mended.reason}"[:500]


def _note_in_residents(settings: Settings, clock: Clock, mended: Mended) -> None:
    store = parts.open_residents(settings, clock, actor="gridwatch")
    with contextlib.closing(store):
        store.write_down(AUDIT_ACT, mended.aside, _told(mended))


def _note_in_accounts(path: Path, clock: Clock, mended: Mended) -> None:
    with contextlib.closing(Accounts(path, clock)) as opened:
        opened.audit("gridwatch", AUDIT_ACT, mended.aside, _told(mended))


def _note(path: Path) -> Path:
    return path.with_name(path.name + DAMAGED_SUFFIX)
