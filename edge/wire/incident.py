"""``gridwatch.incident/1``."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from edge.clock import ClockState
from edge.domain.category import Category
from edge.domain.incident import Incident
from edge.domain.review import Judgement
from edge.wire.box import BoxIdentity, CameraIdentity
from edge.wire.parts import EvidenceItem, category_part, clock_part, evidence_part, location_part
from edge.wire.text import encode, rounded, timestamp


def incident_message(
    incident: Incident,
    *,
    box: BoxIdentity,
    seq: int,
    clock: ClockState,
    category: Category,
    models: Sequence[tuple[str, str]] = (),
    evidence: Sequence[EvidenceItem] = (),
) -> bytes:
    """Return the JSON of ``gridwatch.incident/1``.

    Args:
        incident: What to tell, under the box's ids.
        box: Who tells it.
        seq: The box's count of messages.
        clock: State of the box's clock.
        category: What the city calls it.
        models: Name and SHA-256 of the networks that looked.
        evidence: Pictures that follow.
    """
    camera = box.cameras.get(incident.camera_id, CameraIdentity(incident.camera_id))
    return encode(
        {
            "schema": "gridwatch.incident/1",
            "id": incident.id,
            "revision": incident.revision,
            "seq": seq,
            "action": incident.action,
            "box_id": box.box_id,
            "camera_id": incident.camera_id,
            "device_code": camera.device_code,
            "grid_code": box.grid_code,
            "location": location_part(camera),
            "type": incident.type,
            "category": category_part(category),
            "stage": incident.stage,
            "severity": incident.severity,
            "zone_id": incident.zone_id,
            "place": incident.place,
            "bbox": [rounded(edge) for edge in incident.box] if incident.box else None,
            "first_seen_at": timestamp(incident.first_seen_at),
            "opened_at": timestamp(incident.opened_at),
            "observed_at": timestamp(incident.observed_at),
            "cleared_at": timestamp(incident.cleared_at) if incident.cleared_at else None,
            "dwell_s": round(incident.dwell_s, 1),
            "confidence": rounded(incident.confidence),
            "basis": {
                "confirmed": incident.confirmed,
                "evidence": list(incident.evidence),
                "missing": list(incident.missing),
                "parts": {name: rounded(part) for name, part in incident.parts},
            },
            "count": incident.count,
            "label": incident.label,
            "plate": incident.plate,
            "reopened": incident.reopened,
            "reason": incident.reason,
            "rule": {
                "name": incident.rule.name,
                "version": incident.rule.version,
                "dwell_s": incident.rule.dwell_s,
            },
            "models": [{"name": name, "sha256": sha256} for name, sha256 in models],
            "clock": clock_part(clock),
            "evidence": evidence_part(evidence),
            "review": {"state": "pending"},
        }
    )


def amended(payload: bytes, **facts: Any) -> bytes:
    """Return an incident's message with other facts in the places of the old ones.

    Args:
        payload: The message.
        facts: By name, as the message has them.
    """
    return encode({**json.loads(payload), **facts})


def review_part(
    judgement: Judgement | None, *, category: Category | None, reviewer: str, at: datetime
) -> dict[str, Any]:
    """Return what a message says of a review; the operator's note stays on the box.

    Args:
        judgement: None if it was taken back.
        category: What the city calls the corrected type, if there is one.
        reviewer: A name that means nothing outside the box.
        at: When it was judged.
    """
    if judgement is None:
        return {"state": "pending"}
    return {
        "state": "reviewed",
        "verdict": judgement.verdict,
        "reason": judgement.reason,
        "duplicate_of": judgement.duplicate_of,
        "type": judgement.corrected_type,
        "category": category_part(category) if category else None,
        "reviewer": reviewer,
        "at": timestamp(at),
    }
