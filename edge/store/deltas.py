"""The residents' file as the platform changes it: by versions, each in one transaction."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from edge.domain.delta import Applied, Delta, Entry, Removal
from edge.domain.resident import Consent, Resident
from edge.errors import ConfigError
from edge.store.database import transaction
from edge.store.erasure import erase_traces
from edge.store.moments import text_of
from edge.store.registration import PhotoRecord, Template, require_guardian
from edge.store.residents import ERASE_TIMEOUT_S, ResidentStore

MOST_REMEMBERED = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Newcomer:
    """Somebody with a template.

    Attributes:
        portrait: JPEG of the face, if the consent allows it.
    """

    resident: Resident
    consent: Consent
    template: Template
    photos: tuple[PhotoRecord, ...] = ()
    portrait: bytes | None = None


class DeltaStore(ResidentStore):
    """One connection to the residents' file, for the platform's changes."""

    def version(self) -> int:
        """Return the version that the box has; 0 before the first delta."""
        row = self._connection.execute("SELECT max(to_version) AS version FROM deltas").fetchone()
        return int(row["version"] or 0)

    def latest(self, sha256: str) -> Applied | None:
        """Return what the last delta did if its body had this hash."""
        row = self._connection.execute(
            "SELECT * FROM deltas ORDER BY to_version DESC LIMIT 1"
        ).fetchone()
        return _applied(row) if row is not None and row["sha256"] == sha256 else None

    def apply(
        self, delta: Delta, newcomers: Sequence[Newcomer], changes: Sequence[Entry]
    ) -> Applied:
        """Write all of a delta or nothing; the box must have its version.

        Args:
            delta: What is asked for.
            newcomers: Its entries with photos or a template.
            changes: Its other entries, of people who are registered.

        Raises:
            ConfigError: Another delta was faster, or a guardian's consent is missing.
        """
        removed: list[str] = []
        absent: list[str] = []
        with transaction(self._connection):
            if self.version() != delta.from_version:
                raise ConfigError(f"the residents are at version {self.version()} by now")
            for removal in delta.removals:
                (removed if self._forget(removal) else absent).append(removal.id)
            for one in newcomers:
                require_guardian(one.resident, one.consent)
                self._write_person(
                    one.resident, one.consent, [one.template], one.photos, one.portrait
                )
            for entry in changes:
                self._change(entry)
            applied = Applied(
                command_id=delta.command_id,
                from_version=delta.from_version,
                to_version=delta.to_version,
                applied_at=self._clock.utc(),
                registered=len(newcomers),
                changed=len(changes),
                removed=tuple(removed),
                absent=tuple(absent),
            )
            self._remember(applied, delta.sha256)
            self._changed()
            self._audit("delta", "*", f"{delta.from_version} to {delta.to_version}")
        return applied

    def erase(self, applied: Applied, *, timeout_s: float = ERASE_TIMEOUT_S) -> Applied:
        """Leave no trace of whom a delta has removed, and return it with the time.

        Raises:
            StoreError: Another process kept reading; they are unknown, but traces may remain.
        """
        if not applied.removed or applied.erased_at is not None:
            return applied
        erase_traces(self._connection, self._path, timeout_s=timeout_s)
        with transaction(self._connection):
            row = self._connection.execute(
                "UPDATE deltas SET erased_at = ? WHERE to_version = ? RETURNING *",
                (text_of(self._clock.utc()), applied.to_version),
            ).fetchone()
        return _applied(row)

    def _forget(self, removal: Removal) -> bool:
        deleted = self._connection.execute(
            "DELETE FROM residents WHERE id = ?", (removal.id,)
        ).rowcount
        act = "withdraw" if removal.withdrawn else "remove"
        self._audit(act, removal.id, "deleted" if deleted else "not registered")
        return bool(deleted)

    def _change(self, entry: Entry) -> None:
        changed = self._connection.execute(
            "UPDATE residents SET category = ?, valid_from = ?, valid_until = ? WHERE id = ?",
            (
                entry.category,
                entry.valid_from and entry.valid_from.isoformat(),
                entry.valid_until and entry.valid_until.isoformat(),
                entry.id,
            ),
        ).rowcount
        if not changed:
            raise ConfigError(f"resident {entry.id!r} is not registered any more")
        if entry.consent is not None:
            self._insert_consent(entry.id, entry.consent)
        self._audit("change", entry.id, "changed")

    def _remember(self, applied: Applied, sha256: str) -> None:
        self._connection.execute(
            "INSERT INTO deltas VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
            (
                applied.to_version,
                applied.from_version,
                applied.command_id,
                sha256,
                text_of(applied.applied_at),
                applied.registered,
                applied.changed,
                json.dumps(applied.removed),
                json.dumps(applied.absent),
            ),
        )
        self._connection.execute(
            "DELETE FROM deltas WHERE to_version NOT IN"
            " (SELECT to_version FROM deltas ORDER BY to_version DESC LIMIT ?)",
            (MOST_REMEMBERED,),
        )


def _applied(row: sqlite3.Row) -> Applied:
    return Applied(
        command_id=row["command_id"],
        from_version=row["from_version"],
        to_version=row["to_version"],
        applied_at=datetime.fromisoformat(row["applied_at"]),
        registered=row["registered"],
        changed=row["changed"],
        removed=tuple(json.loads(row["removed"])),
        absent=tuple(json.loads(row["absent"])),
        erased_at=None if row["erased_at"] is None else datetime.fromisoformat(row["erased_at"]),
    )
