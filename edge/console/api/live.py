"""Live pictures: one at a time with its age, or as a stream that any player shows."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi import Path as PathPart
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from edge.console.caller import Caller, allowed
from edge.console.live import Seats
from edge.console.permissions import Permission
from edge.console.services import Services, services_of
from edge.console.wall import shown_cameras
from edge.domain.live import LivePicture, Size, View
from edge.errors import StoreError

router = APIRouter(tags=["live"])

NOT_MODIFIED, NOT_FOUND, UNAVAILABLE = 304, 404, 503
LOOK_EVERY_S = 0.1
ASK_EVERY_S = 15.0
"""Whoever has signed out, or lost the permission, sees no more than so long."""

BOUNDARY = "picture"
WATCHING = allowed(Permission.SEE_LIVE)
Watching = Annotated[Caller, Depends(WATCHING)]
CameraId = Annotated[str, PathPart(max_length=64)]


@router.get("/live")
def cameras(request: Request, caller: Watching) -> dict[str, Any]:
    """Return the cameras that can be looked at, and how they are doing."""
    return {"cameras": [asdict(one) for one in shown_cameras(request, caller)]}


@router.get(
    "/cameras/{camera_id}/live.jpg",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}}, 304: {"description": "It is still the same"}},
)
def picture(
    request: Request, caller: Watching, camera_id: CameraId, size: Size = Size.WALL
) -> Response:
    """Return the newest picture; ``X-Frame-Time`` says when it was taken, ``X-Frame-Age`` its age.

    It is encoded while somebody asks: the first answer may be that there is none yet (503).
    """
    services = services_of(request)
    _begin(services, caller, camera_id)
    newest = services.live.pictures.look(View(camera_id, size))
    if newest is None:
        raise HTTPException(
            UNAVAILABLE, _why_none(services, camera_id), headers={"Retry-After": "1"}
        )
    age_s = max((services.clock.utc() - newest.at).total_seconds(), 0.0)
    tag = f'"{newest.at.timestamp():.3f}-{size}"'
    headers = {
        "ETag": tag,
        "X-Frame-Time": newest.at.isoformat(timespec="milliseconds"),
        "X-Frame-Age": f"{age_s:.1f}",
        "Cache-Control": "private, no-store",
    }
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=NOT_MODIFIED, headers=headers)
    return Response(newest.jpeg, media_type="image/jpeg", headers=headers)


class SeatedResponse(StreamingResponse):
    """A stream that gives its seat back however it ends."""

    def __init__(self, parts: AsyncIterator[bytes], seats: Seats) -> None:
        super().__init__(
            parts,
            media_type=f"multipart/x-mixed-replace; boundary={BOUNDARY}",
            # nginx would keep the pictures back.
            headers={"Cache-Control": "private, no-store", "X-Accel-Buffering": "no"},
        )
        self._seats = seats

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the parts until they or their reader end."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._seats.leave()


@router.get(
    "/cameras/{camera_id}/live.mjpg",
    response_class=StreamingResponse,
    responses={200: {"content": {"multipart/x-mixed-replace": {}}}},
)
def stream(
    request: Request, caller: Watching, camera_id: CameraId, size: Size = Size.FULL
) -> Response:
    """Return pictures as they are taken, until the reader leaves."""
    services = services_of(request)
    _begin(services, caller, camera_id)
    if not services.live.seats.take():
        raise HTTPException(
            UNAVAILABLE, "as many streams are watched as the box can send; close another one"
        )
    return SeatedResponse(_parts(request, services, View(camera_id, size)), services.live.seats)


async def _parts(request: Request, services: Services, view: View) -> AsyncIterator[bytes]:
    last: LivePicture | None = None
    asked_s = services.clock.mono_s()
    while services.live.pictures.has(view.camera_id):
        newest = services.live.pictures.look(view)
        if newest is not None and (last is None or newest.at != last.at):
            last = newest
            yield _part(newest)
        await asyncio.sleep(LOOK_EVERY_S)
        if services.clock.mono_s() - asked_s > ASK_EVERY_S:
            asked_s = services.clock.mono_s()
            if not await run_in_threadpool(_still_sees, request, view.camera_id):
                return


def _part(newest: LivePicture) -> bytes:
    lines = (
        f"--{BOUNDARY}",
        "Content-Type: image/jpeg",
        f"Content-Length: {len(newest.jpeg)}",
        f"X-Frame-Time: {newest.at.isoformat(timespec='milliseconds')}",
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + newest.jpeg + b"\r\n"


def _still_sees(request: Request, camera_id: str) -> bool:
    try:
        return WATCHING(request).sees(camera_id)
    except (HTTPException, StoreError):
        return False


def _begin(services: Services, caller: Caller, camera_id: str) -> None:
    """Refuse whoever may not see a camera; write down who looks at it."""
    if not caller.sees(camera_id) or not services.live.pictures.has(camera_id):
        raise HTTPException(NOT_FOUND, "there is no such camera; GET /api/v1/live lists them")
    services.live.looks.note(
        caller.name,
        camera_id,
        write=lambda: caller.audit("live.look", subject=f"camera {camera_id}"),
    )


def _why_none(services: Services, camera_id: str) -> str:
    reports = services.health().cameras
    fault = next((one.detail for one in reports if one.camera_id == camera_id), "")
    return fault or "there is no picture yet; ask again in a second"
