"""``/events``: what has changed, as server-sent events."""

import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse

from edge.console.caller import Caller, allowed
from edge.console.permissions import Permission
from edge.console.services import services_of

router = APIRouter(tags=["events"])


@router.get("/events", response_class=StreamingResponse)
async def events(
    request: Request,
    caller: Annotated[Caller, Depends(allowed(Permission.OWN_ACCOUNT))],  # noqa: ARG001
) -> StreamingResponse:
    """Tell kinds of things that have changed, ``{"kind": "incident"}``, until the reader leaves."""
    pulse = services_of(request).pulse

    async def lines() -> AsyncIterator[str]:
        yield ": here\n\n"
        async for kind in pulse.listen():
            yield ": still here\n\n" if kind is None else f"data: {json.dumps({'kind': kind})}\n\n"

    return StreamingResponse(
        lines(),
        media_type="text/event-stream",
        # nginx would keep the lines back.
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )
