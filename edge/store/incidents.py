"""Incidents in the journal: one per place and type, however many cameras see it."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace

from pydantic import TypeAdapter

from edge.domain.camera import Post
from edge.domain.incident import Incident, Stage, Step
from edge.domain.lane import lane_of
from edge.domain.rule import Severity
from edge.store.amendments import reviewed_so_far
from edge.store.moments import text_of
from edge.store.outgoing import enlist
from edge.store.suppressions import is_muted
from edge.wire.incident import amended

_INCIDENT = TypeAdapter(Incident)

_STAGES = (Stage.WARNING, Stage.CASE)
_SEVERITIES = (Severity.REVIEW, Severity.MAINTENANCE, Severity.NORMAL, Severity.URGENT)
_ENDS = frozenset({Step.CLEARED, Step.WITHDRAWN})

Render = Callable[[Incident, int], bytes]
"""Makes the payload of an incident under the box's ids, given the ``seq`` it will carry."""


@dataclass(frozen=True, slots=True)
class Written:
    """A revision as the box tells it.

    Attributes:
        incident: With the box's own id and revision.
        seq: Of its message.
        payload: The message.
    """

    incident: Incident
    seq: int
    payload: bytes


def write_incident(
    connection: sqlite3.Connection,
    incident: Incident,
    post: Post,
    *,
    next_seq: Callable[[], int],
    render: Render,
) -> Written | None:
    """Write one camera's revision; inside a transaction.

    A camera whose place another camera sees joins that incident: nothing is told until it
    adds a fact, it takes back none that was told, and the incident is cleared only when every
    camera that saw it finds it gone. What opens on a suppressed place is never told.

    Args:
        connection: The journal's.
        incident: With the camera's own id and revision.
        post: Who has to answer for it.
        next_seq: Counts the box's next message.
        render: Makes the payload.

    Returns:
        What is to be told, None if it adds nothing.
    """
    view = connection.execute(
        "SELECT incident_id, told, muted FROM incident_views WHERE own_id = ?", (incident.id,)
    ).fetchone()
    if view is not None and incident.revision <= view["told"]:
        return None  # written already
    known_id = incident.id if view is None else view["incident_id"]
    anew = view is None or (incident.open and not _is_seen(connection, known_id))
    shared = _shared(connection, incident) if anew else None
    incident_id = shared or known_id
    opens = view is None and shared is None and incident.open
    muted = is_muted(connection, incident) if opens else bool(view and view["muted"])
    connection.execute(
        "INSERT OR REPLACE INTO incident_views VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            incident.id,
            incident_id,
            incident.open,
            incident.revision,
            post.camera_id,
            post.duty,
            _INCIDENT.dump_json(incident).decode() if incident.open else None,
            muted and shared is None,
        ),
    )
    if muted and shared is None:
        return None
    if shared is not None:
        incident = replace(incident, action=Step.UPDATED)
    if not incident.open and _is_seen(connection, incident_id):
        return None
    last = connection.execute(
        "SELECT i.revision, h.state, i.stage, i.severity, i.plate FROM incident_heads h"
        " JOIN incidents i ON i.id = h.id AND i.revision = h.revision WHERE h.id = ?",
        (incident_id,),
    ).fetchone()
    told = replace(incident, id=incident_id, revision=last["revision"] + 1 if last else 1)
    if last is not None:
        told = _joined(told, last)
        joins = incident_id != incident.id
        if joins and told.action is Step.UPDATED and not _adds(told, last):
            return None
    seq = next_seq()
    payload = render(told, seq)
    if last is not None and (review := reviewed_so_far(connection, incident_id)) is not None:
        payload = amended(payload, review=review)  # the last message says all there is to say
    connection.execute(
        "INSERT INTO incidents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            told.id,
            told.revision,
            seq,
            told.camera_id,
            told.type,
            told.place,
            told.action,
            told.stage,
            told.severity,
            text_of(told.opened_at),
            text_of(told.observed_at),
            text_of(told.cleared_at) if told.cleared_at else None,
            payload,
            told.plate,
        ),
    )
    enlist(connection, (lane_of(told.type), seq))
    return Written(told, seq, payload)


def open_incidents(connection: sqlite3.Connection, post: Post) -> list[Incident]:
    """Return a post's own last revisions of what it has opened and not ended, oldest first."""
    rows = connection.execute(
        "SELECT content FROM incident_views WHERE camera_id = ? AND duty = ? AND open = 1"
        " ORDER BY own_id",
        (post.camera_id, post.duty),
    )
    return [_INCIDENT.validate_json(row["content"]) for row in rows]


def _shared(connection: sqlite3.Connection, incident: Incident) -> str | None:
    """Return the id of what other cameras see at the same place, None if they see nothing.

    What this camera sees of it already is not meant: it sees another thing beside it.
    """
    if incident.place is None:
        return None
    row = connection.execute(
        "SELECT v.incident_id AS id FROM incident_views v JOIN incidents i ON i.id = v.incident_id"
        " WHERE i.place = ? AND i.type = ? AND v.open = 1 AND NOT EXISTS (SELECT 1 FROM"
        " incident_views own WHERE own.incident_id = v.incident_id AND own.open = 1"
        " AND own.camera_id = ?) ORDER BY v.incident_id LIMIT 1",
        (incident.place, incident.type, incident.camera_id),
    ).fetchone()
    return row["id"] if row else None


def _is_seen(connection: sqlite3.Connection, incident_id: str) -> bool:
    """Return whether any camera sees an incident of the box."""
    row = connection.execute(
        "SELECT 1 FROM incident_views WHERE incident_id = ? AND open = 1 LIMIT 1", (incident_id,)
    ).fetchone()
    return row is not None


def _joined(incident: Incident, last: sqlite3.Row) -> Incident:
    """Return what one camera sees, no less than what the box has told of the incident."""
    plate = incident.plate or last["plate"]
    if last["state"] in _ENDS:
        return replace(incident, plate=plate)
    return replace(
        incident,
        stage=max(incident.stage, Stage(last["stage"]), key=_STAGES.index),
        severity=max(incident.severity, Severity(last["severity"]), key=_SEVERITIES.index),
        plate=plate,
    )


def _adds(incident: Incident, last: sqlite3.Row) -> bool:
    """Return whether an update says more than what was told of a shared incident."""
    facts = (last["stage"], last["severity"], last["plate"])
    return last["state"] in _ENDS or facts != (incident.stage, incident.severity, incident.plate)
