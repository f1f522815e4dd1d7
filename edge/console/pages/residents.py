"""Residents: who is known at the gates."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from edge.console.caller import Caller, allowed
from edge.console.permissions import Permission
from edge.console.rendering import page
from edge.domain.resident import Category

router = APIRouter()


@router.get("/residents")
def residents(
    request: Request, caller: Annotated[Caller, Depends(allowed(Permission.SEE_RESIDENTS))]
) -> HTMLResponse:
    """Show the search; nobody is listed before a purpose was stated."""
    return page(
        request,
        caller,
        "residents.html",
        script_texts=("residents.", "category.", "valid.", "photo.", "remedy."),
        categories=tuple(Category),
    )
