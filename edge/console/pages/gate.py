"""Gate: who passes, as it happens."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from edge.console.caller import Caller, allowed
from edge.console.permissions import Permission
from edge.console.rendering import page
from edge.console.services import services_of
from edge.domain.passage import Decision

router = APIRouter()


@router.get("/gate")
def gate(
    request: Request, caller: Annotated[Caller, Depends(allowed(Permission.SEE_GATE))]
) -> HTMLResponse:
    """Show the passages; the script fetches them and what is new."""
    services = services_of(request)
    cameras = [one.camera_id for one in services.health().cameras]
    return page(
        request,
        caller,
        "gate.html",
        script_texts=("gate.", "decision.", "direction.", "doubt.", "refusal."),
        cameras=[one for one in cameras if caller.sees(one)],
        decisions=tuple(Decision),
    )
