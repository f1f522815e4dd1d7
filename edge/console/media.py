"""Pictures and clips of incidents: redacted, unless somebody says why not."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi import Path as PathPart
from fastapi.responses import FileResponse, JSONResponse

from edge.console.caller import Caller, allowed
from edge.console.incident import NOT_FOUND, require_reason_for_clear
from edge.console.permissions import Permission
from edge.console.services import Services, services_of
from edge.console.shown import prepare
from edge.store.kept import Item

router = APIRouter()

GONE, PREPARING, UNAVAILABLE = 410, 202, 503

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
    if clear:
        require_reason_for_clear(caller, reason)
        caller.audit("media.clear", subject=f"incident {incident_id} {name}", purpose=reason)
    return _shown(services, item, clear=clear)


def _item(services: Services, caller: Caller, incident_id: str, name: str) -> Item:
    item = services.evidence().item(incident_id, name)
    if item is None or not caller.sees(item.camera_id):
        raise HTTPException(NOT_FOUND, "there is no such picture or clip")
    if item.purged_at is not None:
        raise HTTPException(
            GONE, f"it was removed on {item.purged_at:%Y-%m-%d} when its time was over"
        )
    return item


def _shown(services: Services, item: Item, *, clear: bool) -> Response:
    prepared = prepare(services, item, clear=clear)
    if prepared.failure:
        raise HTTPException(UNAVAILABLE, prepared.failure)
    if prepared.path is None:
        return JSONResponse({"state": "preparing"}, PREPARING, headers={"Retry-After": "1"})
    keep = "no-store" if clear else "max-age=600"
    return FileResponse(
        prepared.path, media_type=item.media_type, headers={"Cache-Control": f"private, {keep}"}
    )
