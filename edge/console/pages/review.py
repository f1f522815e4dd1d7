"""``/review``: the operators' main screen."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from edge.console.caller import Caller, allowed
from edge.console.permissions import Permission
from edge.console.rendering import page
from edge.domain.review import RejectReason
from edge.domain.rule import IncidentType, Severity

router = APIRouter()

SPOKEN = ("review.", "type.", "severity.", "stage.", "verdict.", "reason.")


@router.get("/review")
def review(
    request: Request, caller: Annotated[Caller, Depends(allowed(Permission.SEE_INCIDENTS))]
) -> HTMLResponse:
    """Show the queue; its script fetches what is in it."""
    return page(
        request,
        caller,
        "review.html",
        script_texts=SPOKEN,
        types=[*IncidentType],
        severities=[Severity.URGENT, Severity.NORMAL, Severity.REVIEW, Severity.MAINTENANCE],
        reasons=[*RejectReason],
    )
