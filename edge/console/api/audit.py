"""The audit: who did what, and whether anybody has changed the record."""

import io
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel

from edge.console.caller import Caller, allowed
from edge.console.permissions import Permission
from edge.console.services import services_of
from edge.store.audit import write_csv

router = APIRouter(tags=["audit"])

PAGE = 100
Seeing = Annotated[Caller, Depends(allowed(Permission.SEE_AUDIT))]


class AuditAnswer(BaseModel):
    """One act."""

    number: int
    at: str
    actor: str
    act: str
    subject: str
    result: str


class Verified(BaseModel):
    """Whether a chain is as it was written; else its first wrong row."""

    chain: str
    intact: bool
    first_broken: int | None


@router.get("/audit")
def audit_rows(
    request: Request,
    caller: Seeing,
    before: Annotated[int | None, Query(ge=1, le=2**62)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = PAGE,
) -> list[AuditAnswer]:
    """Return acts, newest first."""
    caller.audit("audit.see", subject="audit")
    rows = services_of(request).accounts().audit_rows(before=before, limit=limit)
    return [
        AuditAnswer(
            number=one.number,
            at=one.at,
            actor=one.actor,
            act=one.act,
            subject=one.subject,
            result=one.result,
        )
        for one in rows
    ]


@router.get("/audit/verification")
def verification(request: Request, caller: Seeing) -> list[Verified]:
    """Return whether both chains are as they were written."""
    services = services_of(request)
    caller.audit("audit.verify", subject="audit")
    return [
        Verified(chain=chain, intact=broken is None, first_broken=broken)
        for chain, broken in (
            ("console", services.accounts().first_broken_audit_row()),
            ("residents", services.residents_audit()),
        )
    ]


@router.get("/audit/export.csv")
def export(request: Request, caller: Seeing) -> Response:
    """Return the whole chain, to be verified elsewhere too."""
    caller.audit("audit.export", subject="audit")
    text = io.StringIO()
    write_csv(reversed(services_of(request).accounts().audit_rows()), text)
    return Response(
        text.getvalue(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="audit.csv"'},
    )
