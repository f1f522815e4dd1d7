"""Places where a camera's incidents of a type are not told for a time."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from edge.domain.geometry import Box, overlap
from edge.domain.incident import Incident
from edge.domain.rule import IncidentType
from edge.store.moments import text_of

SAME_PLACE = 0.5
"""Intersection over union of what is suppressed and what opens there."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """A place that is not told.

    Attributes:
        box: Shares of the picture.
        by: Who made it.
        hits: Incidents that were not told because of it.
    """

    id: int
    camera_id: str
    type: IncidentType
    box: Box
    zone_id: str | None
    until: datetime
    by: str
    reason: str
    made_at: datetime
    hits: int


def is_muted(connection: sqlite3.Connection, incident: Incident) -> bool:
    """Return whether what opens lies on a suppressed place, and count it there."""
    if incident.box is None:
        return False
    rows = connection.execute(
        "SELECT id, bbox FROM suppressions WHERE camera_id = ? AND type = ? AND until > ?"
        " AND lifted_at IS NULL ORDER BY id",
        (incident.camera_id, incident.type, text_of(incident.observed_at)),
    ).fetchall()
    for row in rows:
        if overlap(incident.box, box_of(row["bbox"])) >= SAME_PLACE:
            connection.execute("UPDATE suppressions SET hits = hits + 1 WHERE id = ?", (row["id"],))
            return True
    return False


def suppress(connection: sqlite3.Connection, suppression: Suppression) -> int:
    """Write a suppression, whatever its id, and return its id; inside a transaction."""
    one = suppression
    cursor = connection.execute(
        "INSERT INTO suppressions (camera_id, type, bbox, zone_id, until, by, reason, made_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            one.camera_id,
            one.type,
            json.dumps(one.box),
            one.zone_id,
            text_of(one.until),
            one.by,
            one.reason,
            text_of(one.made_at),
        ),
    )
    made = cursor.lastrowid
    if made is None:
        raise sqlite3.OperationalError("no id was given")
    return made


def suppressions(connection: sqlite3.Connection, now: datetime) -> list[Suppression]:
    """Return what is suppressed at a moment, what ends next first."""
    rows = connection.execute(
        "SELECT * FROM suppressions WHERE lifted_at IS NULL AND until > ? ORDER BY until, id",
        (text_of(now),),
    )
    return [_suppression(row) for row in rows]


def lift(connection: sqlite3.Connection, suppression_id: int, now: datetime) -> bool:
    """End a suppression; return whether there was one. Inside a transaction."""
    changed = connection.execute(
        "UPDATE suppressions SET lifted_at = ? WHERE id = ? AND lifted_at IS NULL AND until > ?",
        (text_of(now), suppression_id, text_of(now)),
    )
    return changed.rowcount > 0


def box_of(text: str) -> Box:
    """Return a box that was written as JSON."""
    left, top, right, bottom = json.loads(text)
    return (left, top, right, bottom)


def _suppression(row: sqlite3.Row) -> Suppression:
    return Suppression(
        id=row["id"],
        camera_id=row["camera_id"],
        type=IncidentType(row["type"]),
        box=box_of(row["bbox"]),
        zone_id=row["zone_id"],
        until=datetime.fromisoformat(row["until"]),
        by=row["by"],
        reason=row["reason"],
        made_at=datetime.fromisoformat(row["made_at"]),
        hits=row["hits"],
    )
