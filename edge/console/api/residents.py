"""``/residents``: look for people, register them from photos, change and remove them."""

from contextlib import AbstractContextManager
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, HTTPException, Path, Request, Response
from fastapi import UploadFile as Upload
from pydantic import ValidationError

from edge.console.api.residents_bodies import (
    ApplicantBody,
    DetailsBody,
    EnrolledBody,
    PhotoBody,
    PurposeBody,
    ResidentsBody,
    SearchBody,
    StoredBody,
    resident_of,
    stored_of,
)
from edge.console.caller import Caller, allowed
from edge.console.deeds import deed
from edge.console.people import ACCEPTED, PhotoJudgement
from edge.console.permissions import Permission
from edge.console.services import services_of
from edge.store.directory import Directory

NOT_FOUND = 404
TOO_LARGE = 413
UNPROCESSABLE = 422
MOST_PHOTOS = 8
MOST_BYTES = 12 * 1024 * 1024
AROUND = 1024 * 1024
"""What a form with photos has besides them."""

ResidentId = Annotated[str, Path(max_length=64)]
Looking = Annotated[Caller, Depends(allowed(Permission.SEE_RESIDENTS))]
Facing = Annotated[Caller, Depends(allowed(Permission.SEE_RESIDENTS, Permission.SEE_FACES))]
Changing = Annotated[Caller, Depends(allowed(Permission.CHANGE_RESIDENTS))]

router = APIRouter(tags=["residents"])


@router.post("/residents/search")
def search(request: Request, caller: Looking, body: SearchBody) -> ResidentsBody:
    """Return a page of people whose id, name or unit contains a text; needs a purpose."""
    caller.audit("resident.search", subject="residents", purpose=body.purpose)
    with _directory(request, caller) as directory:
        found = directory.search(
            body.text, category=body.category, after=body.after, limit=body.limit
        )
        total = directory.count()
    today = _today(request)
    return ResidentsBody(
        residents=[resident_of(one, today) for one in found],
        total=total,
        next=found[-1].id if len(found) == body.limit else None,
    )


@router.post("/residents/photos")
def judge(request: Request, caller: Changing, photo: Annotated[Upload, File()]) -> PhotoBody:
    """Return what would become of a photo; nothing of it is kept."""
    name, content = _read(photo)
    judged = services_of(request).people.enrolment.judge_photo(name, content)
    caller.audit("photo.judge", subject="photo", result=judged.verdict)
    return _photo(judged)


@router.post("/residents")
def enrol(
    request: Request,
    caller: Changing,
    person: Annotated[str, Form(max_length=4000)],
    photos: Annotated[list[Upload], File()],
) -> EnrolledBody:
    """Register somebody from photos; ``person`` is JSON as ``ApplicantBody`` describes it."""
    try:
        applicant = ApplicantBody.model_validate_json(person)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(one) for one in first["loc"]) or "person"
        raise HTTPException(UNPROCESSABLE, f"{where}: {first['msg']}") from error
    if len(photos) > MOST_PHOTOS:
        raise HTTPException(UNPROCESSABLE, f"hand in {MOST_PHOTOS} photos at most")
    read = [_read(one) for one in photos]
    subject = f"resident {applicant.id}"
    with deed(caller, "resident.enrol", subject=subject):
        outcome = services_of(request).people.enrolment.enrol(
            applicant.resident(), applicant.consent.consent(), read, actor=_actor(caller)
        )
    result = "registered" if outcome.registered else "refused"
    caller.audit("resident.enrol", subject=subject, result=result)
    return EnrolledBody(
        registered=outcome.registered,
        summary=outcome.summary,
        photos=[_photo(one) for one in outcome.photos],
    )


@router.post("/residents/{resident_id}/show")
def show(
    request: Request, caller: Looking, resident_id: ResidentId, body: PurposeBody
) -> StoredBody:
    """Return all that is stored of a person but the vector; needs a purpose."""
    caller.audit("resident.show", subject=f"resident {resident_id}", purpose=body.purpose)
    with _directory(request, caller) as directory:
        _require(directory, resident_id)
        return stored_of(directory.show(resident_id), _today(request))


@router.get("/residents/{resident_id}/portrait", response_class=Response)
def portrait(request: Request, caller: Facing, resident_id: ResidentId) -> Response:
    """Return the portrait that a person allowed to be kept, as JPEG; an audited look."""
    with _directory(request, caller) as directory:
        jpeg = directory.portrait(resident_id)
    result = "shown" if jpeg else "none"
    caller.audit("portrait.see", subject=f"resident {resident_id}", result=result)
    if jpeg is None:
        raise HTTPException(NOT_FOUND, "no portrait is kept; it needs a consent of its own")
    return Response(jpeg, media_type="image/jpeg", headers={"Cache-Control": "no-store"})


@router.put("/residents/{resident_id}", status_code=204)
def change(request: Request, caller: Changing, resident_id: ResidentId, body: DetailsBody) -> None:
    """Change name, unit, category and validity; template and consent stay."""
    with _directory(request, caller) as directory:
        _require(directory, resident_id)
        with deed(caller, "resident.change", subject=f"resident {resident_id}"):
            directory.change(
                resident_id,
                name=body.name,
                unit=body.unit,
                category=body.category,
                validity=(body.valid_from, body.valid_until),
            )


@router.delete("/residents/{resident_id}", status_code=204)
def remove(request: Request, caller: Changing, resident_id: ResidentId) -> None:
    """Erase a person: template, consent, portrait; running gates do not know them any more."""
    with _directory(request, caller) as directory:
        _require(directory, resident_id)
        caller.audit("resident.remove", subject=f"resident {resident_id}")
        directory.remove(resident_id)


def _actor(caller: Caller) -> str:
    return f"console:{caller.name}"


def _directory(request: Request, caller: Caller) -> AbstractContextManager[Directory]:
    return services_of(request).people.directory(_actor(caller))


def _require(directory: Directory, resident_id: str) -> None:
    if directory.find(resident_id) is None:
        raise HTTPException(NOT_FOUND, "there is nobody of that id; they may have been removed")


def _today(request: Request) -> date:
    services = services_of(request)
    return services.clock.utc().astimezone(services.time_zone).date()


def _read(photo: Upload) -> tuple[str, bytes]:
    content = photo.file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise HTTPException(TOO_LARGE, "the photo is larger than 12 MB; hand in a smaller one")
    return (photo.filename or "photo")[:100], content


def _photo(one: PhotoJudgement) -> PhotoBody:
    return PhotoBody(
        name=one.name,
        verdict=one.verdict,
        accepted=one.verdict == ACCEPTED,
        face_px=one.face_px,
    )
