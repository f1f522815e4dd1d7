"""Who may use the console: users, and the chain of what they did."""

import json
import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from edge.clock import Clock
from edge.errors import ConfigError
from edge.store.audit import (
    BEGINNING,
    SELECT,
    AuditRow,
    append,
    first_broken_or_cut,
    row_of,
)
from edge.store.audit_seal import open_seal
from edge.store.database import open_database, transaction
from edge.store.first_password import forget_first_password
from edge.store.privacy import keep_private

MIGRATIONS = (files("edge.store").joinpath("accounts.sql").read_text(encoding="utf-8"),)
FILE = "console.db"
FIRST_USER = "admin"
KEYS = "keys"
KEY_NAME = "audit.key"
LEAST_PASSWORD = 10
"""Characters; length matters more than kinds of them (NIST SP 800-63B, 3.1.1.2)."""


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may sign in.

    Attributes:
        cameras: The only ones they see; None for all.
        must_change: Whether the password was given by somebody else.
    """

    name: str
    role: str
    cameras: frozenset[str] | None
    must_change: bool
    disabled: bool


class Accounts:
    """One connection to the console's own file."""

    def __init__(self, path: Path, clock: Clock, hasher: PasswordHasher | None = None) -> None:
        """Open the file, made if absent.

        Args:
            path: ``console.db``; the key that seals its audit lies in ``keys/`` beside it.
            clock: For times of rows.
            hasher: Of passwords; argon2id with the library's usual cost by default.

        Raises:
            StoreError: The file or the key cannot be used.
        """
        keep_private(path)
        self._path = path
        self._seal = open_seal(path.parent / KEYS / KEY_NAME)
        self.connection = open_database(path, MIGRATIONS)
        if not self._anybody():
            with transaction(self.connection):
                self._seal.begin(self.connection, 0, BEGINNING)
        self._clock = clock
        self._hasher = hasher or PasswordHasher()
        self._nobody = _nobodys_password(
            self._hasher.time_cost, self._hasher.memory_cost, self._hasher.parallelism
        )

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def begin(self, role: str) -> str | None:
        """Make the first user, if there is none, and return their one-time password."""
        return None if self._anybody() else self.add(FIRST_USER, role, None, by="gridwatch")

    def users(self) -> list[User]:
        """Return everybody, by name."""
        found = self.connection.execute("SELECT * FROM users ORDER BY name").fetchall()
        return [_user(row) for row in found]

    def find(self, name: str) -> User | None:
        """Return somebody, None if there is nobody of that name."""
        row = self.connection.execute("SELECT * FROM users WHERE name = ?", (name,)).fetchone()
        return _user(row) if row else None

    def check(self, name: str, password: str) -> User | None:
        """Return who has this name and password, None if nobody may sign in with them."""
        row = self.connection.execute("SELECT * FROM users WHERE name = ?", (name,)).fetchone()
        try:
            self._hasher.verify(row["password"] if row else self._nobody, password)
        except VerifyMismatchError:
            return None
        return _user(row) if row and not row["disabled"] else None

    def add(
        self,
        name: str,
        role: str,
        cameras: frozenset[str] | None,
        *,
        by: str,
        password: str | None = None,
    ) -> str:
        """Make a user and return their one-time password, which is generated unless given.

        Raises:
            ConfigError: The name is taken, or the password is too short.
        """
        password = secrets.token_urlsafe(12) if password is None else _long_enough(password)
        try:
            with transaction(self.connection):
                self.connection.execute(
                    "INSERT INTO users VALUES (?, ?, ?, ?, 1, 0, ?)",
                    (name, role, _text(cameras), self._hasher.hash(password), self._now()),
                )
                self._append(by, "user.add", f"user {name}", role)
        except sqlite3.IntegrityError as error:
            raise ConfigError(f"user {name!r} exists already; choose another name") from error
        return password

    def change(
        self, name: str, *, role: str, cameras: frozenset[str] | None, disabled: bool, by: str
    ) -> None:
        """Change what somebody may do; who is disabled is signed out.

        Raises:
            ConfigError: There is no such user, or nobody could administer the box any more.
        """
        with transaction(self.connection):
            before = self._require(name)
            if before.role != role or disabled:
                self._require_another(before)
            self.connection.execute(
                "UPDATE users SET role = ?, cameras = ?, disabled = ? WHERE name = ?",
                (role, _text(cameras), disabled, name),
            )
            self.connection.execute("DELETE FROM sessions WHERE user = ?", (name,))
            if disabled:
                self.connection.execute("DELETE FROM tokens WHERE user = ?", (name,))
            self._append(by, "user.change", f"user {name}", "disabled" if disabled else role)

    def reset(self, name: str, *, by: str) -> str:
        """Give somebody a new one-time password and return it; they are signed out."""
        password = secrets.token_urlsafe(12)
        self.set_password(name, password, must_change=True, by=by)
        return password

    def set_password(self, name: str, password: str, *, must_change: bool, by: str) -> None:
        """Replace a password and sign the user out everywhere.

        Raises:
            ConfigError: It is too short, or there is no such user.
        """
        hashed = self._hasher.hash(_long_enough(password))
        with transaction(self.connection):
            self._require(name)
            self.connection.execute(
                "UPDATE users SET password = ?, must_change = ? WHERE name = ?",
                (hashed, must_change, name),
            )
            self.connection.execute("DELETE FROM sessions WHERE user = ?", (name,))
            self._append(by, "user.password", f"user {name}", "reset" if must_change else "changed")
        if name == FIRST_USER:
            forget_first_password(self._path.parent)

    def audit(self, actor: str, act: str, subject: str, result: str) -> None:
        """Write a row of what somebody did; raises StoreError, and then it must not be done."""
        with transaction(self.connection):
            self._append(actor, act, subject, result)

    def audit_rows(
        self, *, before: int | None = None, limit: int | None = None
    ) -> Sequence[AuditRow]:
        """Return rows, newest first.

        Args:
            before: Only rows of a smaller number.
            limit: At most so many; None for all.
        """
        found = self.connection.execute(
            f"{SELECT} WHERE ? IS NULL OR number < ? ORDER BY number DESC LIMIT ?",
            (before, before, -1 if limit is None else limit),
        )
        return [row_of(row) for row in found]

    def first_broken_audit_row(self) -> int | None:
        """Return the number of the first row that was tampered with or cut off, None if none was.

        Raises:
            StoreError: The file is damaged.
        """
        return first_broken_or_cut(self.connection, self._seal)

    def audit_end(self) -> tuple[int, str]:
        """Return number and hash of the last row, to be noted elsewhere."""
        last = self.audit_rows(limit=1)
        return (last[0].number, last[0].sha256) if last else (0, BEGINNING)

    def audit_hash(self, number: int) -> str | None:
        """Return the hash of a row, None if there is none of this number."""
        found = self.audit_rows(before=number + 1, limit=1)
        return found[0].sha256 if found and found[0].number == number else None

    def _anybody(self) -> bool:
        return self.connection.execute("SELECT 1 FROM users LIMIT 1").fetchone() is not None

    def _require(self, name: str) -> User:
        found = self.find(name)
        if found is None:
            raise ConfigError(f"user {name!r} does not exist; see the list of users")
        return found

    def _require_another(self, leaving: User) -> None:
        """Refuse that the last one of the first user's role goes."""
        if leaving.disabled:
            return
        first = self.connection.execute(
            "SELECT role FROM users WHERE name = ?", (FIRST_USER,)
        ).fetchone()
        if first is None or leaving.role != first["role"]:
            return
        others = self.connection.execute(
            "SELECT 1 FROM users WHERE role = ? AND disabled = 0 AND name <> ? LIMIT 1",
            (leaving.role, leaving.name),
        ).fetchone()
        if others is None:
            raise ConfigError(
                f"user {leaving.name!r} is the last {leaving.role}; make another one first"
            )

    def _append(self, actor: str, act: str, subject: str, result: str) -> None:
        append(
            self.connection,
            at=self._clock.utc(),
            actor=actor,
            act=act,
            subject=subject,
            result=result,
            seal=self._seal,
        )

    def _now(self) -> str:
        return self._clock.utc().isoformat(timespec="seconds")


@cache
def _nobodys_password(time_cost: int, memory_cost: int, parallelism: int) -> str:
    """Return what is checked for names that nobody has: the answer takes as long as for others.

    Once for all connections, each of which would else take the tenth of a second that it costs.
    """
    hasher = PasswordHasher(time_cost, memory_cost, parallelism)
    return hasher.hash(secrets.token_hex(16))


def _user(row: sqlite3.Row) -> User:
    cameras = None if row["cameras"] is None else frozenset(json.loads(row["cameras"]))
    return User(row["name"], row["role"], cameras, bool(row["must_change"]), bool(row["disabled"]))


def _long_enough(password: str) -> str:
    if len(password) < LEAST_PASSWORD:
        raise ConfigError(f"the password is too short; use at least {LEAST_PASSWORD} characters")
    return password


def _text(cameras: frozenset[str] | None) -> str | None:
    return None if cameras is None else json.dumps(sorted(cameras))
