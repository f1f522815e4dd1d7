"""Where incidents are, or were, for a camera that is to look again."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from edge.clock import Clock
from edge.domain.geometry import Box
from edge.domain.incident import Incident
from edge.domain.rule import IncidentType
from edge.store.database import open_database
from edge.store.heads import head
from edge.store.journal import MIGRATIONS

_INCIDENT = TypeAdapter(Incident)


@dataclass(frozen=True, slots=True)
class KnownSpot:
    """Where a camera has an incident.

    Attributes:
        box: Shares of the picture; None for the camera's own troubles.
        own_ids: What the camera itself calls it.
    """

    camera_id: str
    type: IncidentType
    zone_id: str | None
    box: Box | None
    own_ids: frozenset[str]


class Spots:
    """One connection to the journal; each thread has its own."""

    def __init__(self, path: Path, clock: Clock) -> None:
        """Open the journal's file, made if absent; raises StoreError."""
        self._connection = open_database(path, MIGRATIONS)
        self._clock = clock

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def of(self, incident_id: str) -> tuple[KnownSpot, ...]:
        """Return where each camera has an incident: those that see it now first.

        Of an incident that is over there is the place that was told last. Nothing if there never
        was such an incident.
        """
        last = head(self._connection, incident_id)
        if last is None:
            return ()
        rows = self._connection.execute(
            "SELECT own_id, camera_id, open, content FROM incident_views WHERE incident_id = ?"
            " ORDER BY own_id DESC",
            (incident_id,),
        ).fetchall()
        seen = {one.camera_id: one for one in map(_seen_now, rows) if one is not None}
        told = KnownSpot(
            last.camera_id, last.type, last.zone_id, last.box, _own(rows, last.camera_id)
        )
        first = seen.pop(last.camera_id, None)
        if first is None and not seen:
            return (told,)
        return (*([first] if first else []), *seen.values())


def _seen_now(row: sqlite3.Row) -> KnownSpot | None:
    if not row["open"] or row["content"] is None:
        return None
    own = _INCIDENT.validate_json(row["content"])
    return KnownSpot(own.camera_id, own.type, own.zone_id, own.box, frozenset({own.id}))


def _own(rows: list[sqlite3.Row], camera_id: str) -> frozenset[str]:
    return frozenset(row["own_id"] for row in rows if row["camera_id"] == camera_id)
