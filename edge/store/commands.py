"""Commands of the platform that were taken: kept until they are answered, remembered longer."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from edge.clock import Clock
from edge.store.database import open_database, transaction
from edge.store.journal import JSON, MIGRATIONS
from edge.store.moments import text_of
from edge.store.outgoing import Loose, post
from edge.store.vault import PictureLabel, Sealed, Vault

MOST_ATTEMPTS = 3
MOST_REMEMBERED = 10_000
REMEMBERED_FOR = timedelta(days=1)
"""Beyond its end, and only where there are more than the most: a clock may be set back."""

DONE, FAILED, REFUSED = "done", "failed", "refused"
SEALED_AS = "command"


@dataclass(frozen=True, slots=True)
class Address:
    """Where the answers to a command go.

    Attributes:
        leaf: Topic below the box's own.
        correlation: What the platform wants back with each.
    """

    leaf: str
    correlation: bytes | None = None


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message that answers a command; the leaf is that of its address, with the name behind.

    Attributes:
        name: Empty for the answer itself.
    """

    payload: bytes
    name: str = ""
    media_type: str = JSON


@dataclass(frozen=True, slots=True)
class Taken:
    """A command as it is kept.

    Attributes:
        body: JSON; not shown when the command is printed.
    """

    id: str
    name: str
    signer: str
    issued_at: datetime
    expires_at: datetime
    address: Address
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A command that is to be done.

    Attributes:
        number: Its place in the order they came in.
        attempts: How often it was begun and not ended.
        audited: Whether the audit has that it was taken.
    """

    number: int
    command: Taken
    attempts: int
    audited: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a command.

    Attributes:
        state: ``done``, ``failed`` or ``refused``.
        code: Why it was not done; empty if it was.
        said: The same for people.
    """

    state: str
    code: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of the list for people."""

    id: str
    name: str
    signer: str
    taken_at: datetime
    ended_at: datetime | None
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of commands since the box was set up.

    Attributes:
        taken: How many were taken.
        waiting: How many of them are not done yet.
        refused: How many were refused, before or after they were taken, by reason.
        failed: How many could not be done, by reason.
    """

    taken: int
    waiting: int
    refused: Mapping[str, int]
    failed: Mapping[str, int]


