"""Live: what the cameras show now."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from edge.console.caller import Caller, allowed
from edge.console.permissions import Permission
from edge.console.rendering import page
from edge.console.wall import STALE_S, shown_cameras

router = APIRouter()

LAYOUTS = ("1", "4", "9", "all")


@router.get("/live")
def live(
    request: Request, caller: Annotated[Caller, Depends(allowed(Permission.SEE_LIVE))]
) -> HTMLResponse:
    """Show the wall; its script fetches the pictures."""
    return page(
        request,
        caller,
        "live.html",
        script_texts=("live.",),
        cameras=shown_cameras(request, caller),
        layouts=LAYOUTS,
        stale_s=STALE_S,
    )
