"""The cameras that somebody may look at, and how each is doing."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from fastapi import Request

from edge.console.caller import Caller
from edge.console.configuration import Configuration
from edge.console.services import services_of
from edge.domain.camera import CameraReport, CameraState
from edge.errors import ConfigError

STALE_S = 10.0
"""Cameras whose keyframes alone are decoded show a picture every few seconds."""


class Showing(StrEnum):
    """What somebody who looks at a camera can expect."""

    RUNNING = "running"
    STALE = "stale"
    """Its last picture is old."""

    CONNECTING = "connecting"
    FAULT = "fault"
    ENDED = "ended"
    """It was a recording."""


@dataclass(frozen=True, slots=True)
class ShownCamera:
    """A camera that somebody may look at.

    Attributes:
        address: Where it stands; empty if that is not written.
        stale_since: When its last picture was taken, where that is too long ago.
        fault: Why it is not there.
    """

    id: str
    address: str
    state: Showing
    stale_since: datetime | None
    fault: str


def shown_cameras(request: Request, caller: Caller) -> list[ShownCamera]:
    """Return the cameras that somebody sees and a worker has, in the order of the file."""
    services = services_of(request)
    now = services.health()
    reports = {report.camera_id: report for report in now.cameras}
    addresses = _addresses(services.configuration)
    pictures = services.live.pictures
    there = {one for one in pictures.cameras() if caller.sees(one)}
    ordered = [*(one for one in addresses if one in there), *sorted(there.difference(addresses))]
    return [
        shown_camera(
            # A worker that has just begun has not told anything yet.
            reports.get(name) or CameraReport(name, CameraState.CONNECTING),
            addresses.get(name, ""),
            pictures.seen_at(name),
            now.at,
        )
        for name in ordered
    ]


def shown_camera(
    report: CameraReport, address: str, seen_at: datetime | None, now: datetime
) -> ShownCamera:
    """Return how a camera is doing.

    Args:
        report: Its vital signs.
        address: Where it stands.
        seen_at: When its newest picture was taken; None while nobody looks.
        now: When.
    """
    stale = seen_at is not None and (now - seen_at).total_seconds() > STALE_S
    states = {
        CameraState.ONLINE: Showing.STALE if stale else Showing.RUNNING,
        CameraState.CONNECTING: Showing.CONNECTING,
        CameraState.OFFLINE: Showing.FAULT,
        CameraState.ENDED: Showing.ENDED,
    }
    return ShownCamera(
        report.camera_id,
        address,
        states[report.state],
        seen_at if stale else None,
        report.detail,
    )


def _addresses(configuration: Configuration) -> dict[str, str]:
    try:
        cameras = configuration.now().cameras
    except ConfigError:  # whoever edits the file blinds nobody
        return {}
    return {
        str(camera.get("id")): str((camera.get("location") or {}).get("address") or "")
        for camera in cameras
    }
