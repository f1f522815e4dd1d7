"""``/incidents/{id}/verify``, ``hold`` and ``export.zip``: what shows an incident, as proof."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from edge.console.api.evidence_bodies import (
    HoldBody,
    HoldReason,
    VerificationBody,
    hold_of,
    verification_of,
)
from edge.console.archive import ArchiveError, make_archive, verified
from edge.console.caller import Caller, allowed
from edge.console.deeds import deed
from edge.console.incident import CONFLICT, IncidentId, head_for, require_reason_for_clear
from edge.console.permissions import Permission
from edge.console.services import services_of
from edge.errors import StoreError

PREPARING, UNAVAILABLE = 202, 503

Verifying = Annotated[Caller, Depends(allowed(Permission.VERIFY))]
Holding = Annotated[Caller, Depends(allowed(Permission.HOLD))]
Exporting = Annotated[Caller, Depends(allowed(Permission.EXPORT))]
Reason = Annotated[str, Query(max_length=200)]

router = APIRouter(tags=["evidence"])


@router.post("/incidents/{incident_id}/verify")
def verify(request: Request, caller: Verifying, incident_id: IncidentId) -> VerificationBody:
    """Compare an incident's files with its manifest, its signature and the box's own records."""
    services = services_of(request)
    head = head_for(services, caller, incident_id)
    found = verified(services, head.id)
    result = "sound" if found.sound else ", ".join(sorted({one.fault for one in found.problems}))
    caller.audit("evidence.verify", subject=f"incident {head.id}", result=result)
    items = services.evidence().items(head.id)
    return verification_of(items, found, services.signer.fingerprint)


@router.post("/incidents/{incident_id}/hold", status_code=201)
def hold(request: Request, caller: Holding, incident_id: IncidentId, body: HoldReason) -> HoldBody:
    """Let nothing of an incident be purged until it is released."""
    services = services_of(request)
    head = head_for(services, caller, incident_id)
    evidence = services.evidence()
    with deed(caller, "evidence.hold", subject=f"incident {head.id}", purpose=body.reason):
        if not evidence.hold(head.id, reason=body.reason, by=caller.name):
            raise HTTPException(CONFLICT, "this incident is held already; release it first")
    held = evidence.held(head.id)
    assert held is not None  # it was just written here
    return hold_of(held)


@router.delete("/incidents/{incident_id}/hold", status_code=204)
def release(
    request: Request,
    caller: Holding,
    incident_id: IncidentId,
    reason: Annotated[str, Query(min_length=1, max_length=200)],
) -> None:
    """End a hold: retention goes on."""
    services = services_of(request)
    head = head_for(services, caller, incident_id)
    with deed(caller, "evidence.release", subject=f"incident {head.id}", purpose=reason):
        if not services.evidence().release(head.id, by=caller.name):
            raise HTTPException(CONFLICT, "this incident is not held; there is nothing to release")


@router.get("/incidents/{incident_id}/export.zip", response_class=StreamingResponse)
def export(
    request: Request,
    caller: Exporting,
    incident_id: IncidentId,
    clear: bool = False,
    reason: Reason = "",
) -> Response:
    """Return an incident's archive: files, manifest, summary; 202 while its clip is redacted."""
    services = services_of(request)
    head = head_for(services, caller, incident_id)
    if clear:
        require_reason_for_clear(caller, reason)
    act = "evidence.export_clear" if clear else "evidence.export"
    items = [one for one in services.evidence().items(head.id) if caller.sees(one.camera_id)]
    try:
        made = make_archive(services, head, items=items, clear=clear)
    except ArchiveError as error:
        raise HTTPException(UNAVAILABLE, str(error)) from error
    if made.file is None:
        return JSONResponse({"state": "preparing"}, PREPARING, headers={"Retry-After": "2"})
    try:
        caller.audit(act, subject=f"incident {head.id}", purpose=reason)
    except StoreError:
        made.file.close()  # nobody is given it
        raise
    name = f"{head.id}{'' if clear else '-redacted'}.zip"
    return StreamingResponse(
        made.chunks(),
        media_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )
