"""Passages as people look for them: the newest first, each with its last revision."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from edge.domain.passage import Decision
from edge.store.database import open_database
from edge.store.journal import MIGRATIONS

MOST_ROWS = 200

Cursor = tuple[str, str]
"""(decided at, id) of the last row of the page before."""


@dataclass(frozen=True, slots=True)
class SeenPassage:
    """A passage as its last message told it.

    Attributes:
        alert: Whether the site wants to hear of it.
        similarity: With the most similar person; None where nothing could be compared.
        template_id: That person's, which a passage without a name does not say.
        refused: How many faces were refused, per reason.
        decided_at: As written in the journal: part of the cursor.
    """

    id: str
    revision: int
    camera_id: str
    direction: str
    decision: Decision
    alert: bool
    doubts: tuple[str, ...]
    resident_id: str | None
    category: str | None
    similarity: float | None
    margin: float | None
    threshold: float | None
    template_id: str | None
    frames: int
    usable_frames: int
    refused: Mapping[str, int]
    persons: int
    appeared_at: datetime
    decided_at: str

    @property
    def cursor(self) -> Cursor:
        """Return where the next page begins."""
        return self.decided_at, self.id


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which passages.

    Attributes:
        cameras: Those that somebody may see and asks for; None for all.
        decision: None for any.
        resident_id: None for anybody.
        before: The cursor of the page before.
    """

    cameras: frozenset[str] | None = None
    decision: Decision | None = None
    resident_id: str | None = None
    before: Cursor | None = None


class Passages:
    """One connection to the journal, for reading."""

    def __init__(self, path: Path) -> None:
        """Open the file, made if absent; raises StoreError."""
        self._connection = open_database(path, MIGRATIONS)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def newest(self, wanted: Wanted, limit: int = 50) -> list[SeenPassage]:
        """Return passages, the newest first."""
        most = min(limit, MOST_ROWS)
        if wanted.cameras is None:
            return self._newest(wanted, None, most)
        # Each camera's own in turn: together they would have to be sorted, all of them.
        found = [one for camera in wanted.cameras for one in self._newest(wanted, camera, most)]
        return sorted(found, key=lambda one: one.cursor, reverse=True)[:most]

    def _newest(self, wanted: Wanted, camera_id: str | None, limit: int) -> list[SeenPassage]:
        conditions = [
            # Of every passage its last revision: one step in the primary key.
            "NOT EXISTS (SELECT 1 FROM passages AS later"
            " WHERE later.id = p.id AND later.revision > p.revision)"
        ]
        values: list[Any] = []
        for column, value in (
            ("camera_id", camera_id),
            ("decision", wanted.decision),
            ("resident_id", wanted.resident_id),
        ):
            if value is not None:
                conditions.append(f"{column} = ?")
                values.append(value)
        if wanted.before is not None:
            conditions.append("(decided_at, id) < (?, ?)")
            values += wanted.before
        rows = self._connection.execute(
            f"SELECT decided_at, payload FROM passages AS p WHERE {' AND '.join(conditions)}"
            " ORDER BY decided_at DESC, id DESC LIMIT ?",
            (*values, limit),
        ).fetchall()
        return [_seen(row["decided_at"], json.loads(row["payload"])) for row in rows]

    def find(self, passage_id: str) -> SeenPassage | None:
        """Return a passage's last revision, None if there is none."""
        row = self._connection.execute(
            "SELECT decided_at, payload FROM passages WHERE id = ? ORDER BY revision DESC LIMIT 1",
            (passage_id,),
        ).fetchone()
        return None if row is None else _seen(row["decided_at"], json.loads(row["payload"]))


def _seen(decided_at: str, said: Mapping[str, Any]) -> SeenPassage:
    return SeenPassage(
        id=said["id"],
        revision=said["revision"],
        camera_id=said["camera_id"],
        direction=said["direction"],
        decision=Decision(said["decision"]),
        alert=said["alert"],
        doubts=tuple(said["doubts"]),
        resident_id=said["resident_id"],
        category=said["category"],
        similarity=said["similarity"],
        margin=said["margin"],
        threshold=said["threshold"],
        template_id=said["template_id"],
        frames=said["frames"],
        usable_frames=said["usable_frames"],
        refused=said["refused"],
        persons=said["persons"],
        appeared_at=datetime.fromisoformat(said["appeared_at"]),
        decided_at=decided_at,
    )
