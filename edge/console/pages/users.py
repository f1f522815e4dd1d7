"""Users and tokens."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from edge.console.caller import Caller, allowed
from edge.console.permissions import Permission, Role
from edge.console.rendering import page
from edge.console.services import services_of

router = APIRouter()


@router.get("/users")
def users(
    request: Request, caller: Annotated[Caller, Depends(allowed(Permission.CHANGE_USERS))]
) -> HTMLResponse:
    """Show who may sign in, and which machines may ask."""
    services = services_of(request)
    caller.audit("user.list", subject="users")
    return page(
        request,
        caller,
        "users.html",
        script_texts=("users.", "role."),
        users=services.accounts().users(),
        tokens=services.sessions().tokens(),
        roles=tuple(Role),
        cameras=[one.camera_id for one in services.health().cameras],
    )
