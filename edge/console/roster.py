"""The cameras that somebody may see, as they are written and as they are."""

from dataclasses import dataclass

from fastapi import Request

from edge.console.caller import Caller
from edge.console.services import services_of


@dataclass(frozen=True, slots=True)
class ListedCamera:
    """One camera of the configuration.

    Attributes:
        state: Empty before its first report.
        address: Where it stands; empty if that is not written.
        zones: How many.
        rules: How many, all zones together.
        gate: Whether it watches a gate.
    """

    id: str
    state: str
    detail: str
    address: str
    zones: int
    rules: int
    gate: bool


def cameras_of(request: Request, caller: Caller) -> list[ListedCamera]:
    """Return them in the order of the file; raises ConfigError if that is wrong."""
    services = services_of(request)
    reports = {one.camera_id: one for one in services.health().cameras}
    found = []
    for camera in services.configuration.now().cameras:
        name = str(camera["id"])
        if not caller.sees(name):
            continue
        report = reports.get(name)
        zones = camera.get("zones") or []
        location = camera.get("location") or {}
        found.append(
            ListedCamera(
                id=name,
                state=str(report.state) if report else "",
                detail=report.detail if report else "",
                address=str(location.get("address") or ""),
                zones=len(zones),
                rules=sum(len(zone.get("rules") or []) for zone in zones),
                gate=bool(camera.get("gate")),
            )
        )
    return found
