"""Receivers beside the platform, tried."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Request

from edge.console.caller import Caller, allowed
from edge.console.deeds import deed
from edge.console.permissions import Permission
from edge.console.services import services_of
from edge.console.webhooks import TriedAlreadyError

router = APIRouter(tags=["health"])

NOT_FOUND = 404
CONFLICT = 409


@router.post("/webhooks/{name}/test")
def test(
    request: Request,
    name: Annotated[str, Path(max_length=64)],
    caller: Annotated[Caller, Depends(allowed(Permission.CHANGE_OUTBOX))],
) -> dict[str, Any]:
    """Send a test message to a receiver and return what it answers."""
    receivers = services_of(request).webhooks
    if name not in {one.name for one in receivers.states()}:
        raise HTTPException(NOT_FOUND, "the configuration has no webhook of this name")
    with deed(caller, "webhook.test", subject=name):
        try:
            return asdict(receivers.test(name))
        except TriedAlreadyError as error:
            raise HTTPException(CONFLICT, "it is being tried; wait for its answer") from error
        except KeyError as error:  # removed a moment ago
            raise HTTPException(NOT_FOUND, "the configuration has no such webhook") from error
