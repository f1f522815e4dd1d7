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
from edge.wire import BoxIdentity, health_message

router = APIRouter(tags=["health"])


@router.get("/health")
def health(
    request: Request, caller: Annotated[Caller, Depends(allowed(Permission.SEE_HEALTH))]
) -> dict[str, Any]:
    """Return how the box is, what is wrong, and the networks in use."""
    services = services_of(request)
    now = services.health()
    message: dict[str, Any] = json.loads(health_message(now, BoxIdentity(services.box_id)))
    message["cameras"] = [one for one in message["cameras"] if caller.sees(one["id"])]
    return message | {
        "broker": asdict(now.broker),
        "troubles": [asdict(one) for one in troubles(now) if _concerns(one.values, caller)],
        "networks": [asdict(one) for one in services.reporting.networks()],
    }


@router.post("/outbox/retry")
def retry(
    request: Request, caller: Annotated[Caller, Depends(allowed(Permission.CHANGE_OUTBOX))]
) -> dict[str, int]:
    """Let all messages that were put aside wait again."""
    outbox = services_of(request).reporting.outbox()
    with deed(caller, "outbox.retry", subject=f"{len(outbox.parked())} messages"):
        return {"retried": outbox.retry_parked()}


def _concerns(values: dict[str, str], caller: Caller) -> bool:
    return "camera" not in values or caller.sees(values["camera"])
