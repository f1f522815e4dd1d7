"""Pictures and clips of incidents: redacted, unless somebody says why not."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi import Path as PathPart
from fastapi.responses import FileResponse, JSONResponse

from edge.console.caller import FORBIDDEN, Caller, allowed
from edge.console.permissions import Permission
from edge.console.services import Services, services_of
from edge.domain.rule import IncidentType
from edge.store.kept import Item, Kind

router = APIRouter()

NOT_FOUND, GONE, PREPARING, UNPROCESSABLE, UNAVAILABLE = 404, 410, 202, 422, 503
LEAST_REASON = 4
PLATES_STAY = frozenset({IncidentType.MOTOR_PARKING})
"""What a vehicle did is nothing without its plate."""

Seeing = Annotated[Caller, Depends(allowed(Permission.SEE_INCIDENTS))]


@router.get("/media/incidents/{incident_id}/{name}")
def media(
    request: Request,
    caller: Seeing,
    incident_id: Annotated[str, PathPart(max_length=64)],
    name: Annotated[str, PathPart(max_length=64)],
    clear: bool = False,
    reason: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Return a still or clip; 202 while a clip is being redacted, 410 when it was purged."""
    services = services_of(request)
    item = _item(services, caller, incident_id, name)
    # Names come from the journal, never from the address.
    path = services.evidence_folder / item.path
    if clear:
        _require_reason(caller, reason)
        caller.audit("media.clear", subject=f"incident {incident_id} {name}", purpose=reason)
    return _shown(services, item, path, clear=clear)


def _item(services: Services, caller: Caller, incident_id: str, name: str) -> Item:
    item = services.evidence().item(incident_id, name)
    if item is None or not caller.sees(item.camera_id):
        raise HTTPException(NOT_FOUND, "there is no such picture or clip")
    if item.purged_at is not None:
        raise HTTPException(
            GONE, f"it was removed on {item.purged_at:%Y-%m-%d} when its time was over"
        )
    return item


def _require_reason(caller: Caller, reason: str) -> None:
    if not caller.may(Permission.SEE_CLEAR):
        raise HTTPException(FORBIDDEN, "your role sees redacted pictures only")
    if len(reason.strip()) < LEAST_REASON:
        raise HTTPException(UNPROCESSABLE, "say for what reason it is to be seen; it is recorded")


def _shown(services: Services, item: Item, path: Path, *, clear: bool) -> Response:
    head = services.reviews().head(item.incident_id)
    plates = head is None or head.type not in PLATES_STAY
    redactions = services.redactions
    if item.kind is Kind.STILL and clear:
        return _file(path, item, clear=True)
    if item.kind is Kind.STILL:
        prepared = redactions.redact_still(path, plates=plates)
    elif clear:
        prepared = redactions.clear_clip(path)
    else:
        prepared = redactions.redact_clip(path, plates=plates)
    if prepared.path is not None:
        return _file(prepared.path, item, clear=clear)
    if prepared.failure:
        raise HTTPException(UNAVAILABLE, prepared.failure)
    return JSONResponse({"state": "preparing"}, PREPARING, headers={"Retry-After": "1"})


def _file(path: Path, item: Item, *, clear: bool) -> Response:
    if not path.is_file():
        raise HTTPException(NOT_FOUND, "the file is missing; verify the incident's evidence")
    keep = "no-store" if clear else "max-age=600"
    return FileResponse(
        path, media_type=item.media_type, headers={"Cache-Control": f"private, {keep}"}
    )
