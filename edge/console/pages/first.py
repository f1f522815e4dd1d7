"""``/``: the first page that somebody may see."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse

from edge.console.caller import Caller, allowed
from edge.console.permissions import Permission
from edge.console.rendering import home_of

router = APIRouter()


@router.get("/")
def first(
    request: Request, caller: Annotated[Caller, Depends(allowed(Permission.OWN_ACCOUNT))]
) -> RedirectResponse:
    """Send somebody on to where their work is."""
    root = str(request.scope.get("root_path", ""))
    return RedirectResponse(root + home_of(caller), status_code=303)
