"""Figures of a period, and their export."""

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response

from edge.console.api.proposals import seen_cameras
from edge.console.caller import Caller, allowed
from edge.console.deeds import deed
from edge.console.exports import CSV_TYPE, XLSX_TYPE, as_csv, as_xlsx
from edge.console.permissions import Permission
from edge.console.report import TABLES, Report, last_days, report, tables
from edge.console.services import Services, services_of

router = APIRouter(tags=["reports"])

NOT_FOUND = 404
Looking = Annotated[Caller, Depends(allowed(Permission.SEE_REPORTS))]
Exporting = Annotated[Caller, Depends(allowed(Permission.EXPORT))]


class Format(StrEnum):
    """A kind of file."""

    CSV = "csv"
    XLSX = "xlsx"


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
    if table not in TABLES:
        raise HTTPException(NOT_FOUND, f"there is no such table; use one of: {', '.join(TABLES)}")
    name = f"{services.box_id}-{'report' if file is Format.XLSX else table}-{days}d.{file}"
    with deed(caller, "report.export", subject=name):
        found = {one.name: one for one in tables(report_of(services, caller, days))}
        content = as_xlsx(list(found.values())) if file is Format.XLSX else as_csv(found[table])
    return Response(
        content,
        media_type=XLSX_TYPE if file is Format.XLSX else CSV_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
