"""Suggested terms of rules: tried in shadow, then applied or dropped."""

import copy
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from edge.console.caller import Caller, allowed
from edge.console.configuration import Change, Checked, Configuration
from edge.console.deeds import deed
from edge.console.permissions import Permission
from edge.console.report import last_days
from edge.console.services import Services, services_of
from edge.domain.suggestion import Term
from edge.store.proposals import Proposal, ProposalState, Target

router = APIRouter(prefix="/proposals", tags=["reports"])

NOT_FOUND, CONFLICT = 404, 409
GONE = "the configuration has no such rule any more; drop the proposal"
Looking = Annotated[Caller, Depends(allowed(Permission.SEE_REPORTS))]
Deciding = Annotated[Caller, Depends(allowed(Permission.APPLY_PROPOSALS))]
ProposalId = Annotated[int, Path(ge=1, le=10**9)]


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


@router.get("")
def proposals(request: Request, caller: Looking) -> list[dict[str, Any]]:
    """Return proposals and what they have done or would have done, the latest first."""
    services = services_of(request)
    store = services.reporting.proposals()
    return [
        asdict(one) | {"shadow": asdict(store.shadow(one))}
        for one in store.proposals(seen_cameras(services, caller))
    ]


@router.post("", status_code=201)
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
            with deed(caller, "proposal.try", subject=subject):
                return {"id": store.begin(target, one.suggestion, caller.name)}
    raise HTTPException(CONFLICT, "the verdicts suggest this no longer; reload the reports")


@router.get("/{proposal_id}/check", responses={409: {"description": "It cannot be applied."}})
def check(request: Request, caller: Deciding, proposal_id: ProposalId) -> dict[str, Any]:
    """Return what applying a proposal would change in the file, and what is wrong with that."""
    services = services_of(request)
    one = _in_shadow(services, caller, proposal_id)
    return asdict(_checked(services.configuration, one))


@router.post("/{proposal_id}/apply", responses={409: {"description": "It is in shadow no longer."}})
def apply(request: Request, caller: Deciding, proposal_id: ProposalId) -> dict[str, str]:
    """Write a proposal into the configuration; its camera follows within seconds."""
    services = services_of(request)
    one = _in_shadow(services, caller, proposal_id)
    where = one.target
    with deed(caller, "proposal.apply", subject=f"proposal {one.id}"):
        try:
            saved = services.configuration.set_term(
                where.camera_id,
                where.zone_id,
                where.type,
                term=one.suggestion.term,
                value=one.suggestion.value,
                by=caller.name,
            )
        except KeyError as error:
            raise HTTPException(CONFLICT, GONE) from error
        services.reporting.proposals().end(one.id, ProposalState.APPLIED, caller.name)
    return {"version": saved.version}


@router.post("/{proposal_id}/drop", status_code=204)
def drop(request: Request, caller: Deciding, proposal_id: ProposalId) -> None:
    """Try a proposal no longer."""
    services = services_of(request)
    one = _in_shadow(services, caller, proposal_id)
    with deed(caller, "proposal.drop", subject=f"proposal {one.id}"):
        services.reporting.proposals().end(one.id, ProposalState.DROPPED, caller.name)


def _in_shadow(services: Services, caller: Caller, proposal_id: int) -> Proposal:
    """Return a proposal on trial for a camera that somebody may see; answers 404 or 409."""
    for one in services.reporting.proposals().proposals(seen_cameras(services, caller)):
        if one.id == proposal_id and one.state is not ProposalState.SHADOW:
            raise HTTPException(CONFLICT, "somebody ended this proposal; reload the reports")
        if one.id == proposal_id:
            return one
    raise HTTPException(NOT_FOUND, "there is no such proposal; reload the reports")


def _checked(configuration: Configuration, one: Proposal) -> Checked:
    where, term = one.target, one.suggestion.term
    cameras = {str(camera.get("id")): camera for camera in configuration.now().cameras}
    zones = copy.deepcopy(cameras.get(where.camera_id, {}).get("zones") or [])
    rules = [
        rule
        for zone in zones
        if zone.get("id") == where.zone_id
        for rule in zone.get("rules") or []
        if rule.get("type") == where.type
    ]
    if not rules:
        raise HTTPException(CONFLICT, GONE)
    value = one.suggestion.value
    rules[0][str(term)] = f"{value:g}s" if term is Term.DWELL else value
    return configuration.check([Change(where.camera_id, {"zones": zones})])
