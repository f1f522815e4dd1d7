"""Incidents as operators look for them: one row each, with what was last seen and said."""

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from edge.domain.geometry import Box, overlap
from edge.domain.review import RejectReason, Verdict
from edge.domain.rule import IncidentType, Severity
from edge.store.moments import text_of
from edge.store.suppressions import box_of

NEAR = 0.3
"""Intersection over union of boxes that stand at the same place for a person's eye."""
LOOKED_BACK = 300
"""Earlier incidents of a camera and type that are searched for similar ones."""


class Review(StrEnum):
    """Whether somebody has judged an incident."""

    PENDING = "pending"
    REVIEWED = "reviewed"


class Order(StrEnum):
    """What comes first in a list of incidents."""

    GRAVEST = "gravest"
    """Then the oldest."""
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Head:
    """An incident's last facts, and what was said about it.

    Attributes:
        state: ``open``, ``cleared``, ``withdrawn``.
        box: Shares of the picture; None for the camera's own troubles.
        rule: Its name.
        reason: Of a rejection.
    """

    id: str
    revision: int
    seq: int
    camera_id: str
    zone_id: str | None
    type: IncidentType
    place: str | None
    stage: str
    severity: Severity
    state: str
    first_seen_at: datetime
    opened_at: datetime
    observed_at: datetime
    cleared_at: datetime | None
    dwell_s: float
    confidence: float
    box: Box | None
    label: str
    rule: str
    review: Review
    verdict: Verdict | None
    reason: RejectReason | None
    corrected_type: IncidentType | None
    duplicate_of: str | None
    reviewed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Search:
    """Which incidents are looked for.

    Attributes:
        cameras: None for all.
        place: Name of a place, or of a zone.
        since: Opened at or after it.
        until: Opened before it.
    """

    review: Review | None = None
    verdict: Verdict | None = None
    state: str | None = None
    severity: Severity | None = None
    type: IncidentType | None = None
    place: str | None = None
    cameras: Collection[str] | None = None
    since: datetime | None = None
    until: datetime | None = None
    order: Order = Order.GRAVEST


def find_heads(
    connection: sqlite3.Connection, search: Search, *, limit: int, before: str | None
) -> list[Head]:
    """Return one page of incidents.

    Args:
        connection: The journal's.
        search: Which ones.
        limit: At most so many.
        before: The last id of the page before this one; None for the first page.
    """
    terms, values = _terms(search)
    if search.place is not None:
        columns = _columns_of(connection, search.place)
        if not columns:
            return []
        # A plus keeps an index out of it: few incidents wait, and their own index has the order.
        plus = "+" if search.review is Review.PENDING else ""
        terms.append(f"({' OR '.join(f'{plus}{column} = ?' for column in columns)})")
        values += (search.place,) * len(columns)
    gravest = search.order is Order.GRAVEST
    if before is not None:
        last = connection.execute(
            "SELECT rank, opened_at, id FROM incident_heads WHERE id = ?", (before,)
        ).fetchone()
        if last is None:
            return []
        terms.append("(rank, opened_at, id) > (?, ?, ?)" if gravest else "(opened_at, id) < (?, ?)")
        values += tuple(last)[0 if gravest else 1 :]
    order = "rank, opened_at, id" if gravest else "opened_at DESC, id DESC"
    rows = connection.execute(
        f"SELECT * FROM incident_heads WHERE {' AND '.join(terms) or 'true'}"
        f" ORDER BY {order} LIMIT ?",
        (*values, limit),
    )
    return [head_of(row) for row in rows]


def count_waiting(
    connection: sqlite3.Connection, cameras: Collection[str] | None
) -> dict[Severity, int]:
    """Return how many incidents of each severity nobody has judged."""
    terms, values = _terms(Search(review=Review.PENDING, cameras=cameras))
    rows = connection.execute(
        "SELECT rank, COUNT(*) AS count FROM incident_heads INDEXED BY incident_heads_queue"
        f" WHERE {' AND '.join(terms)} GROUP BY rank",
        values,
    )
    return {_RANKS[row["rank"]]: row["count"] for row in rows}


