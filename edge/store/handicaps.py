"""Whom a gate once confused: by how much a person's similarity is lowered in every search."""

import sqlite3
from datetime import datetime

LEAST_AMOUNT = 0.02
"""A wrong similarity comes to lie this far below the threshold."""
MOST_AMOUNT = 0.15
"""More would keep the right person out as well."""


def raise_by(similarity: float, threshold: float, *, present: float) -> float:
    """Return how much a handicap grows so that a wrong match would not have been one.

    Args:
        similarity: That was found, with the present handicap taken off already.
        threshold: That it reached.
        present: The handicap in force.
    """
    wanted = max(similarity - threshold, 0.0) + LEAST_AMOUNT
    return max(min(wanted, MOST_AMOUNT - present), 0.0)


def in_force(connection: sqlite3.Connection, now: datetime) -> dict[str, float]:
    """Return everybody's handicap, of those who have one."""
    rows = connection.execute(
        "SELECT resident_id, SUM(amount) AS amount FROM handicaps WHERE expires_at > ?"
        " GROUP BY resident_id",
        (now.isoformat(timespec="seconds"),),
    ).fetchall()
    return {row["resident_id"]: min(row["amount"], MOST_AMOUNT) for row in rows}


def any_expired(connection: sqlite3.Connection, now: datetime) -> bool:
    """Return whether there is anything to drop, without a lock."""
    query = "SELECT 1 FROM handicaps WHERE expires_at <= ? LIMIT 1"
    return connection.execute(query, (now.isoformat(timespec="seconds"),)).fetchone() is not None


def drop_expired(connection: sqlite3.Connection, now: datetime) -> int:
    """Delete what is over and return how many rows that were; inside a transaction."""
    return connection.execute(
        "DELETE FROM handicaps WHERE expires_at <= ?", (now.isoformat(timespec="seconds"),)
    ).rowcount
