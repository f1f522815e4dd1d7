"""How the box is, and messages that were put aside."""

import json
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from edge.console.caller import Caller, allowed
from edge.console.deeds import deed
from edge.console.permissions import Permission
from edge.console.services import services_of
from edge.console.troubles import troubles
from edge.console.workers import workers_shown
from edge.wire.box import BoxIdentity
from edge.wire.health import health_message, worker_part

router = APIRouter(tags=["health"])


@router.get("/health")
def health(
    request: Request, caller: Annotated[Caller, Depends(allowed(Permission.SEE_HEALTH))]
) -> dict[str, Any]:
    """Return how the box is, what is wrong, its processes, evidence and networks."""
    services = services_of(request)
    now = services.health()
    message: dict[str, Any] = json.loads(health_message(now, BoxIdentity(services.box_id)))
    reporting = services.reporting
    ends_at = reporting.certificate_ends_at()
    message["workers"] = [worker_part(one) for one in workers_shown(now.workers, caller.sees)]
    message["cameras"] = [one for one in message["cameras"] if caller.sees(one["id"])]
    receivers = services.webhooks.states()
    wrong = [one for one in troubles(now, ends_at, receivers) if _concerns(one.values, caller)]
    return message | {
        "broker": asdict(now.broker),
        "troubles": [asdict(one) for one in wrong],
        "networks": [asdict(one) for one in reporting.networks()],
        "processes": [asdict(one) for one in reporting.processes()],
        "evidence": asdict(reporting.room()),
        "webhooks": [asdict(one) for one in receivers],
        "certificate_ends_at": ends_at,
    }


@router.post("/outbox/retry")
def retry(
    request: Request, caller: Annotated[Caller, Depends(allowed(Permission.CHANGE_OUTBOX))]
) -> dict[str, int]:
    """Let all messages that any sink refused wait again."""
    services = services_of(request)
    sinks = services.reporting.sinks()
    refused = sum(one.parked for one in sinks.states())
    with deed(caller, "outbox.retry", subject=f"{refused} messages"):
        return {"retried": sinks.retry_parked()}


def _concerns(values: dict[str, str], caller: Caller) -> bool:
    return "camera" not in values or caller.sees(values["camera"])
