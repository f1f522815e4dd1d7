"""``/health``: what is wrong and what to do about it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from edge.console.caller import Caller, allowed
from edge.console.permissions import Permission
from edge.console.rendering import page
from edge.console.services import services_of
from edge.console.troubles import troubles
from edge.console.workers import workers_shown
from edge.domain.camera import CameraState

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
    reporting = services.reporting
    ends_at = reporting.certificate_ends_at()
    webhooks = services.webhooks.states()
    return page(
        request,
        caller,
        "health.html",
        script_texts=("health.js.",),
        now=now,
        cameras=cameras,
        workers=workers_shown(now.workers, caller.sees),
        troubles=[
            one
            for one in troubles(now, ends_at, webhooks)
            if one.values.get("camera") in seen | {None}
        ],
        webhooks=webhooks,
        online=sum(one.state is CameraState.ONLINE for one in cameras),
        networks=reporting.networks(),
        processes=reporting.processes(),
        room=reporting.room(),
        certificate_ends_at=ends_at,
    )
