"""A store as it is after years: incidents with verdicts, and passages; written in seconds."""

import json
import random
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from edge.clock import SystemClock
from edge.domain.review import RejectReason, Verdict
from edge.domain.rule import IncidentType
from edge.store.journal import Journal

END = datetime(2026, 11, 24, 4, tzinfo=UTC)
SPAN_S = 365 * 86400
CAMERAS = tuple(f"street-{number:02}" for number in range(1, 21))
GATES = tuple(f"gate-{number:02}" for number in range(1, 9))
TYPES = tuple(IncidentType)[:13]
UNFINISHED = 200
"""Incidents that are still there at the end."""

PASSAGE = {
    "revision": 1,
    "doubts": [],
    "category": None,
    "similarity": 0.6,
    "margin": 0.3,
    "threshold": 0.4,
    "template_id": None,
    "frames": 20,
    "usable_frames": 12,
    "refused": {},
    "persons": 1,
}
"""What the message of every passage says alike."""

INCIDENTS, PASSAGES = 100_000, 1_000_000


def build(
    path: Path,
    *,
    incidents: int = INCIDENTS,
    passages: int = PASSAGES,
    end: datetime = END,
    cameras: Sequence[str] = CAMERAS,
    gates: Sequence[str] = GATES,
    types: Sequence[IncidentType] = TYPES,
    over: bool = False,
) -> None:
    """Write a store that did not exist; the same one for the same arguments.

    Args:
        path: The journal.
        incidents: How many; of the last fifth nobody has judged any.
        passages: How many.
        end: When the last of both was; they are spread over a year.
        cameras: Those that have incidents.
        gates: Those that have passages.
        types: What the incidents are.
        over: Whether all incidents are gone, and judged.
    """
    Journal(path, SystemClock()).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = OFF")
    chance = random.Random(4)
    with connection:
        marks = ", ".join("?" for _ in range(10))
        connection.executemany(
            f"INSERT INTO passages VALUES ({marks})", _passages(passages, chance, end, gates)
        )
        names = (
            "id, revision, seq, camera_id, type, place, action, stage, severity, opened_at,"
            " observed_at, cleared_at, payload"
        )
        marks = ", ".join("?" for _ in range(13))
        connection.executemany(
            f"INSERT INTO incidents ({names}) VALUES ({marks})",
            _incidents(incidents, passages, chance, end, cameras, types, over=over),
        )
        connection.executemany(
            "UPDATE incident_heads SET review = 'reviewed', verdict = ?, reason = ?,"
            " reviewed_at = ? WHERE id = ?",
            _verdicts(incidents, chance, end, over=over),
        )
        connection.execute("UPDATE counters SET value = ?", (incidents + passages,))
    connection.execute("ANALYZE")
    connection.close()


def _moment(number: int, of: int, end: datetime) -> datetime:
    return end - timedelta(seconds=SPAN_S * (1 - number / of))


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def _passages(
    number: int, chance: random.Random, end: datetime, gates: Sequence[str]
) -> Iterator[tuple[object, ...]]:
    for one in range(number):
        decision = chance.choices(("resident", "stranger", "unsure", "watchlist"), (85, 9, 5, 1))[0]
        resident = f"r{chance.randrange(3000)}" if decision == "resident" else None
        gate, way = chance.choice(gates), chance.choice(("in", "out"))
        at = _text(_moment(one, number, end))
        said = PASSAGE | {
            "id": f"p{one:08}",
            "camera_id": gate,
            "direction": way,
            "decision": decision,
            "alert": decision != "resident",
            "resident_id": resident,
            "appeared_at": at,
            "decided_at": at,
        }
        payload = json.dumps(said).encode()
        yield f"p{one:08}", 1, one + 1, gate, way, decision, resident, 0.6, at, payload


def _incidents(
    number: int,
    seq: int,
    chance: random.Random,
    end: datetime,
    cameras: Sequence[str],
    types: Sequence[IncidentType],
    *,
    over: bool,
) -> Iterator[tuple[object, ...]]:
    for one in range(number):
        camera, kind = chance.choice(cameras), chance.choice(types)
        opened = _moment(one, number, end)
        gone = opened + timedelta(seconds=chance.randrange(60, 7200))
        still_open = not over and one >= number - UNFINISHED
        left, top = chance.random() * 0.8, 0.3 + chance.random() * 0.5
        severity = chance.choice(("normal", "normal", "urgent", "review"))
        payload = {
            "id": f"i{one:08}",
            "revision": 1,
            "seq": seq + one + 1,
            "action": "opened" if still_open else "cleared",
            "stage": "case",
            "severity": severity,
            "observed_at": _text(opened if still_open else gone),
            "cleared_at": None if still_open else _text(gone),
            "plate": None,
            "count": 1,
            "reason": "",
            "models": [],
            "clock": {"synced": True, "offset_ms": 1.0},
            "zone_id": "curb",
            "bbox": [left, top, left + 0.1, top + 0.1],
            "first_seen_at": _text(opened - timedelta(seconds=180)),
            "dwell_s": 180 + chance.random() * 600,
            "confidence": chance.random(),
            "basis": {"parts": {"detector": chance.random(), "steady": 0.9}},
            "label": "car",
            "rule": {"name": kind},
            "evidence": [],
        }
        yield (
            f"i{one:08}",
            1,
            seq + one + 1,
            camera,
            kind,
            f"{camera}-curb" if one % 3 else None,
            "opened" if still_open else "cleared",
            "case",
            severity,
            _text(opened),
            _text(opened if still_open else gone),
            None if still_open else _text(gone),
            json.dumps(payload).encode(),
        )


def _verdicts(
    number: int, chance: random.Random, end: datetime, *, over: bool
) -> Iterator[tuple[object, ...]]:
    for one in range(number if over else number - min(number // 5, 5000)):
        verdict = chance.choices(tuple(Verdict), (70, 20, 4, 3, 3))[0]
        reason = chance.choice(tuple(RejectReason)) if verdict is Verdict.REJECTED else None
        at = _text(_moment(one, number, end) + timedelta(hours=1))
        yield verdict, reason, at, f"i{one:08}"
