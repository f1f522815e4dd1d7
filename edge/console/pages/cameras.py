"""``/cameras``: which there are; the zones and rules of one."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse

from edge.console.caller import Caller, allowed
from edge.console.permissions import Permission
from edge.console.rendering import page
from edge.console.roster import ListedCamera, cameras_of
from edge.console.services import services_of
from edge.errors import ConfigError

router = APIRouter()

NOT_FOUND = 404
SPOKEN = ("cameras.js.", "rule.", "type.", "severity.", "stage.")
Looking = Annotated[Caller, Depends(allowed(Permission.SEE_CAMERAS))]


@router.get("/cameras")
def cameras(request: Request, caller: Looking) -> HTMLResponse:
    """Show the cameras, or why their configuration cannot be read."""
    listed: list[ListedCamera] = []
    trouble = refused = ""
    try:
        listed = cameras_of(request, caller)
        refused = services_of(request).configuration.now().refused
    except ConfigError as error:
        trouble = str(error)
    return page(
        request,
        caller,
        "cameras.html",
        script_texts=SPOKEN,
        cameras=listed,
        trouble=trouble,
        refused=refused,
    )


@router.get("/cameras/{camera_id}")
def camera(request: Request, caller: Looking, camera_id: str) -> HTMLResponse:
    """Show one camera's zones and rules; its script fetches them."""
    listed = next((one for one in cameras_of(request, caller) if one.id == camera_id), None)
    if listed is None:
        raise HTTPException(NOT_FOUND, "there is no such camera")
    return page(
        request,
        caller,
        "camera.html",
        script_texts=SPOKEN,
        camera=listed,
    )
