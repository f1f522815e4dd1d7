"""The incident that a request is about, if who asks may know of it."""

from typing import Annotated

from fastapi import HTTPException, Path

from edge.console.caller import FORBIDDEN, Caller
from edge.console.permissions import Permission
from edge.console.services import Services
from edge.store.heads import Head

NOT_FOUND, CONFLICT, UNPROCESSABLE = 404, 409, 422
LEAST_REASON = 4

IncidentId = Annotated[str, Path(max_length=64)]


def head_for(services: Services, caller: Caller, incident_id: str) -> Head:
    """Return an incident; one of a camera that the caller may not see is unknown to them."""
    head = services.reviews().head(incident_id)
    if head is None or not caller.sees(head.camera_id):
        raise HTTPException(NOT_FOUND, "there is no such incident; it may be of another box")
    return head


def require_reason_for_clear(caller: Caller, reason: str) -> None:
    """Refuse clear pictures to who may not see them, or does not say what for."""
    if not caller.may(Permission.SEE_CLEAR):
        raise HTTPException(FORBIDDEN, "your role sees redacted pictures only")
    if len(reason.strip()) < LEAST_REASON:
        raise HTTPException(UNPROCESSABLE, "say for what reason it is to be seen; it is recorded")