def head(connection: sqlite3.Connection, incident_id: str) -> Head | None:
    """Return one incident's head."""
    row = connection.execute("SELECT * FROM incident_heads WHERE id = ?", (incident_id,)).fetchone()
    return head_of(row) if row else None


def similar(
    connection: sqlite3.Connection,
    one: Head,
    *,
    cameras: Collection[str] | None,
    limit: int,
) -> list[Head]:
    """Return earlier incidents of the same type at the same place, the latest first."""
    earlier = "type = ? AND opened_at < ? ORDER BY opened_at DESC LIMIT ?"
    at = text_of(one.opened_at)
    rows = connection.execute(
        f"SELECT * FROM incident_heads WHERE camera_id = ? AND {earlier}",
        (one.camera_id, one.type, at, LOOKED_BACK),
    ).fetchall()
    found = [found for found in map(head_of, rows) if _near(one, found)]
    if one.place is not None:
        rows = connection.execute(
            f"SELECT * FROM incident_heads WHERE place = ? AND {earlier}",
            (one.place, one.type, at, limit),
        ).fetchall()
        found += map(head_of, rows)
    by_id = {
        head.id: head
        for head in found
        if head.id != one.id and (cameras is None or head.camera_id in cameras)
    }
    return sorted(by_id.values(), key=lambda head: head.opened_at, reverse=True)[:limit]


def head_of(row: sqlite3.Row) -> Head:
    """Return a row of ``incident_heads`` as a head."""
    values: dict[str, Any] = dict(row)
    del values["rank"]
    box = values.pop("bbox")
    del values["score"]  # for suggestions
    for name in ("first_seen_at", "opened_at", "observed_at", "cleared_at", "reviewed_at"):
        values[name] = datetime.fromisoformat(values[name]) if values[name] else None
    for name, kind in _KINDS:
        values[name] = kind(values[name]) if values[name] else None
    return Head(box=box_of(box) if box else None, **values)


_KINDS: tuple[tuple[str, type[StrEnum]], ...] = (
    ("type", IncidentType),
    ("severity", Severity),
    ("review", Review),
    ("verdict", Verdict),
    ("reason", RejectReason),
    ("corrected_type", IncidentType),
)
_STATES = {state: state for state in ("open", "cleared", "withdrawn")}
_RANKS: Sequence[Severity] = (
    Severity.URGENT,
    Severity.NORMAL,
    Severity.REVIEW,
    Severity.MAINTENANCE,
)


def _columns_of(connection: sqlite3.Connection, name: str) -> list[str]:
    """Return where a name is that of a place or a zone: each has an index, but not both at once."""
    return [
        column
        for column in ("place", "zone_id")
        if connection.execute(
            f"SELECT 1 FROM incident_heads WHERE {column} = ? LIMIT 1", (name,)
        ).fetchone()
    ]


def _near(one: Head, other: Head) -> bool:
    if one.box is None or other.box is None:
        return one.box is other.box  # the camera's own troubles have one place: the camera
    return overlap(one.box, other.box) >= NEAR


def _terms(search: Search) -> tuple[list[str], tuple[Any, ...]]:
    """Return conditions of SQL and the values in them."""
    terms: list[str] = []
    values: list[Any] = []

    def add(term: str, *of: object) -> None:
        terms.append(term)
        values.extend(of)

    if search.review is Review.PENDING:
        # As in the index: what was withdrawn asks nobody for a verdict.
        add("review = 'pending' AND state <> 'withdrawn'")
    elif search.review is Review.REVIEWED:
        add("review = 'reviewed'")
    for name, value in (
        ("verdict", search.verdict),
        ("type", search.type),
    ):
        if value is not None:
            add(f"{name} = ?", value)
    if search.state is not None:
        # Written out, not bound: the rare states have an index that only then is thought of.
        add(f"state = '{_STATES[search.state]}'")
    if search.severity is not None:
        add("rank = ?", _RANKS.index(search.severity))
    if search.cameras is not None:
        add(f"camera_id IN ({_marks(search.cameras)})", *sorted(search.cameras))
    if search.since is not None:
        add("opened_at >= ?", text_of(search.since))
    if search.until is not None:
        add("opened_at < ?", text_of(search.until))
    return terms, tuple(values)


def _marks(values: Iterable[object]) -> str:
    return ", ".join("?" for _ in values)
