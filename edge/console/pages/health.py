"""``/health``: what is wrong and what to do about it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from edge.console.caller import Caller, allowed
from edge.console.permissions import Permission
from edge.console.rendering import page
from edge.console.services import services_of
from edge.console.troubles import troubles

router = APIRouter()


@router.get("/health")
def health(
    request: Request, caller: Annotated[Caller, Depends(allowed(Permission.SEE_HEALTH))]
) -> HTMLResponse:
    """Show how the box is."""
    services = services_of(request)
    now = services.health()
    cameras = [one for one in now.cameras if caller.sees(one.camera_id)]
    seen = {one.camera_id for one in cameras}
    return page(
        request,
        caller,
        "health.html",
        script_texts=("health.js.",),
        now=now,
        cameras=cameras,
        troubles=[one for one in troubles(now) if one.values.get("camera") in seen | {None}],
        networks=services.reporting.networks(),
    )
