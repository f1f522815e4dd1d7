"""What the API says of residents, and what it is told about them."""

from datetime import date, datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from edge.domain.resident import Category, Consent, Resident
from edge.store.directory import MOST_ROWS
from edge.store.registration import Registration

Pseudonym = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
Purpose = Annotated[str, Field(min_length=3, max_length=200)]


class Strict(BaseModel):
    """A body or query that has nothing else."""

    model_config = ConfigDict(extra="forbid")


class SearchBody(Strict):
    """Whom somebody looks for, and what for; no query, as addresses end up in logs."""

    text: str = Field("", max_length=100)
    purpose: Purpose
    category: Category | None = None
    after: str = Field("", max_length=64)
    limit: int = Field(50, ge=1, le=MOST_ROWS)


class PurposeBody(Strict):
    """What somebody looks for."""

    purpose: Purpose


class DetailsBody(Strict):
    """What can be changed of a person without new photos."""

    name: str = Field("", max_length=100)
    unit: str = Field("", max_length=100)
    category: Category = Category.RESIDENT
    valid_from: date | None = None
    valid_until: date | None = None


class ConsentBody(Strict):
    """The consent that a person gave."""

    notice_version: str = Field(min_length=1, max_length=64)
    given_at: AwareDatetime
    channel: str = Field("counter", min_length=1, max_length=64)
    guardian: str | None = Field(None, min_length=1, max_length=100)
    portrait: bool = False

    def consent(self) -> Consent:
        """Return it as it is stored."""
        return Consent(
            self.notice_version, self.given_at, self.channel, self.guardian, self.portrait
        )


class ApplicantBody(DetailsBody):
    """Somebody to be registered."""

    id: Pseudonym
    birth_date: date | None = None
    consent: ConsentBody

    def resident(self) -> Resident:
        """Return the person as they are stored."""
        return Resident(
            self.id,
            self.name,
            self.unit,
            self.category,
            self.valid_from,
            self.valid_until,
            self.birth_date,
        )


class ResidentBody(DetailsBody):
    """A registered person in a list."""

    id: str
    birth_date: date | None
    validity: str


class ResidentsBody(Strict):
    """A page of people; ``next`` is the id after which the one after it begins."""

    residents: list[ResidentBody]
    total: int
    next: str | None


class PhotoBody(Strict):
    """What became of a photo."""

    name: str
    verdict: str
    accepted: bool
    face_px: float | None


class EnrolledBody(Strict):
    """What became of somebody who was to be registered."""

    registered: bool
    summary: str
    photos: list[PhotoBody]


class TemplateBody(Strict):
    """A template, without the vector."""

    id: str
    model_sha256: str
    photos: int


class HandedInBody(Strict):
    """A photo that was handed in and not kept."""

    sha256: str
    verdict: str
    face_px: float | None
    norm: float | None


class StoredConsentBody(Strict):
    """A consent as it is stored."""

    notice_version: str
    given_at: datetime
    channel: str
    guardian: str | None
    portrait: bool


class ConfusionBody(Strict):
    """A passage that was not this person."""

    passage_id: str
    amount: float
    by: str
    at: str
    expires_at: str


class StoredBody(Strict):
    """All that is stored of a person but the vector: the answer to a request for access."""

    resident: ResidentBody
    consents: list[StoredConsentBody]
    templates: list[TemplateBody]
    photos: list[HandedInBody]
    portrait: bool
    confusions: list[ConfusionBody]


def resident_of(one: Resident, today: date) -> ResidentBody:
    """Return a person as a list shows them."""
    return ResidentBody(
        id=one.id,
        name=one.name,
        unit=one.unit,
        category=one.category,
        valid_from=one.valid_from,
        valid_until=one.valid_until,
        birth_date=one.birth_date,
        validity=one.validity(today),
    )


def stored_of(one: Registration, today: date) -> StoredBody:
    """Return all that is stored of a person."""
    return StoredBody(
        resident=resident_of(one.resident, today),
        consents=[
            StoredConsentBody(
                notice_version=consent.notice_version,
                given_at=consent.given_at,
                channel=consent.channel,
                guardian=consent.guardian,
                portrait=consent.portrait,
            )
            for consent in one.consents
        ],
        templates=[
            TemplateBody(id=template, model_sha256=model, photos=photos)
            for template, model, photos in one.templates
        ],
        photos=[
            HandedInBody(
                sha256=photo.sha256, verdict=photo.verdict, face_px=photo.face_px, norm=photo.norm
            )
            for photo in one.photos
        ],
        portrait=one.portrait,
        confusions=[
            ConfusionBody(passage_id=passage, amount=amount, by=by, at=at, expires_at=expires_at)
            for passage, amount, by, at, expires_at in one.handicaps
        ],
    )
