"""Login and one's own account."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from edge.console.caller import Caller, allowed, public
from edge.console.permissions import Permission
from edge.console.rendering import page
from edge.store.accounts import LEAST_PASSWORD

router = APIRouter()


@router.get("/login", dependencies=[public])
def login(request: Request) -> HTMLResponse:
    """Show where to sign in."""
    return page(request, None, "login.html", script_texts=("login.",))


@router.get("/account")
def account(
    request: Request, caller: Annotated[Caller, Depends(allowed(Permission.OWN_ACCOUNT))]
) -> HTMLResponse:
    """Show who one is and let them change their password."""
    return page(request, caller, "account.html", script_texts=("account.",), least=LEAST_PASSWORD)
