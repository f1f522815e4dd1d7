"""``/passages``: who passed, what they looked like, and "this is not X"."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from edge.console.caller import Caller, allowed
from edge.console.people import People
from edge.console.permissions import Permission
from edge.console.services import services_of
from edge.domain.passage import Decision
from edge.store.directory import Confusion
from edge.store.passages import MOST_ROWS, SeenPassage, Wanted

FORBIDDEN = 403
NOT_FOUND = 404
CONFLICT = 409
UNPROCESSABLE = 422
LEAST_PURPOSE = 3
UNSEEN = {"Cache-Control": "no-store"}
"""Faces are not kept by browsers: each look is asked for, and audited."""

OwnerOf = Callable[[str], str | None]
PassageId = Annotated[str, Path(max_length=64)]
Looking = Annotated[Caller, Depends(allowed(Permission.SEE_GATE))]
Facing = Annotated[Caller, Depends(allowed(Permission.SEE_GATE, Permission.SEE_FACES))]
Denying = Annotated[Caller, Depends(allowed(Permission.DENY_MATCH))]

router = APIRouter(tags=["gate"])


class Strict(BaseModel):
    """A body or query that has nothing else."""

    model_config = ConfigDict(extra="forbid")


class PassagesQuery(Strict):
    """Which passages are looked for.

    Attributes:
        purpose: Needed to look for one person's.
        before: The cursor of the page before.
    """

    camera: str | None = Field(None, min_length=1, max_length=64)
    decision: Decision | None = None
    resident: str | None = Field(None, min_length=1, max_length=64)
    purpose: str = Field("", max_length=200)
    limit: int = Field(50, ge=1, le=MOST_ROWS)
    before: str | None = Field(None, max_length=120, pattern=r"^[^ ]{1,40} [^ ]{1,64}$")


class PassageBody(Strict):
    """A passage.

    Attributes:
        nearest: Id of the most similar person, named or not; None where they are not registered.
        name: Of that person, for those who may see residents.
        face: Whether a picture is kept.
        portrait: Whether one of the most similar person is kept.
    """

    id: str
    revision: int
    camera_id: str
    direction: str
    decision: Decision
    alert: bool
    doubts: tuple[str, ...]
    resident_id: str | None
    nearest: str | None
    name: str | None
    category: str | None
    similarity: float | None
    margin: float | None
    threshold: float | None
    frames: int
    usable_frames: int
    refused: dict[str, int]
    persons: int
    appeared_at: datetime
    decided_at: datetime
    face: bool
    portrait: bool


class PassagesBody(Strict):
    """A page of passages, the newest first; ``next`` begins the one after it."""

    passages: list[PassageBody]
    next: str | None


class DenyBody(Strict):
    """Who it was not, and for how long they are harder to recognise."""

    resident_id: str = Field(min_length=1, max_length=64)
    days: int = Field(90, ge=1, le=365)


class DeniedBody(Strict):
    """How much less similar the person is to everybody now."""

    resident_id: str
    handicap: float


@router.get("/passages")
def find(
    request: Request, caller: Looking, query: Annotated[PassagesQuery, Query()]
) -> PassagesBody:
    """Return a page of passages, the newest first."""
    if query.resident is not None:
        _require_purpose(caller, query)
    decided_at, _, passage_id = (query.before or "").partition(" ")
    wanted = Wanted(
        cameras=_cameras(caller, query.camera),
        decision=query.decision,
        resident_id=query.resident,
        before=(decided_at, passage_id) if query.before else None,
    )
    people = services_of(request).people
    found = people.passages().newest(wanted, query.limit)
    last = " ".join(found[-1].cursor) if len(found) == query.limit else None
    return PassagesBody(passages=_told(request, caller, found), next=last)


@router.get("/passages/{passage_id}")
def look(request: Request, caller: Looking, passage_id: PassageId) -> PassageBody:
    """Return one passage."""
    found = _passage(services_of(request).people, caller, passage_id)
    return _told(request, caller, [found])[0]


@router.get("/passages/{passage_id}/face", response_class=Response)
def face(request: Request, caller: Facing, passage_id: PassageId) -> Response:
    """Return the face that a passage was decided on, as JPEG; an audited look."""
    services = services_of(request)
    found = _passage(services.people, caller, passage_id)
    jpeg = services.people.probes().find(found.id, services.clock.utc())
    caller.audit("face.see", subject=f"passage {found.id}", result="shown" if jpeg else "none")
    if jpeg is None:
        raise HTTPException(
            NOT_FOUND, "no face of this passage is kept; gate.probes says whose are and how long"
        )
    return Response(jpeg, media_type="image/jpeg", headers=UNSEEN)


@router.get("/passages/{passage_id}/portrait", response_class=Response)
def portrait(request: Request, caller: Facing, passage_id: PassageId) -> Response:
    """Return the portrait of the person a passage resembles most; an audited look."""
    people = services_of(request).people
    found = _passage(people, caller, passage_id)
    with people.directory(f"console:{caller.name}") as directory:
        nearest = _nearest(found, directory.owner_of)
        jpeg = directory.portrait(nearest) if nearest else None
    caller.audit("portrait.see", subject=f"passage {found.id}", result="shown" if jpeg else "none")
    if jpeg is None:
        raise HTTPException(NOT_FOUND, "no portrait is kept; it needs a consent of its own")
    return Response(jpeg, media_type="image/jpeg", headers=UNSEEN)


@router.post("/passages/{passage_id}/deny")
def deny(request: Request, caller: Denying, passage_id: PassageId, body: DenyBody) -> DeniedBody:
    """Say that a passage was not who it was taken for; running gates know it at once."""
    people = services_of(request).people
    found = _passage(people, caller, passage_id)
    if found.similarity is None or found.threshold is None:
        raise HTTPException(UNPROCESSABLE, "this passage was compared with nobody")
    with people.directory(f"console:{caller.name}") as directory:
        if body.resident_id != _nearest(found, directory.owner_of):
            raise HTTPException(
                CONFLICT, f"this passage did not resemble {body.resident_id!r} most; look again"
            )
        confusion = Confusion(
            found.id, body.resident_id, found.similarity, found.threshold, body.days
        )
        subject, result = f"resident {body.resident_id}", f"passage {found.id}"
        caller.audit("match.deny", subject=subject, result=result)
        handicap = directory.deny(confusion)
    return DeniedBody(resident_id=body.resident_id, handicap=handicap)


def _told(request: Request, caller: Caller, found: list[SeenPassage]) -> list[PassageBody]:
    services = services_of(request)
    people = services.people
    kept = people.probes().kept([one.id for one in found], services.clock.utc())
    with people.directory(f"console:{caller.name}") as directory:
        nearest = {one.id: _nearest(one, directory.owner_of) for one in found}
        ids = sorted({who for who in nearest.values() if who})
        names = directory.names(ids) if caller.may(Permission.SEE_RESIDENTS) else {}
        pictured = directory.with_portrait(ids)
    return [
        _body(
            one,
            nearest[one.id],
            names.get(nearest[one.id] or ""),
            face=one.id in kept,
            portrait=nearest[one.id] in pictured,
        )
        for one in found
    ]


def _body(
    one: SeenPassage, nearest: str | None, name: str | None, *, face: bool, portrait: bool
) -> PassageBody:
    own = {"nearest", "name", "face", "portrait", "decided_at"}
    same = {key: getattr(one, key) for key in PassageBody.model_fields if key not in own}
    return PassageBody.model_validate(
        same
        | {
            "nearest": nearest,
            "name": name,
            "face": face,
            "portrait": portrait,
            "decided_at": datetime.fromisoformat(one.decided_at),
        }
    )


def _nearest(passage: SeenPassage, owner_of: OwnerOf) -> str | None:
    """Return the most similar person's id: who was named, else whose template was met."""
    if passage.resident_id is not None:
        return passage.resident_id
    return owner_of(passage.template_id) if passage.template_id else None


def _passage(people: People, caller: Caller, passage_id: str) -> SeenPassage:
    """Return a passage; one of a camera that the caller may not see is unknown to them."""
    found = people.passages().find(passage_id)
    if found is None or not caller.sees(found.camera_id):
        raise HTTPException(NOT_FOUND, "there is no such passage; it may be of another box")
    return found


def _require_purpose(caller: Caller, query: PassagesQuery) -> None:
    """Let only those look for one person who may see residents and say what for."""
    if not caller.may(Permission.SEE_RESIDENTS):
        raise HTTPException(FORBIDDEN, "your role may not look for residents")
    if len(query.purpose.strip()) < LEAST_PURPOSE:
        raise HTTPException(UNPROCESSABLE, "state the purpose of looking for one person")
    caller.audit(
        "passage.search", subject=f"resident {query.resident}", purpose=query.purpose.strip()
    )


def _cameras(caller: Caller, camera: str | None) -> frozenset[str] | None:
    if camera is None:
        return caller.cameras
    return frozenset({camera}) if caller.sees(camera) else frozenset()
