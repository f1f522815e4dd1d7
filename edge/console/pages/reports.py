"""``/reports``: precision, hours, places, and suggestions that are tried before they hold."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from edge.console import charts
from edge.console.api.proposals import seen_cameras
from edge.console.api.reports import report_of
from edge.console.caller import Caller, allowed
from edge.console.permissions import Permission
from edge.console.rendering import page, texts_of
from edge.console.report import DAYS, HOURS, Report, last_days
from edge.console.services import services_of

router = APIRouter()

PLACES_SHOWN = 10
RULES_DRAWN = 30
"""Those with the most verdicts; the table has all."""


@router.get("/reports")
def reports(
    request: Request,
    caller: Annotated[Caller, Depends(allowed(Permission.SEE_REPORTS))],
    days: Annotated[int, Query(ge=1, le=90)] = 30,
    camera: Annotated[str, Query(max_length=64)] = "",
) -> HTMLResponse:
    """Show the figures of the last days."""
    services, t = services_of(request), texts_of(request)
    cameras = seen_cameras(services, caller)
    found = report_of(services, caller, days)
    chosen = camera if camera in cameras else _busiest(found, cameras)
    period = last_days(days, services.clock.utc())
    store = services.reporting.proposals()
    hours = [f"{hour:02}" for hour in HOURS]
    boxes = services.reporting.figures().boxes(period, chosen)
    dots = [
        charts.Dot(
            f"{rule.camera_id} · {t(f'type.{rule.type}')}",
            rule.precision.share,
            *rule.precision.interval,
        )
        for rule in sorted(found.rules, key=lambda one: -one.precision.judged)[:RULES_DRAWN]
        if rule.precision.share is not None
    ]
    series = [
        charts.Line(t(f"decision.{decision}"), counts)
        for decision, counts in found.passages.items()
    ]
    return page(
        request,
        caller,
        "reports.html",
        script_texts=("reports.js.",),
        report=found,
        days=days,
        hours=list(enumerate(found.hours)),
        choices=DAYS,
        cameras=cameras,
        camera=chosen,
        places=found.places[:PLACES_SHOWN],
        suggestions=store.suggested(period, cameras),
        proposals=[(one, store.shadow(one)) for one in store.proposals(cameras)],
        precision_chart=charts.intervals(t("reports.precision"), t("reports.precision_how"), dots),
        hours_chart=charts.bars(t("reports.hours"), t("reports.hours_how"), hours, found.hours),
        days_chart=charts.bars(
            t("reports.by_day"),
            t("reports.by_day_how"),
            [day[5:] for day, _ in found.days],
            [count for _, count in found.days],
        ),
        heat_chart=charts.heat_map(t("reports.heat"), t("reports.heat_how"), boxes),
        boxes=len(boxes),
        ninths=charts.ninths(boxes),
        exports=caller.may(Permission.EXPORT),
        passages_chart=charts.lines(
            t("reports.passages"), t("reports.passages_how"), hours, series
        ),
    )


def _busiest(found: Report, cameras: Sequence[str]) -> str:
    """Return the camera with the most incidents, empty if there is none at all."""
    counts = Counter(dict.fromkeys(cameras, 0))
    for rule in found.rules:
        counts[rule.camera_id] += rule.incidents
    return next((camera for camera, _ in counts.most_common(1)), "")
