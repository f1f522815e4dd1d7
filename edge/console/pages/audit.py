"""The audit as people read it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from edge.console.caller import Caller, allowed
from edge.console.permissions import Permission
from edge.console.rendering import page
from edge.console.services import services_of

router = APIRouter()

ROWS = 100


@router.get("/audit")
def audit(
    request: Request,
    caller: Annotated[Caller, Depends(allowed(Permission.SEE_AUDIT))],
    before: Annotated[int | None, Query(ge=1, le=2**62)] = None,
) -> HTMLResponse:
    """Show who did what, newest first."""
    caller.audit("audit.see", subject="audit")
    rows = services_of(request).accounts().audit_rows(before=before, limit=ROWS)
    return page(
        request,
        caller,
        "audit.html",
        script_texts=("audit.",),
        rows=[(datetime.fromisoformat(one.at), one) for one in rows],
        older=rows[-1].number if len(rows) == ROWS else None,
    )
