"""``/review``: the operators' main screen."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from edge.console.caller import Caller, allowed
from edge.console.permissions import Permission
from edge.console.rendering import page
from edge.console.services import Services, services_of
from edge.domain.review import RejectReason
from edge.domain.rule import IncidentType, Severity
from edge.errors import ConfigError

router = APIRouter()

SPOKEN = ("review.", "type.", "severity.", "stage.", "verdict.", "reason.", "case_state.")
STATES = ("open", "cleared", "withdrawn")
RIGHTS = (
    ("review", Permission.REVIEW),
    ("suppress", Permission.SUPPRESS),
    ("clear", Permission.SEE_CLEAR),
    ("verify", Permission.VERIFY),
    ("hold", Permission.HOLD),
    ("export", Permission.EXPORT),
)


@router.get("/review")
def review(
    request: Request, caller: Annotated[Caller, Depends(allowed(Permission.SEE_INCIDENTS))]
) -> HTMLResponse:
    """Show the queue; its script fetches what is in it."""
    cameras, places = _known(services_of(request), caller)
    return page(
        request,
        caller,
        "review.html",
        script_texts=SPOKEN,
        rights=RIGHTS,
        types=[*IncidentType],
        severities=[Severity.URGENT, Severity.NORMAL, Severity.REVIEW, Severity.MAINTENANCE],
        reasons=[*RejectReason],
        states=STATES,
        cameras=cameras,
        places=places,
    )


def _known(services: Services, caller: Caller) -> tuple[list[str], list[str]]:
    """Return cameras and places to choose from; others can be typed."""
    try:
        cameras = services.configuration.now().cameras
    except ConfigError:
        return [], []
    seen = [camera for camera in cameras if caller.sees(str(camera.get("id")))]
    zones = [zone for camera in seen for zone in camera.get("zones") or ()]
    names = {str(zone.get("place") or zone.get("id")) for zone in zones}
    return sorted(str(camera["id"]) for camera in seen if "id" in camera), sorted(names)
