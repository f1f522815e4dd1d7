"""Who is signed in: sessions of browsers, tokens of machines, and what too many failures cost."""

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from edge.clock import Clock
from edge.errors import ConfigError
from edge.store.accounts import Accounts, User
from edge.store.database import transaction
from edge.store.moments import text_of

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
AHEAD = timedelta(minutes=5)
"""A session or a failure that is dated later than this is of a time before the clock was set."""

SEEN_EVERY = timedelta(minutes=1)
"""A session is not written at every request."""

FREE_FAILURES = 5
FAILURES_COUNT = timedelta(minutes=15)
TOKEN_BYTES = 32
TOKEN_PREFIX = "gw_"


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody at a browser."""

    user: User
    csrf: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session: what the cookie holds, which is kept nowhere else."""

    token: str
    session: Session


@dataclass(frozen=True, slots=True)
class Token:
    """A machine's permission, without its secret.

    Attributes:
        role: Never more than its user's.
    """

    id: str
    name: str
    user: str
    role: str
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None


class Sessions:
    """Signs people in and out; on the connection of their accounts."""

    def __init__(self, accounts: Accounts, clock: Clock) -> None:
        self._accounts = accounts
        self._connection = accounts.connection
        self._clock = clock

    def wait_s(self, name: str, address: str) -> float:
        """Return for how long nobody may try to sign in under a name or from an address."""
        now = self._clock.utc()
        waits = [self._wait(subject, now) for subject in _subjects(name, address)]
        return max(*waits, 0.0)

    def open(self, name: str, password: str, address: str) -> Opened | None:
        """Sign somebody in; None if name or password is wrong, which is counted."""
        user = self._accounts.check(name, password)
        if user is None:
            self._count_failure(name, address)
            self._accounts.audit(name, "login", f"address {address}", "refused")
            return None
        with transaction(self._connection):
            self._connection.execute("DELETE FROM failures WHERE subject = ?", (f"user {name}",))
        self._accounts.audit(name, "login", f"address {address}", "ok")
        return self.renew(user, address)

    def renew(self, user: User, address: str) -> Opened:
        """Open a session for somebody who has proved who they are."""
        token, csrf = secrets.token_urlsafe(TOKEN_BYTES), secrets.token_urlsafe(TOKEN_BYTES)
        now = text_of(self._clock.utc())
        with transaction(self._connection):
            self._connection.execute(
                "DELETE FROM sessions WHERE begun_at < ?", (text_of(self._clock.utc() - LONGEST),)
            )
            self._connection.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?)",
                (_sha256(token), csrf, user.name, address, now, now),
            )
        return Opened(token, Session(user, csrf))

    def find(self, token: str) -> Session | None:
        """Return the session of a cookie, None if there is none or it is over."""
        row = self._connection.execute(
            "SELECT * FROM sessions WHERE sha256 = ?", (_sha256(token),)
        ).fetchone()
        if row is None:
            return None
        now = self._clock.utc()
        seen, begun = (datetime.fromisoformat(row[name]) for name in ("seen_at", "begun_at"))
        user = self._accounts.find(row["user"])
        over = now - seen > IDLE or now - begun > LONGEST or min(seen, begun) - now > AHEAD
        if over or user is None or user.disabled:
            self.close(token)
            return None
        if now - seen > SEEN_EVERY:
            with transaction(self._connection):
                self._connection.execute(
                    "UPDATE sessions SET seen_at = ? WHERE sha256 = ?",
                    (text_of(now), row["sha256"]),
                )
        return Session(user, row["csrf"])

    def close(self, token: str) -> None:
        """End a session."""
        with transaction(self._connection):
            self._connection.execute("DELETE FROM sessions WHERE sha256 = ?", (_sha256(token),))

    def make_token(self, name: str, user: User, role: str, expires_at: datetime) -> str:
        """Make a machine's token and return its secret, which is kept nowhere."""
        secret = TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
        with transaction(self._connection):
            self._connection.execute(
                "INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
                (
                    str(uuid.uuid4()),
                    _sha256(secret),
                    name,
                    user.name,
                    role,
                    text_of(self._clock.utc()),
                    text_of(expires_at),
                ),
            )
        return secret

    def tokens(self) -> list[Token]:
        """Return all tokens, by name."""
        rows = self._connection.execute(
            "SELECT id, name, user, role, made_at, expires_at, used_at"
            " FROM tokens ORDER BY name, id"
        ).fetchall()
        return [
            Token(
                row["id"],
                row["name"],
                row["user"],
                row["role"],
                datetime.fromisoformat(row["made_at"]),
                datetime.fromisoformat(row["expires_at"]),
                datetime.fromisoformat(row["used_at"]) if row["used_at"] else None,
            )
            for row in rows
        ]

    def revoke(self, token_id: str) -> None:
        """End a token; raises ConfigError if there is none of that id."""
        with transaction(self._connection):
            gone = self._connection.execute("DELETE FROM tokens WHERE id = ?", (token_id,)).rowcount
        if not gone:
            raise ConfigError("there is no such token; see the list of tokens")

    def bearer(self, secret: str) -> tuple[User, Token] | None:
        """Return whose token a secret is, None if it is none or has expired."""
        row = self._connection.execute(
            "SELECT id FROM tokens WHERE sha256 = ?", (_sha256(secret),)
        ).fetchone()
        if row is None:
            return None
        token = next(one for one in self.tokens() if one.id == row["id"])
        user = self._accounts.find(token.user)
        now = self._clock.utc()
        if user is None or user.disabled or now >= token.expires_at:
            return None
        if token.used_at is None or now - token.used_at > SEEN_EVERY:
            with transaction(self._connection):
                self._connection.execute(
                    "UPDATE tokens SET used_at = ? WHERE id = ?", (text_of(now), token.id)
                )
        return user, token

    def _wait(self, subject: str, now: datetime) -> float:
        rows = self._connection.execute(
            "SELECT at FROM failures WHERE subject = ? AND at > ? AND at <= ? ORDER BY at",
            (subject, text_of(now - FAILURES_COUNT), text_of(now + AHEAD)),
        ).fetchall()
        beyond = len(rows) - FREE_FAILURES
        if beyond < 0:
            return 0.0
        until = datetime.fromisoformat(rows[-1]["at"]) + timedelta(seconds=min(30 * 2**beyond, 900))
        return (until - now).total_seconds()

    def _count_failure(self, name: str, address: str) -> None:
        now = self._clock.utc()
        with transaction(self._connection):
            self._connection.execute(
                "DELETE FROM failures WHERE at <= ?", (text_of(now - FAILURES_COUNT),)
            )
            self._connection.executemany(
                "INSERT INTO failures VALUES (?, ?)",
                [(subject, text_of(now)) for subject in _subjects(name, address)],
            )


def _subjects(name: str, address: str) -> tuple[str, str]:
    return f"user {name}", f"address {address}"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
