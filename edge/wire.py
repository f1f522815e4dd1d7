"""The messages on the wire, byte for byte. ``config/schemas/`` says the same to receivers."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from edge.clock import ClockState
from edge.domain.camera import CameraReport
from edge.domain.category import Category
from edge.domain.incident import Incident
from edge.domain.passage import Decision, Passage
from edge.domain.review import Judgement

TOPIC_ROOT = "gridwatch/1"


@dataclass(frozen=True, slots=True)
class CameraIdentity:
    """What a message says of the camera; codes of GB/T 28181, WGS 84 degrees."""

    id: str
    device_code: str | None = None
    lon: float | None = None
    lat: float | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class BoxIdentity:
    """What every message says of the box."""

    box_id: str
    grid_code: str | None = None
    cameras: Mapping[str, CameraIdentity] = field(default_factory=dict)
    model_names: Mapping[str, str] = field(default_factory=dict)
    """Names of networks by SHA-256."""

    @property
    def topic_root(self) -> str:
        """Return the beginning of all topics of this box."""
        return f"{TOPIC_ROOT}/{self.box_id}"


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """A picture that follows a message."""

    name: str
    media_type: str
    bytes: int
    sha256: str


def evidence_of(name: str, jpeg: bytes) -> EvidenceItem:
    """Return what a message says of a picture that follows it."""
    return EvidenceItem(name, "image/jpeg", len(jpeg), hashlib.sha256(jpeg).hexdigest())


def passage_message(
    passage: Passage,
    *,
    box: BoxIdentity,
    seq: int,
    clock: ClockState,
    announce: frozenset[Decision],
    evidence: Sequence[EvidenceItem] = (),
) -> bytes:
    """Return the JSON of ``gridwatch.passage/1``.

    Args:
        passage: What to tell; names and units are not part of it and never of the message.
        box: Who tells it.
        seq: The box's count of messages.
        clock: State of the box's clock.
        announce: Decisions that the site wants as alerts.
        evidence: Pictures that follow.
    """
    camera = box.cameras.get(passage.camera_id, CameraIdentity(passage.camera_id))
    likeness = passage.likeness
    return encode(
        {
            "schema": "gridwatch.passage/1",
            "id": passage.id,
            "revision": passage.revision,
            "seq": seq,
            "action": passage.action,
            "box_id": box.box_id,
            "camera_id": passage.camera_id,
            "device_code": camera.device_code,
            "grid_code": box.grid_code,
            "location": _location(camera),
            "direction": passage.direction,
            "decision": passage.decision,
            "alert": passage.decision in announce,
            "doubts": list(passage.doubts),
            "resident_id": passage.resident_id,
            "category": passage.category,
            "similarity": _rounded(likeness.similarity) if likeness else None,
            "margin": _rounded(likeness.margin) if likeness else None,
            "threshold": _rounded(likeness.threshold) if likeness else None,
            "template_id": likeness.template_id if likeness else None,
            "frames": passage.frames,
            "usable_frames": passage.usable_frames,
            "refused": dict(passage.refused),
            "persons": passage.persons,
            "appeared_at": timestamp(passage.appeared_at),
            "decided_at": timestamp(passage.decided_at),
            "models": [
                {
                    "name": box.model_names.get(passage.model_sha256, "faces"),
                    "sha256": passage.model_sha256,
                }
            ],
            "clock": {"synced": clock.synced, "offset_ms": _rounded(clock.offset_ms)},
            "evidence": _evidence(evidence),
        }
    )


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
            "location": _location(camera),
            "type": incident.type,
            "category": _category(category),
            "stage": incident.stage,
            "severity": incident.severity,
            "zone_id": incident.zone_id,
            "place": incident.place,
            "bbox": [_rounded(edge) for edge in incident.box] if incident.box else None,
            "first_seen_at": timestamp(incident.first_seen_at),
            "opened_at": timestamp(incident.opened_at),
            "observed_at": timestamp(incident.observed_at),
            "cleared_at": timestamp(incident.cleared_at) if incident.cleared_at else None,
            "dwell_s": round(incident.dwell_s, 1),
            "confidence": _rounded(incident.confidence),
            "basis": {
                "confirmed": incident.confirmed,
                "evidence": list(incident.evidence),
                "missing": list(incident.missing),
                "parts": {name: _rounded(part) for name, part in incident.parts},
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
            "clock": {"synced": clock.synced, "offset_ms": _rounded(clock.offset_ms)},
            "evidence": _evidence(evidence),
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
        "category": _category(category) if category else None,
        "reviewer": reviewer,
        "at": timestamp(at),
    }


def status_message(
    box: BoxIdentity, *, online: bool, version: str, models: Sequence[tuple[str, str]] = ()
) -> bytes:
    """Return the JSON of ``gridwatch.status/1``.

    Args:
        box: Who tells it.
        online: False in the last will.
        version: Of gridwatch.
        models: Name and SHA-256 of the networks that are in use.
    """
    return encode(
        {
            "schema": "gridwatch.status/1",
            "box_id": box.box_id,
            "state": "online" if online else "offline",
            "version": version,
            "cameras": sorted(box.cameras),
            "models": [{"name": name, "sha256": sha256} for name, sha256 in models],
        }
    )


@dataclass(frozen=True, slots=True)
class BrokerLink:
    """The way to the platform; told on the box only, as no message goes out without it.

    Attributes:
        error: Why there is no connection, empty if there is one.
        delivered: Messages acknowledged since the service began.
    """

    connected: bool = False
    error: str = ""
    delivered: int = 0


@dataclass(frozen=True, slots=True)
class Health:
    """How the box is.

    Attributes:
        waiting: Messages the platform has not acknowledged.
        parked: Messages put aside, as (seq, reason).
        disk_free_bytes: Where databases and evidence lie.
        worker_restarts: Worker processes started again.
    """

    at: datetime
    cameras: Sequence[CameraReport]
    waiting: int
    parked: Sequence[tuple[int | None, str]]
    disk_free_bytes: int
    clock: ClockState
    worker_restarts: int
    broker: BrokerLink = BrokerLink()


def health_message(health: Health, box: BoxIdentity) -> bytes:
    """Return the JSON of ``gridwatch.health/1``."""
    return encode(
        {
            "schema": "gridwatch.health/1",
            "box_id": box.box_id,
            "at": timestamp(health.at),
            "cameras": [_camera(report) for report in health.cameras],
            "outbox": {
                "waiting": health.waiting,
                "parked": [{"seq": seq, "reason": reason} for seq, reason in health.parked],
            },
            "disk_free_bytes": health.disk_free_bytes,
            "clock": {
                "synced": health.clock.synced,
                "offset_ms": _rounded(health.clock.offset_ms),
            },
            "worker_restarts": health.worker_restarts,
        }
    )


def trial_message(trial_id: str, *, box_id: str, at: datetime) -> bytes:
    """Return the JSON of ``gridwatch.test/1``: somebody tries whether a receiver hears the box."""
    return encode(
        {
            "schema": "gridwatch.test/1",
            "id": trial_id,
            "revision": 1,
            "box_id": box_id,
            "at": timestamp(at),
        }
    )


def timestamp(moment: datetime) -> str:
    """Return RFC 3339 in UTC with milliseconds."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def encode(content: Mapping[str, Any]) -> bytes:
    """Return compact UTF-8 JSON, keys in the order given; the same content, the same bytes."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _category(category: Category) -> dict[str, Any]:
    return {
        "scheme": category.scheme,
        "version": category.version,
        "code": category.code,
        "name": category.name,
        "name_en": category.name_en,
    }


def _evidence(items: Sequence[EvidenceItem]) -> list[dict[str, Any]]:
    return [
        {"name": e.name, "media_type": e.media_type, "bytes": e.bytes, "sha256": e.sha256}
        for e in items
    ]


def _location(camera: CameraIdentity) -> dict[str, Any] | None:
    if camera.lon is None or camera.lat is None:
        return None
    return {"lon": camera.lon, "lat": camera.lat, "address": camera.address}


def _camera(report: CameraReport) -> dict[str, Any]:
    return {
        "id": report.camera_id,
        "state": report.state,
        "detail": report.detail,
        "fps": _rounded(report.fps),
        "analysed_fps": _rounded(report.analysed_fps),
        "lag_s": _rounded(report.lag_s),
        "dropped": report.dropped,
        "corrupt": report.corrupt,
        "reconnects": report.reconnects,
        "cpu_share": _rounded(report.cpu_share),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), 4)
