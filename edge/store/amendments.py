"""What is said of an incident after the fact: a revision that repeats the last one's facts."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from edge.domain.incident import Step
from edge.domain.lane import lane_of
from edge.domain.rule import IncidentType
from edge.store.outgoing import enlist
from edge.wire.incident import amended

_STEPS = {"open": Step.UPDATED, "cleared": Step.CLEARED, "withdrawn": Step.WITHDRAWN}


@dataclass(frozen=True, slots=True)
class Amendment:
    """A revision that was added, and its message."""

    incident_id: str
    revision: int
    seq: int
    payload: bytes


def amend(
    connection: sqlite3.Connection,
    incident_id: str,
    *,
    action: Step | None = None,
    next_seq: Callable[[], int],
    **facts: Any,
) -> Amendment | None:
    """Add a revision with an incident's last facts; inside a transaction.

    Its message is told with it.

    Args:
        connection: The journal's.
        incident_id: The box's own.
        action: None for what says again whether it is there.
        next_seq: Counts the box's next message.
        facts: Parts of the message that are other than in the last one.

    Returns:
        None if there is no such incident.
    """
    last = connection.execute(
        "SELECT h.revision, h.state, h.type, i.payload FROM incident_heads h"
        " JOIN incidents i ON i.id = h.id AND i.revision = h.revision WHERE h.id = ?",
        (incident_id,),
    ).fetchone()
    if last is None:
        return None
    action = action or _STEPS[last["state"]]
    revision, seq = last["revision"] + 1, next_seq()
    # Pictures follow the message that names them, and this one's are its own.
    facts = {"evidence": [], **facts}
    payload = amended(last["payload"], revision=revision, seq=seq, action=action, **facts)
    connection.execute(
        "INSERT INTO incidents (id, revision, seq, camera_id, type, place, action, stage, severity,"
        " opened_at, observed_at, cleared_at, payload, plate) SELECT id, ?, ?, camera_id, type,"
        " place, ?, stage, severity, opened_at, observed_at, cleared_at, ?, plate FROM incidents"
        " WHERE id = ? AND revision = ?",
        (revision, seq, action, payload, incident_id, last["revision"]),
    )
    enlist(connection, (lane_of(IncidentType(last["type"])), seq))
    return Amendment(incident_id, revision, seq, payload)


def reviewed_so_far(connection: sqlite3.Connection, incident_id: str) -> dict[str, Any] | None:
    """Return what the last message says of an incident's review, None while it is pending."""
    row = connection.execute(
        "SELECT i.payload FROM incident_heads h JOIN incidents i"
        " ON i.id = h.id AND i.revision = h.revision WHERE h.id = ? AND h.review = 'reviewed'",
        (incident_id,),
    ).fetchone()
    if row is None:
        return None
    review: dict[str, Any] = json.loads(row["payload"])["review"]
    return review
