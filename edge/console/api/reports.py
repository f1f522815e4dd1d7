"""Figures of a period, their export, and proposals that are tried in shadow."""

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from edge.console.caller import Caller, allowed
from edge.console.exports import CSV_TYPE, XLSX_TYPE, as_csv, as_xlsx
from edge.console.permissions import Permission
from edge.console.report import Report, last_days, report, tables
from edge.console.services import Services, services_of
from edge.domain.suggestion import Term
from edge.store.proposals import Proposal, ProposalState, Target

router = APIRouter(tags=["reports"])

NOT_FOUND = 404
CONFLICT = 409
Looking = Annotated[Caller, Depends(allowed(Permission.SEE_REPORTS))]
Deciding = Annotated[Caller, Depends(allowed(Permission.APPLY_PROPOSALS))]
Exporting = Annotated[Caller, Depends(allowed(Permission.EXPORT))]


class Format(StrEnum):
    """A kind of file."""

    CSV = "csv"
    XLSX = "xlsx"


class Trial(BaseModel):
    """Which suggestion is to be tried; its value is what the box suggests at this moment."""

    model_config = ConfigDict(extra="forbid")

    camera_id: str = Field(max_length=64)
    zone_id: str = Field(max_length=64)
    type: str = Field(max_length=64)
    term: Term
    days: int = Field(30, ge=1, le=90)


def seen_cameras(services: Services, caller: Caller) -> list[str]:
    """Return the cameras that somebody may see."""
    return [one for one in services.reporting.figures().cameras() if caller.sees(one)]


def report_of(services: Services, caller: Caller, days: int) -> Report:
    """Return the report of the last days for somebody."""
    return report(
        services.reporting.figures(),
        services.reporting.tallies(),
        period=last_days(days, services.clock.utc()),
        cameras=seen_cameras(services, caller),
        zone=services.time_zone,
    )


@router.get("/reports")
def figures(
    request: Request, caller: Looking, days: Annotated[int, Query(ge=1, le=90)] = 30
) -> dict[str, Any]:
    """Return the figures of the last days as tables."""
    found = report_of(services_of(request), caller, days)
    return {
        table.name: [dict(zip(table.heading, row, strict=True)) for row in table.rows]
        for table in tables(found)
    }


@router.get("/reports/export")
def export(
    request: Request,
    caller: Exporting,
    file: Format,
    table: Annotated[str, Query(max_length=40)] = "precision",
    days: Annotated[int, Query(ge=1, le=90)] = 30,
) -> Response:
    """Return one table as CSV, or all of them as XLSX."""
    services = services_of(request)
    found = {one.name: one for one in tables(report_of(services, caller, days))}
    if table not in found:
        raise HTTPException(NOT_FOUND, f"there is no such table; use one of: {', '.join(found)}")
    name = f"{services.box_id}-{'report' if file is Format.XLSX else table}-{days}d.{file}"
    caller.audit("export-report", subject=name)
    content = as_xlsx(list(found.values())) if file is Format.XLSX else as_csv(found[table])
    return Response(
        content,
        media_type=XLSX_TYPE if file is Format.XLSX else CSV_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.get("/proposals")
def proposals(request: Request, caller: Looking) -> list[dict[str, Any]]:
    """Return proposals and what they have done or would have done, the latest first."""
    services = services_of(request)
    store = services.reporting.proposals()
    return [
        asdict(one) | {"shadow": asdict(store.shadow(one))}
        for one in store.proposals(seen_cameras(services, caller))
    ]


@router.post("/proposals", status_code=201)
def try_in_shadow(request: Request, caller: Deciding, trial: Trial) -> dict[str, int]:
    """Try a suggestion beside the terms that hold."""
    services = services_of(request)
    store = services.reporting.proposals()
    cameras = [one for one in seen_cameras(services, caller) if one == trial.camera_id]
    target = Target(trial.camera_id, trial.zone_id, trial.type)
    period = last_days(trial.days, services.clock.utc())
    for one in store.suggested(period, cameras):
        if one.target == target and one.suggestion.term is trial.term:
            subject = f"{trial.camera_id}/{trial.zone_id}/{trial.type}/{trial.term}"
            caller.audit("try-proposal", subject=subject)
            return {"id": store.begin(target, one.suggestion, caller.name)}
    raise HTTPException(CONFLICT, "the verdicts suggest this no longer; reload the reports")


@router.post("/proposals/{proposal_id}/drop", status_code=204)
def drop(request: Request, caller: Deciding, proposal_id: int) -> None:
    """Try a proposal no longer."""
    services = services_of(request)
    one = visible(services, caller, proposal_id)
    caller.audit("drop-proposal", subject=str(one.id))
    services.reporting.proposals().end(one.id, ProposalState.DROPPED, caller.name)


def visible(services: Services, caller: Caller, proposal_id: int) -> Proposal:
    """Return a proposal for a camera that somebody may see; answers 404 for others."""
    for one in services.reporting.proposals().proposals(seen_cameras(services, caller)):
        if one.id == proposal_id:
            return one
    raise HTTPException(NOT_FOUND, "there is no such proposal; reload the reports")
