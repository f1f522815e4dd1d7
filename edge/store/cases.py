"""How far the platform's cases have come; late news do not hide newer ones."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from edge.clock import Clock
from edge.domain.case import CaseMove, CaseState
from edge.store.database import open_database, transaction
from edge.store.journal import MIGRATIONS
from edge.store.moments import text_of

MOST_MOVES = 64
"""Of one case; a case that is returned and reworked ten times has about fifty."""


class Heard(StrEnum):
    """What a move is to the box."""

    CURRENT = "current"
    LATE = "late"
    """A newer one is known; it stands in the history."""
    KNOWN = "known"
    """It was told before."""
    CONTRADICTION = "contradiction"
    """Another move of the same sequence is known; that one stays."""
    UNKNOWN_INCIDENT = "unknown_incident"


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of a case.

    Attributes:
        present: The move of the greatest sequence.
        moves: All that are kept, in the platform's order.
    """

    present: CaseMove
    moves: tuple[CaseMove, ...]


class Cases:
    """One connection to the journal's cases; each thread has its own."""

    def __init__(self, path: Path, clock: Clock) -> None:
        """Open the journal's file, made if absent; raises StoreError."""
        self._connection = open_database(path, MIGRATIONS)
        self._clock = clock

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def hear(self, move: CaseMove) -> Heard:
        """Keep a move and return what it is; raises StoreError."""
        with transaction(self._connection):
            if not self._is_incident(move.incident_id):
                return Heard.UNKNOWN_INCIDENT
            known = self._moves(move.incident_id)
            same = [one for one in known if one.sequence == move.sequence]
            if same:
                return Heard.KNOWN if same[0] == move else Heard.CONTRADICTION
            self._connection.execute(
                "INSERT INTO case_moves VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    move.incident_id,
                    move.sequence,
                    move.state,
                    text_of(move.at),
                    move.case_number,
                    move.department,
                    move.text,
                    text_of(self._clock.utc()),
                ),
            )
            sequences = sorted([move.sequence, *(one.sequence for one in known)])
            self._connection.execute(
                "DELETE FROM case_moves WHERE incident_id = ? AND sequence < ?",
                (move.incident_id, sequences[-MOST_MOVES:][0]),
            )
        newest = all(one.sequence < move.sequence for one in known)
        return Heard.CURRENT if newest else Heard.LATE

    def case(self, incident_id: str) -> Case | None:
        """Return the case of an incident, None if the platform has said nothing."""
        moves = self._moves(incident_id)
        return Case(moves[-1], tuple(moves)) if moves else None

    def present(self, incident_ids: Sequence[str]) -> dict[str, CaseState]:
        """Return how far the cases of some incidents are, of those that are cases."""
        marks = ", ".join("?" for _ in incident_ids)
        rows = self._connection.execute(
            "SELECT incident_id, state, max(sequence) FROM case_moves"
            f" WHERE incident_id IN ({marks}) GROUP BY incident_id",
            tuple(incident_ids),
        ).fetchall()
        return {row["incident_id"]: CaseState(row["state"]) for row in rows}

    def _is_incident(self, incident_id: str) -> bool:
        row = self._connection.execute(
            "SELECT 1 FROM incidents WHERE id = ? LIMIT 1", (incident_id,)
        ).fetchone()
        return row is not None

    def _moves(self, incident_id: str) -> list[CaseMove]:
        rows = self._connection.execute(
            "SELECT * FROM case_moves WHERE incident_id = ? ORDER BY sequence", (incident_id,)
        ).fetchall()
        return [_move(row) for row in rows]


def _move(row: sqlite3.Row) -> CaseMove:
    return CaseMove(
        row["incident_id"],
        row["sequence"],
        CaseState(row["state"]),
        datetime.fromisoformat(row["at"]),
        row["case_number"],
        row["department"],
        row["text"],
    )