class Commands:
    """One connection to the journal's commands; each thread has its own."""

    def __init__(self, path: Path, clock: Clock, *, vault: Vault) -> None:
        """Open the journal's file, made if absent; raises StoreError.

        Args:
            path: The journal.
            clock: The box's.
            vault: Seals what the platform says of people until it is done.
        """
        self._connection = open_database(path, MIGRATIONS)
        self._clock = clock
        self._vault = vault

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def state_of(self, command_id: str) -> str | None:
        """Return what has become of a command, None if it never was taken."""
        row = self._connection.execute(
            "SELECT state FROM commands WHERE id = ?", (command_id,)
        ).fetchone()
        return None if row is None else str(row["state"])

    def load(self) -> tuple[int, int]:
        """Return how many commands wait, and how many bytes they have."""
        row = self._connection.execute(
            "SELECT count(*) AS waiting, coalesce(sum(bytes), 0) AS bytes FROM commands"
            " WHERE state = 'taken'"
        ).fetchone()
        return int(row["waiting"]), int(row["bytes"])

    def take(self, command: Taken) -> bool:
        """Keep a command until it is done; False if it was taken before.

        Raises:
            StoreError: It could not be written.
        """
        sealed = self._vault.seal_bytes(command.body, PictureLabel(SEALED_AS, command.id))
        with transaction(self._connection):
            return bool(
                self._connection.execute(
                    "INSERT OR IGNORE INTO commands (id, name, signer, issued_at, expires_at,"
                    " taken_at, leaf, correlation, state, bytes, nonce, body)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'taken', ?, ?, ?)",
                    (
                        command.id,
                        command.name,
                        command.signer,
                        text_of(command.issued_at),
                        text_of(command.expires_at),
                        text_of(self._clock.utc()),
                        command.address.leaf,
                        command.address.correlation,
                        len(command.body),
                        sealed.nonce,
                        sealed.payload,
                    ),
                ).rowcount
            )

    def names(self) -> list[str]:
        """Return the names of what is to be done."""
        rows = self._connection.execute(
            "SELECT DISTINCT name FROM commands WHERE state = 'taken' ORDER BY name"
        ).fetchall()
        return [row["name"] for row in rows]

    def next(self, name: str, *, besides: int | None = None) -> Waiting | None:
        """Return the first command of a name that is to be done, without its body.

        Args:
            name: Of the command.
            besides: The number of one that is being done.
        """
        row = self._connection.execute(
            "SELECT * FROM commands WHERE state = 'taken' AND name = ? AND number IS NOT ?"
            " ORDER BY number LIMIT 1",
            (name, besides),
        ).fetchone()
        return None if row is None else _waiting(row)

    def audited(self, number: int) -> None:
        """Note that the audit has a command."""
        with transaction(self._connection):
            self._connection.execute("UPDATE commands SET audited = 1 WHERE number = ?", (number,))

    def begin(self, number: int) -> bytes:
        """Note that a command is begun and return its body.

        Raises:
            ConfigError: It does not open: the box's key is another one.
        """
        with transaction(self._connection):
            row = self._connection.execute(
                "UPDATE commands SET attempts = attempts + 1 WHERE number = ?"
                " RETURNING id, nonce, body",
                (number,),
            ).fetchone()
        sealed = Sealed(row["nonce"], row["body"])
        return self._vault.open_bytes(sealed, PictureLabel(SEALED_AS, row["id"]))

    def tell(self, address: Address, parcels: Sequence[Parcel]) -> None:
        """Send messages to who asked."""
        with transaction(self._connection):
            self._post(address, parcels)

    def end(self, waiting: Waiting, outcome: Outcome, parcels: Sequence[Parcel]) -> None:
        """Note what became of a command and answer it, all or nothing; its body is gone."""
        with transaction(self._connection):
            self._connection.execute(
                "UPDATE commands SET state = ?, code = ?, said = ?, ended_at = ?,"
                " nonce = NULL, body = NULL WHERE number = ?",
                (
                    outcome.state,
                    outcome.code,
                    outcome.said,
                    text_of(self._clock.utc()),
                    waiting.number,
                ),
            )
            if outcome.state != DONE:
                self._count(outcome, 1)
            self._post(waiting.command.address, parcels)

    def count(self, outcome: Outcome, count: int) -> None:
        """Add to how often commands were not done for a reason."""
        with transaction(self._connection):
            self._count(outcome, count)

    def tally(self) -> Tally:
        """Return how many commands there were, and what became of those that were not done."""
        row = self._connection.execute(
            "SELECT (SELECT coalesce(max(number), 0) FROM commands) AS taken,"
            " (SELECT count(*) FROM commands WHERE state = 'taken') AS waiting"
        ).fetchone()
        counts = self._connection.execute(
            "SELECT state, code, count FROM command_counts ORDER BY state, code"
        ).fetchall()
        by_state: dict[str, dict[str, int]] = {FAILED: {}, REFUSED: {}}
        for one in counts:
            by_state[one["state"]][one["code"]] = one["count"]
        return Tally(row["taken"], row["waiting"], by_state[REFUSED], by_state[FAILED])

    def forget(self) -> int:
        """Drop the oldest of what nobody could replay any more and return how many."""
        over = text_of(self._clock.utc() - REMEMBERED_FOR)
        with transaction(self._connection):
            return self._connection.execute(
                "DELETE FROM commands WHERE state <> 'taken' AND expires_at < ? AND number <="
                " (SELECT max(number) FROM commands) - ?",
                (over, MOST_REMEMBERED),
            ).rowcount

    def latest(self, *, limit: int) -> list[Listed]:
        """Return what was taken, the latest first."""
        rows = self._connection.execute(
            "SELECT * FROM commands ORDER BY number DESC LIMIT ?", (limit,)
        ).fetchall()
        return [
            Listed(
                row["id"],
                row["name"],
                row["signer"],
                datetime.fromisoformat(row["taken_at"]),
                None if row["ended_at"] is None else datetime.fromisoformat(row["ended_at"]),
                Outcome(row["state"], row["code"], row["said"]),
            )
            for row in rows
        ]

    def _count(self, outcome: Outcome, count: int) -> None:
        self._connection.execute(
            "INSERT INTO command_counts VALUES (?1, ?2, ?3, ?4) ON CONFLICT (state, code)"
            " DO UPDATE SET count = count + ?3, last_at = ?4",
            (outcome.state, outcome.code, count, text_of(self._clock.utc())),
        )

    def _post(self, address: Address, parcels: Sequence[Parcel]) -> None:
        for one in parcels:
            message = Loose(
                f"{address.leaf}/{one.name}" if one.name else address.leaf,
                one.media_type,
                one.payload,
                correlation=address.correlation,
            )
            post(self._connection, message, created_at=self._clock.utc())


def _waiting(row: sqlite3.Row) -> Waiting:
    command = Taken(
        id=row["id"],
        name=row["name"],
        signer=row["signer"],
        issued_at=datetime.fromisoformat(row["issued_at"]),
        expires_at=datetime.fromisoformat(row["expires_at"]),
        address=Address(row["leaf"], row["correlation"]),
    )
    return Waiting(row["number"], command, row["attempts"], bool(row["audited"]))
