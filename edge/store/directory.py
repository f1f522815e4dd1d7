"""The residents' file as the console uses it: search, validity, portraits, "this is not X"."""

from dataclasses import dataclass
from datetime import date, timedelta

from edge.domain.resident import Category, Resident
from edge.errors import ConfigError
from edge.store import handicaps
from edge.store.database import transaction
from edge.store.registration import resident_of
from edge.store.residents import PORTRAIT, ResidentStore
from edge.store.vault import PictureLabel, Sealed

MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class Confusion:
    """A passage that named the wrong person.

    Attributes:
        similarity: What the passage found, below which the person must come to lie.
        threshold: What it reached.
        days: How long the person is harder to recognise.
    """

    passage_id: str
    resident_id: str
    similarity: float
    threshold: float
    days: int


class Directory(ResidentStore):
    """One connection to the residents' file, for one person at the console."""

    def search(
        self,
        text: str = "",
        *,
        category: Category | None = None,
        after: str = "",
        limit: int = 50,
    ) -> list[Resident]:
        """Return people by id, those whose id, name or unit contains a text; an audited look.

        Args:
            text: Empty for everybody.
            category: Only these.
            after: The last id of the page before.
            limit: Most rows.
        """
        pattern = "%" + text.translate({ord(one): f"\\{one}" for one in "\\%_"}) + "%"
        with transaction(self._connection):
            rows = self._connection.execute(
                "SELECT * FROM residents WHERE id > ?1"
                " AND (id LIKE ?2 ESCAPE '\\' OR name LIKE ?2 ESCAPE '\\'"
                " OR unit LIKE ?2 ESCAPE '\\') AND (?3 IS NULL OR category = ?3)"
                " ORDER BY id LIMIT ?4",
                (after, pattern, category, min(limit, MOST_ROWS)),
            ).fetchall()
            # The text may be a name, which no audit row carries.
            self._audit("search", "*", f"{len(rows)} residents")
        return [resident_of(row) for row in rows]

    def count(self) -> int:
        """Return how many people are registered."""
        row = self._connection.execute("SELECT count(*) AS people FROM residents").fetchone()
        return int(row["people"])

    def change(
        self,
        resident_id: str,
        *,
        name: str,
        unit: str,
        category: Category,
        validity: tuple[date | None, date | None],
    ) -> None:
        """Change what is known of somebody; template, consent and portrait stay.

        Raises:
            ConfigError: There is nobody of that id, or the validity ends before it begins.
        """
        begin, end = validity
        if begin is not None and end is not None and end < begin:
            raise ConfigError("valid_until lies before valid_from; correct one of them")
        with transaction(self._connection):
            changed = self._connection.execute(
                "UPDATE residents SET name = ?, unit = ?, category = ?, valid_from = ?,"
                " valid_until = ? WHERE id = ?",
                (
                    name,
                    unit,
                    category,
                    None if begin is None else begin.isoformat(),
                    None if end is None else end.isoformat(),
                    resident_id,
                ),
            ).rowcount
            if changed:
                self._changed()
            self._audit("change", resident_id, "changed" if changed else "not registered")
        if not changed:
            raise ConfigError(f"resident {resident_id!r} is not registered; see the list")

    def portrait(self, resident_id: str) -> bytes | None:
        """Return the JPEG of somebody's face, None if none is kept; an audited look.

        Raises:
            ConfigError: The key is another one, or the row was tampered with.
        """
        with transaction(self._connection):
            row = self._connection.execute(
                "SELECT nonce, sealed FROM portraits WHERE resident_id = ?", (resident_id,)
            ).fetchone()
            self._audit("portrait", resident_id, "shown" if row else "none kept")
        if row is None:
            return None
        sealed = Sealed(row["nonce"], row["sealed"])
        return self._vault.open_bytes(sealed, PictureLabel(PORTRAIT, resident_id))

    def with_portrait(self, resident_ids: list[str]) -> frozenset[str]:
        """Return those of some people of whom a picture is kept."""
        marks = ", ".join("?" for _ in resident_ids)
        rows = self._connection.execute(
            f"SELECT resident_id FROM portraits WHERE resident_id IN ({marks})",
            resident_ids,
        ).fetchall()
        return frozenset(row["resident_id"] for row in rows)

    def names(self, resident_ids: list[str]) -> dict[str, str]:
        """Return the names of some people, those who are registered."""
        marks = ", ".join("?" for _ in resident_ids)
        rows = self._connection.execute(
            f"SELECT id, name FROM residents WHERE id IN ({marks})", resident_ids
        ).fetchall()
        return {row["id"]: row["name"] for row in rows}

    def owner_of(self, template_id: str) -> str | None:
        """Return whose template that is, None if it is gone."""
        row = self._connection.execute(
            "SELECT resident_id FROM templates WHERE id = ?", (template_id,)
        ).fetchone()
        return None if row is None else str(row["resident_id"])

    def deny(self, confusion: Confusion) -> float:
        """Note that a passage was not who it was taken for and return the handicap from now on.

        Running gates know it before their next search. Said twice of a passage it counts once.

        Raises:
            ConfigError: There is nobody of that id.
        """
        now = self._clock.utc()
        who = confusion.resident_id
        with transaction(self._connection):
            known = self._connection.execute(
                "SELECT 1 FROM residents WHERE id = ?", (who,)
            ).fetchone()
            if known is None:
                raise ConfigError(f"resident {who!r} is not registered any more")
            handicaps.drop_expired(self._connection, now)
            present = handicaps.in_force(self._connection, now).get(who, 0.0)
            amount = handicaps.raise_by(confusion.similarity, confusion.threshold, present=present)
            added = self._connection.execute(
                "INSERT OR IGNORE INTO handicaps VALUES (?, ?, ?, ?, ?, ?)",
                (
                    confusion.passage_id,
                    who,
                    amount,
                    self._actor,
                    now.isoformat(timespec="seconds"),
                    (now + timedelta(days=confusion.days)).isoformat(timespec="seconds"),
                ),
            ).rowcount
            if added:
                self._changed()
            total = handicaps.in_force(self._connection, now).get(who, 0.0)
            self._audit("deny", who, f"passage {confusion.passage_id}, handicap {total:.3f}")
        return total

    def drop_expired(self) -> int:
        """Forget confusions whose time is over and return how many that were."""
        now = self._clock.utc()
        if not handicaps.any_expired(self._connection, now):
            return 0
        with transaction(self._connection):
            dropped = handicaps.drop_expired(self._connection, now)
            if dropped:
                self._changed()
                self._audit("expire", "*", f"{dropped} handicaps")
        return dropped
