"""Operators' verdicts: written with the incident's next revision and its message, or not at all."""

import secrets
import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from edge.clock import Clock
from edge.domain.category import Category
from edge.domain.incident import Step
from edge.domain.review import Judgement, RejectReason, Verdict
from edge.domain.rule import IncidentType, Severity
from edge.store.amendments import Amendment, amend
from edge.store.database import open_database, transaction
from edge.store.heads import Head, Search, count_waiting, find_heads, head, similar
from edge.store.journal import MIGRATIONS
from edge.store.moments import text_of
from edge.store.outgoing import next_seq
from edge.store.suppressions import Suppression, lift, suppress, suppressions
from edge.wire.incident import review_part


@dataclass(frozen=True, slots=True)
class PastReview:
    """What was said about an incident at some time; no verdict if one was taken back.

    Attributes:
        revision: The one that told it.
    """

    revision: int
    verdict: Verdict | None
    reason: RejectReason | None
    note: str
    corrected_type: IncidentType | None
    duplicate_of: str | None
    reviewer: str
    at: datetime


class ReviewStore:
    """One connection to the journal, for those who judge; each thread has its own."""

    def __init__(
        self, path: Path, clock: Clock, *, category: Callable[[IncidentType], Category]
    ) -> None:
        """Open the journal's file, made if absent.

        Args:
            path: The file.
            clock: The box's.
            category: What the city calls a type.

        Raises:
            StoreError: It cannot be opened.
        """
        self._connection = open_database(path, MIGRATIONS)
        self._clock = clock
        self._category = category

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def find(self, search: Search, *, limit: int, before: str | None = None) -> list[Head]:
        """Return a page of incidents; ``before`` is the last id of the page before it."""
        return find_heads(self._connection, search, limit=limit, before=before)

    def waiting(self, cameras: Collection[str] | None) -> dict[Severity, int]:
        """Return how many incidents of each severity nobody has judged; None: of all cameras."""
        return count_waiting(self._connection, cameras)

    def head(self, incident_id: str) -> Head | None:
        """Return one incident, None if there is no such one."""
        return head(self._connection, incident_id)

    def messages(self, incident_id: str) -> list[bytes]:
        """Return all messages of an incident, the first one first."""
        rows = self._connection.execute(
            "SELECT payload FROM incidents WHERE id = ? ORDER BY revision", (incident_id,)
        )
        return [row["payload"] for row in rows]

    def similar(self, one: Head, *, cameras: Collection[str] | None, limit: int = 6) -> list[Head]:
        """Return earlier incidents of this type at this place, the latest first.

        Args:
            one: The incident.
            cameras: Whose incidents may be told; None for all.
            limit: At most so many.
        """
        return similar(self._connection, one, cameras=cameras, limit=limit)

    def reviews(self, incident_id: str) -> list[PastReview]:
        """Return all that was said about an incident, the first first."""
        rows = self._connection.execute(
            "SELECT r.*, i.revision FROM reviews r JOIN incidents i"
            " ON i.id = r.incident_id AND i.seq = r.seq WHERE r.incident_id = ? ORDER BY r.seq",
            (incident_id,),
        )
        return [_past(row) for row in rows]

    def judge(
        self, incident_id: str, judgement: Judgement | None, *, revision: int, reviewer: str
    ) -> Amendment | None:
        """Write a verdict, the incident's next revision and its message together.

        Args:
            incident_id: What is judged.
            judgement: None takes back what was said.
            revision: The one that the reviewer has looked at.
            reviewer: Name of the account.

        Returns:
            What is told; None if the incident is at another revision by now.
        """
        with transaction(self._connection):
            known = head(self._connection, incident_id)
            if known is None or known.revision != revision:
                return None
            now = self._clock.utc()
            wrong_type = judgement.corrected_type if judgement else None
            told = amend(
                self._connection,
                incident_id,
                action=Step.REVIEWED,
                next_seq=lambda: next_seq(self._connection),
                review=review_part(
                    judgement,
                    category=self._category(wrong_type) if wrong_type else None,
                    reviewer=_pseudonym(self._connection, reviewer),
                    at=now,
                ),
            )
            if told is None:
                return None
            said = _columns(judgement)
            self._connection.execute(
                "INSERT INTO reviews (seq, incident_id, verdict, reason, corrected_type,"
                " duplicate_of, note, reviewer, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    told.seq,
                    incident_id,
                    *said,
                    judgement.note if judgement else "",
                    reviewer,
                    text_of(now),
                ),
            )
            self._connection.execute(
                "UPDATE incident_heads SET review = ?, verdict = ?, reason = ?, corrected_type = ?,"
                " duplicate_of = ?, reviewed_at = ? WHERE id = ?",
                (
                    "reviewed" if judgement else "pending",
                    *said,
                    text_of(now) if judgement else None,
                    incident_id,
                ),
            )
        return told

    def suppress(self, one: Head, *, until: datetime, by: str, reason: str) -> Suppression | None:
        """Tell nothing more of this type at this place for a time.

        Args:
            one: An incident that lies there.
            until: When it ends.
            by: Name of the account.
            reason: In the operator's words.

        Returns:
            What is suppressed; None for what has no place in the picture.
        """
        if one.box is None:
            return None
        made = Suppression(
            id=0,
            camera_id=one.camera_id,
            type=one.type,
            box=one.box,
            zone_id=one.zone_id,
            until=until,
            by=by,
            reason=reason,
            made_at=self._clock.utc(),
            hits=0,
        )
        with transaction(self._connection):
            made_id = suppress(self._connection, made)
        return next(one for one in self.suppressions() if one.id == made_id)

    def suppressions(self) -> list[Suppression]:
        """Return what is suppressed now, what ends next first."""
        return suppressions(self._connection, self._clock.utc())

    def lift(self, suppression_id: int) -> bool:
        """End a suppression; return whether there was one."""
        with transaction(self._connection):
            return lift(self._connection, suppression_id, self._clock.utc())


def _columns(judgement: Judgement | None) -> tuple[str | None, ...]:
    if judgement is None:
        return (None, None, None, None)
    one = judgement
    return (one.verdict, one.reason, one.corrected_type, one.duplicate_of)


def _pseudonym(connection: sqlite3.Connection, name: str) -> str:
    """Return the name that the platform knows a reviewer by, drawn at the first verdict."""
    connection.execute(
        "INSERT OR IGNORE INTO reviewers VALUES (?, ?)", (name, f"r-{secrets.token_hex(6)}")
    )
    row = connection.execute("SELECT pseudonym FROM reviewers WHERE name = ?", (name,)).fetchone()
    return str(row["pseudonym"])


def _past(row: sqlite3.Row) -> PastReview:
    def known(kind: Any, value: str | None) -> Any:
        return kind(value) if value else None

    return PastReview(
        revision=row["revision"],
        verdict=known(Verdict, row["verdict"]),
        reason=known(RejectReason, row["reason"]),
        note=row["note"],
        corrected_type=known(IncidentType, row["corrected_type"]),
        duplicate_of=row["duplicate_of"],
        reviewer=row["reviewer"],
        at=datetime.fromisoformat(row["at"]),
    )
