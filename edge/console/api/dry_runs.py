"""``/cameras/{id}/dry-runs``: rules tried on what a camera showed, before they are saved."""

import tempfile
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, BinaryIO, cast

from fastapi import APIRouter, Depends, HTTPException, Path, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import AfterValidator, BaseModel, Field

from edge.console.api.configuration_bodies import Body, CameraId, Keys
from edge.console.caller import Caller, allowed
from edge.console.deeds import deed
from edge.console.dry_runs import DryRun, DryRunBusyError, RunState, Source, Wish
from edge.console.permissions import Permission
from edge.console.services import services_of

router = APIRouter(tags=["dry runs"])

NOT_FOUND, CONFLICT = 404, 409
MOST_BYTES = 512 << 20
"""Of a clip; whoever sends more is refused before it comes here."""
IN_MEMORY = 1 << 20
UNKNOWN = "this dry run is not kept any more; begin another one"
NO_CAMERA = "there is no such camera"

EARLIEST, LATEST = 2000, 2100
CameraPart = Annotated[
    str, Path(max_length=64, description="An id that is not there yet is a camera to be added.")
]
Number = Annotated[int, Path(ge=1, le=10**9)]
Trying = Annotated[Caller, Depends(allowed(Permission.CHANGE_CAMERAS))]
UNKNOWN_ANSWER: dict[int | str, dict[str, Any]] = {404: {"description": "It is not kept."}}
CLIP = {"requestBody": {"required": True, "content": {"video/*": {"schema": {"format": "binary"}}}}}


def _of_this_century(moment: datetime) -> datetime:
    if not EARLIEST <= moment.year < LATEST:
        raise ValueError(f"lies outside the years from {EARLIEST} to {LATEST}")
    return moment


class DryRunBody(Body):
    """What is to be tried.

    ``keys`` are what is to be changed of the camera, as when a configuration is saved; empty to
    try it as it is. ``name`` is a recording's, ``begins_at`` the wall time of its first picture,
    which schedules go by: the site's time if it names no zone, now unless given.
    """

    keys: Keys = Field(default_factory=dict)
    source: Source
    name: str = Field("", max_length=255)
    begins_at: Annotated[datetime, AfterValidator(_of_this_century)] | None = None


class FindAnswer(BaseModel):
    """One incident that there would have been; ``box`` in shares of the picture."""

    number: int
    type: str
    zone_id: str | None
    box: tuple[float, float, float, float] | None
    stage: str
    severity: str
    label: str
    confidence: float
    first_seen_at: datetime
    opened_at: datetime
    cleared_at: datetime | None
    dwell_s: float
    still: bool


class DryRunAnswer(BaseModel):
    """A dry run as it is now; ``share`` of its pictures have been looked at."""

    number: int
    camera_id: str
    state: RunState
    detail: str
    share: float
    at: datetime | None
    finds: list[FindAnswer]


class RecordingsAnswer(BaseModel):
    """Names of recordings that may be looked at."""

    recordings: list[str]


@router.get("/recordings")
def recordings(request: Request, caller: Trying) -> RecordingsAnswer:  # noqa: ARG001
    """Return what lies in the folder that the configuration names for dry runs."""
    return RecordingsAnswer(recordings=[*services_of(request).dry_runs.recordings()])


@router.post(
    "/cameras/{camera_id}/dry-runs",
    status_code=202,
    responses={409: {"description": "Another one is running."}},
)
def begin(request: Request, caller: Trying, camera_id: CameraId, body: DryRunBody) -> DryRunAnswer:
    """Begin to try a camera's rules; nobody but the caller hears of what is found."""
    _require_seen(caller, camera_id)
    services = services_of(request)
    begins_at = body.begins_at
    if begins_at is not None and begins_at.tzinfo is None:
        begins_at = begins_at.replace(tzinfo=services.time_zone)
    wish = Wish(camera_id, body.keys or {}, body.source, body.name, begins_at)
    with deed(caller, "dry_run.begin", subject=f"camera {camera_id}", result=body.source):
        try:
            run = services.dry_runs.begin(wish)
        except DryRunBusyError as error:
            raise HTTPException(CONFLICT, str(error)) from error
    return _answer(run)


@router.get("/cameras/{camera_id}/dry-runs/{number}", responses=UNKNOWN_ANSWER)
def look(request: Request, caller: Trying, camera_id: CameraPart, number: Number) -> DryRunAnswer:
    """Return how far a dry run is and what it has found."""
    return _answer(_require(request, caller, camera_id, number))


@router.delete("/cameras/{camera_id}/dry-runs/{number}", responses=UNKNOWN_ANSWER)
def cancel(request: Request, caller: Trying, camera_id: CameraPart, number: Number) -> DryRunAnswer:
    """End a dry run; what it has found stays."""
    _require(request, caller, camera_id, number)
    subject = f"camera {camera_id}"
    with deed(caller, "dry_run.cancel", subject=subject, result=f"dry run {number}"):
        run = services_of(request).dry_runs.cancel(number)
        if run is None:
            raise HTTPException(NOT_FOUND, UNKNOWN)
    return _answer(run)


@router.get(
    "/cameras/{camera_id}/dry-runs/{number}/{find}.jpg",
    response_class=Response,
    responses=UNKNOWN_ANSWER | {200: {"content": {"image/jpeg": {}}}},
)
def still(
    request: Request, caller: Trying, camera_id: CameraPart, number: Number, find: Number
) -> Response:
    """Return a picture of a find on which nobody can be known."""
    _require(request, caller, camera_id, number)
    jpeg = services_of(request).dry_runs.still(number, find)
    if jpeg is None:
        raise HTTPException(NOT_FOUND, "there is no picture of it")
    return Response(jpeg, media_type="image/jpeg")


@router.put(
    "/cameras/{camera_id}/dry-runs/clip",
    status_code=204,
    openapi_extra=CLIP,
)
async def hand_in(request: Request, caller: Trying, camera_id: CameraId) -> None:
    """Keep a clip, the request's body, for the next dry runs; it replaces the one before."""
    _require_seen(caller, camera_id)
    size = 0
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as clip:
        async for chunk in request.stream():
            size += len(chunk)
            await run_in_threadpool(clip.write, chunk)
        clip.seek(0)

        def keep() -> None:
            subject = f"camera {camera_id}"
            with deed(caller, "dry_run.hand_in", subject=subject, result=f"{size} bytes"):
                services_of(request).dry_runs.hand_in(cast(BinaryIO, clip))

        await run_in_threadpool(keep)


def _require_seen(caller: Caller, camera_id: str) -> None:
    if not caller.sees(camera_id):
        raise HTTPException(NOT_FOUND, NO_CAMERA)


def _require(request: Request, caller: Caller, camera_id: str, number: int) -> DryRun:
    _require_seen(caller, camera_id)
    run = services_of(request).dry_runs.look(number)
    if run is None or run.camera_id != camera_id:
        raise HTTPException(NOT_FOUND, UNKNOWN)
    return run


def _answer(run: DryRun) -> DryRunAnswer:
    return DryRunAnswer.model_validate(asdict(run))
