"""``/incidents`` and ``/suppressions``: find, judge, keep quiet."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request

from edge.console.api.evidence_bodies import Exhibits
from edge.console.api.review_bodies import (
    IncidentBody,
    IncidentsBody,
    SearchQuery,
    SuppressBody,
    SuppressionBody,
    TakeBackBody,
    ToldBody,
    VerdictBody,
    detail_of,
    incident_of,
    suppression_of,
)
from edge.console.caller import Caller, allowed
from edge.console.deeds import deed
from edge.console.incident import CONFLICT, NOT_FOUND, UNPROCESSABLE, IncidentId, head_for
from edge.console.permissions import Permission
from edge.console.services import services_of
from edge.domain.review import Judgement
from edge.store.heads import Head, Search
from edge.store.review import PastReview

Looking = Annotated[Caller, Depends(allowed(Permission.SEE_INCIDENTS))]
Judging = Annotated[Caller, Depends(allowed(Permission.REVIEW))]
Suppressing = Annotated[Caller, Depends(allowed(Permission.SUPPRESS))]

router = APIRouter(tags=["incidents"])

OVER = "there is no such suppression, or it is over"


@router.get("/incidents")
def find(
    request: Request, caller: Looking, query: Annotated[SearchQuery, Query()]
) -> IncidentsBody:
    """Return a page of incidents; the next one begins ``before`` its last id."""
    store = services_of(request).reviews()
    cameras = _cameras(caller, query.camera)
    search = Search(
        review=query.review,
        verdict=query.verdict,
        state=query.state,
        severity=query.severity,
        type=query.type,
        place=query.place,
        cameras=cameras,
        since=query.since,
        until=query.until,
        order=query.order,
    )
    found = store.find(search, limit=query.limit, before=query.before)
    waiting = {str(severity): count for severity, count in store.waiting(caller.cameras).items()}
    ids = [one.id for one in found]
    stills = services_of(request).evidence().stills(ids)
    cases = services_of(request).cases().present(ids)
    return IncidentsBody(
        incidents=[incident_of(one, stills.get(one.id), cases.get(one.id)) for one in found],
        waiting=waiting,
    )


@router.get("/incidents/{incident_id}")
def look(request: Request, caller: Looking, incident_id: IncidentId) -> IncidentBody:
    """Return all that is known of an incident."""
    services = services_of(request)
    head = head_for(services, caller, incident_id)
    store, evidence = services.reviews(), services.evidence()
    similar = store.similar(head, cameras=caller.cameras)
    return detail_of(
        head,
        messages=store.messages(head.id),
        reviews=store.reviews(head.id),
        similar=similar,
        case=services.cases().case(head.id),
        exhibits=Exhibits(
            evidence.items(head.id),
            evidence.gaps(head.id),
            evidence.clip(head.id),
            evidence.held(head.id),
            evidence.stills([head.id, *(one.id for one in similar)]),
        ),
        cameras=caller.cameras,
        zone=services.zone(head.camera_id, head.zone_id) if head.zone_id else None,
    )


@router.post("/incidents/{incident_id}/verdict")
def judge(
    request: Request, caller: Judging, incident_id: IncidentId, body: VerdictBody
) -> ToldBody:
    """Give a verdict; 409 if the incident is no longer what was looked at."""
    services = services_of(request)
    head = head_for(services, caller, incident_id)
    judgement = body.judgement()
    if flaw := judgement.flaw():
        raise HTTPException(UNPROCESSABLE, f"{flaw}; change the verdict or what goes with it")
    if judgement.duplicate_of is not None:
        other = head_for(services, caller, judgement.duplicate_of)
        if other.id == head.id:
            raise HTTPException(UNPROCESSABLE, "an incident is no duplicate of itself")
    return _judged(request, caller, head, judgement, body.revision)


@router.delete("/incidents/{incident_id}/verdict")
def take_back(
    request: Request,
    caller: Judging,
    incident_id: IncidentId,
    query: Annotated[TakeBackBody, Query()],
) -> ToldBody:
    """Take a verdict back: the incident waits again."""
    head = head_for(services_of(request), caller, incident_id)
    if head.verdict is None:
        raise HTTPException(CONFLICT, "nobody has judged this incident; there is nothing to undo")
    return _judged(request, caller, head, None, query.revision)


@router.post("/incidents/{incident_id}/suppress", status_code=201)
def suppress(
    request: Request, caller: Suppressing, incident_id: IncidentId, body: SuppressBody
) -> SuppressionBody:
    """Tell nothing more of this type at this place until the time is over."""
    services = services_of(request)
    head = head_for(services, caller, incident_id)
    until = services.clock.utc() + timedelta(hours=body.hours)
    with deed(caller, "suppression.make", subject=f"incident {head.id}", purpose=body.reason):
        made = services.reviews().suppress(head, until=until, by=caller.name, reason=body.reason)
        if made is None:
            raise HTTPException(
                UNPROCESSABLE, "this incident has no place in the picture; look after the camera"
            )
    return suppression_of(made)


@router.get("/suppressions")
def suppressions(request: Request, caller: Looking) -> list[SuppressionBody]:
    """Return the places that are kept quiet now."""
    found = services_of(request).reviews().suppressions()
    return [suppression_of(one) for one in found if caller.sees(one.camera_id)]


@router.delete("/suppressions/{suppression_id}", status_code=204)
def lift(
    request: Request,
    caller: Suppressing,
    suppression_id: Annotated[int, Path(ge=1, lt=2**63)],
) -> None:
    """End a suppression now."""
    store = services_of(request).reviews()
    known = next((one for one in store.suppressions() if one.id == suppression_id), None)
    if known is None or not caller.sees(known.camera_id):
        raise HTTPException(NOT_FOUND, OVER)
    with deed(caller, "suppression.lift", subject=f"suppression {suppression_id}"):
        if not store.lift(suppression_id):
            raise HTTPException(NOT_FOUND, OVER)


def _judged(
    request: Request, caller: Caller, head: Head, judgement: Judgement | None, revision: int
) -> ToldBody:
    store = services_of(request).reviews()
    act = "verdict.give" if judgement else "verdict.take_back"
    # Written first: there is no verdict that the audit does not know.
    caller.audit(
        act,
        subject=f"incident {head.id}",
        result=str(judgement.verdict) if judgement else str(head.verdict),
    )
    told = store.judge(head.id, judgement, revision=revision, reviewer=caller.name)
    if told is None:
        caller.audit(act, subject=f"incident {head.id}", result="stale")
        raise HTTPException(CONFLICT, _who_was_faster(store.reviews(head.id), revision))
    return ToldBody(id=head.id, revision=told.revision, seq=told.seq)


def _who_was_faster(reviews: Sequence[PastReview], revision: int) -> str:
    """Return why a verdict on a revision came too late."""
    later = [one for one in reviews if one.revision > revision]
    if not later:
        return "the camera has told more of this incident since you looked; look again"
    last = later[-1]
    said = f"judged it {last.verdict}" if last.verdict else "took the verdict back"
    at = last.at.isoformat(timespec="seconds")
    return f"{last.reviewer} {said} at {at}, while you looked; look again"


def _cameras(caller: Caller, camera: str | None) -> frozenset[str] | None:
    if camera is None:
        return caller.cameras
    return frozenset({camera}) if caller.sees(camera) else frozenset()
