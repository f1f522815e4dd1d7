"""Incidents of yesterday that people have judged, in the store of a console."""

import sqlite3
from datetime import UTC, datetime, timedelta

from edge.bootstrap import parts
from tests.console_app import Console


def judge_twelve(console: Console) -> None:
    """Write six that were there, and six of which the network was less sure that were not."""
    for number in range(6):
        add(console, f"good{number}", "confirmed", score=0.7 + number / 50)
        add(console, f"bad{number}", "rejected", score=0.45)


def add(console: Console, name: str, verdict: str, **facts: object) -> None:
    """Write one incident of yesterday and what was said of it."""
    row = {"camera_id": "west", "place": None, "score": 0.5} | facts
    at = (datetime.now(UTC) - timedelta(days=1)).isoformat(timespec="milliseconds")
    payload = (
        '{"zone_id": "curb", "bbox": [0.1, 0.2, 0.3, 0.4], "dwell_s": 300.0,'
        f' "basis": {{"parts": {{"detector": {row["score"]}}}}}}}'
    )
    with sqlite3.connect(parts.journal_path(console.settings)) as connection:
        (seq,) = connection.execute("SELECT COUNT(*) FROM incidents").fetchone()
        connection.execute(
            "INSERT INTO incidents (id, revision, seq, camera_id, type, place, action, stage,"
            " severity, opened_at, observed_at, payload)"
            " VALUES (?, 1, ?, ?, 'motor_parking', ?, 'cleared', 'case', 'normal', ?, ?, ?)",
            (name, seq + 1, row["camera_id"], row["place"], at, at, payload.encode()),
        )
        reason = "permitted" if verdict == "rejected" else None
        connection.execute(
            "UPDATE incident_heads SET verdict = ?, reason = ? WHERE id = ?",
            (verdict, reason, name),
        )
    connection.close()
