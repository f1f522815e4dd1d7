"""The configuration of cameras, zones and rules: look, try, save, go back."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Request

from edge.console.api.configuration_bodies import (
    ChangeBody,
    ChangesBody,
    CheckAnswer,
    DifferenceAnswer,
    NowAnswer,
    RollBackBody,
    SaveBody,
    SavedAnswer,
    VersionAnswer,
)
from edge.console.caller import Caller, allowed
from edge.console.configuration import Change
from edge.console.deeds import deed
from edge.console.permissions import Permission
from edge.console.services import services_of

router = APIRouter(prefix="/configuration", tags=["configuration"])

NOT_FOUND, FORBIDDEN = 404, 403
UNKNOWN = "there is no such state of the configuration; load the history again"
ANSWERS: dict[int | str, dict[str, Any]] = {
    409: {"description": "The file has changed since that version."},
    422: {"description": "It cannot be accepted: `problems` say where and why."},
}
Looking = Annotated[Caller, Depends(allowed(Permission.SEE_CAMERAS))]
Changing = Annotated[Caller, Depends(allowed(Permission.CHANGE_CAMERAS))]
StateId = Annotated[int, Path(ge=1, le=10**9)]


@router.get("")
def now(request: Request, caller: Looking) -> NowAnswer:
    """Return the cameras as they are written in the file, without secrets."""
    found = services_of(request).configuration.now()
    seen = [dict(camera) for camera in found.cameras if caller.sees(str(camera.get("id")))]
    return NowAnswer(version=found.version, cameras=seen, refused=found.refused)


@router.post("/check", responses={422: ANSWERS[422]})
def check(request: Request, caller: Changing, body: ChangesBody) -> CheckAnswer:
    """Return what would become of changes; nothing is written."""
    found = services_of(request).configuration.check(_changes(caller, body.changes))
    return CheckAnswer.model_validate(asdict(found))


@router.put("", responses=ANSWERS)
def save(request: Request, caller: Changing, body: SaveBody) -> SavedAnswer:
    """Write changes; the cameras that they concern follow within seconds, others do not notice."""
    changes = _changes(caller, body.changes)
    subject = ", ".join(change.camera_id for change in changes)
    with deed(caller, "configuration.save", subject=subject, purpose=body.remark):
        saved = services_of(request).configuration.save(
            changes, version=body.version, by=caller.name, remark=body.remark
        )
    return SavedAnswer(version=saved.version)


@router.get("/history")
def history(request: Request, caller: Looking) -> list[VersionAnswer]:  # noqa: ARG001
    """Return the accepted states of the file, the latest first."""
    states = services_of(request).configuration.history()
    return [VersionAnswer.model_validate(asdict(one)) for one in states]


@router.get("/history/{state_id}", responses={404: {"description": "It is not kept."}})
def difference(request: Request, caller: Looking, state_id: StateId) -> DifferenceAnswer:
    """Return what a state changed of the one before, without secrets."""
    _require_all_cameras(caller)
    found = services_of(request).configuration.difference(state_id)
    if found is None:
        raise HTTPException(NOT_FOUND, UNKNOWN)
    return DifferenceAnswer(diff=found)


@router.post("/history/{state_id}/roll-back", responses=ANSWERS)
def roll_back(
    request: Request, caller: Changing, state_id: StateId, body: RollBackBody
) -> SavedAnswer:
    """Make an earlier state the present one."""
    _require_all_cameras(caller)
    with deed(caller, "configuration.roll_back", subject=f"state {state_id}", purpose=body.remark):
        try:
            saved = services_of(request).configuration.roll_back(
                state_id, version=body.version, by=caller.name, remark=body.remark
            )
        except KeyError as error:
            raise HTTPException(NOT_FOUND, UNKNOWN) from error
    return SavedAnswer(version=saved.version)


def _changes(caller: Caller, bodies: Sequence[ChangeBody]) -> list[Change]:
    for one in bodies:
        if not caller.sees(one.camera_id):
            raise HTTPException(FORBIDDEN, f"camera {one.camera_id!r} is none of yours to change")
    return [Change(one.camera_id, one.keys) for one in bodies]


def _require_all_cameras(caller: Caller) -> None:
    """A state of the file holds all cameras."""
    if caller.cameras is not None:
        raise HTTPException(FORBIDDEN, "only who may see all cameras may see the whole file")
