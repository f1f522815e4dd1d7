"""``/openapi.json``: the API's own description."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from edge.console.caller import Caller, allowed
from edge.console.openapi import describe
from edge.console.permissions import Permission

router = APIRouter(include_in_schema=False)


@router.get("/openapi.json")
def openapi(
    request: Request,
    caller: Annotated[Caller, Depends(allowed(Permission.OWN_ACCOUNT))],  # noqa: ARG001
) -> JSONResponse:
    """Return the OpenAPI document."""
    return JSONResponse(describe(request.app))
