"""``/cameras`` and ``/rule-types``: which cameras there are, and what a rule can say."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from edge.console.caller import Caller, allowed
from edge.console.permissions import Permission
from edge.console.roster import cameras_of
from edge.console.rule_form import FORM, Default, Kind, defaults

router = APIRouter(tags=["cameras"])

Looking = Annotated[Caller, Depends(allowed(Permission.SEE_CAMERAS))]


class CameraAnswer(BaseModel):
    """One camera; ``state`` is empty before its first report."""

    id: str
    state: str
    detail: str
    zones: int
    rules: int
    gate: bool


class KeyAnswer(BaseModel):
    """One key of a rule; ``usual`` ones are asked first."""

    key: str
    kind: Kind
    usual: bool


class RuleTypesAnswer(BaseModel):
    """Keys that a rule may have, and by its type what is usual where one is not given.

    Durations are in seconds here; in a configuration they are texts such as ``3m``.
    """

    keys: list[KeyAnswer]
    defaults: dict[str, dict[str, Default]]


@router.get("/cameras")
def cameras(request: Request, caller: Looking) -> list[CameraAnswer]:
    """Return the cameras of the configuration and how they are."""
    return [
        CameraAnswer(
            id=one.id,
            state=one.state,
            detail=one.detail,
            zones=one.zones,
            rules=one.rules,
            gate=one.gate,
        )
        for one in cameras_of(request, caller)
    ]


@router.get("/rule-types")
def rule_types(caller: Looking) -> RuleTypesAnswer:  # noqa: ARG001
    """Return what a rule can say."""
    return RuleTypesAnswer(
        keys=[KeyAnswer(key=one.key, kind=one.kind, usual=one.usual) for one in FORM],
        defaults={kind: dict(terms) for kind, terms in defaults().items()},
    )
