"""``gridwatch.health/1``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from edge.clock import ClockState
from edge.domain.camera import CameraReport
from edge.wire.box import BoxIdentity
from edge.wire.text import encode, rounded, timestamp


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
                "offset_ms": rounded(health.clock.offset_ms),
            },
            "worker_restarts": health.worker_restarts,
        }
    )


def _camera(report: CameraReport) -> dict[str, Any]:
    return {
        "id": report.camera_id,
        "state": report.state,
        "detail": report.detail,
        "fps": rounded(report.fps),
        "analysed_fps": rounded(report.analysed_fps),
        "lag_s": rounded(report.lag_s),
        "dropped": report.dropped,
        "corrupt": report.corrupt,
        "reconnects": report.reconnects,
        "cpu_share": rounded(report.cpu_share),
    }
