"""What the API says of incidents, and what it is told about them."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from edge.domain.geometry import Polygon
from edge.domain.review import Judgement, RejectReason, Verdict
from edge.domain.rule import IncidentType, Severity
from edge.store.heads import Head, Order, Review
from edge.store.review import PastReview
from edge.store.suppressions import Suppression

LONGEST_PAGE = 200
LONGEST_SUPPRESSION_H = 90 * 24

ShortId = Annotated[str, Field(min_length=1, max_length=64)]
Revision = Annotated[int, Field(ge=1, lt=2**31)]


class Strict(BaseModel):
    """A body or query that has nothing else."""

    model_config = ConfigDict(extra="forbid")


class SearchQuery(Strict):
    """Which incidents are looked for."""

    review: Review | None = None
    verdict: Verdict | None = None
    state: Literal["open", "cleared", "withdrawn"] | None = None
    severity: Severity | None = None
    type: IncidentType | None = None
    place: ShortId | None = None
    camera: ShortId | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    order: Order = Order.GRAVEST
    limit: int = Field(50, ge=1, le=LONGEST_PAGE)
    before: ShortId | None = None


class VerdictBody(Strict):
    """A verdict on the revision that was looked at."""

    revision: Revision
    verdict: Verdict
    reason: RejectReason | None = None
    note: str = Field("", max_length=500)
    corrected_type: IncidentType | None = None
    duplicate_of: ShortId | None = None

    def judgement(self) -> Judgement:
        """Return the verdict with what belongs to it."""
        return Judgement(
            self.verdict, self.reason, self.note, self.corrected_type, self.duplicate_of
        )


class TakeBackBody(Strict):
    """Which revision was looked at."""

    revision: Revision


class SuppressBody(Strict):
    """For how long, and why."""

    hours: int = Field(ge=1, le=LONGEST_SUPPRESSION_H)
    reason: str = Field(min_length=1, max_length=200)


class ToldBody(Strict):
    """The revision that was told."""

    id: str
    revision: int
    seq: int


class HeadBody(Strict):
    """An incident in a list."""

    id: str
    revision: int
    camera_id: str
    zone_id: str | None
    place: str | None
    type: IncidentType
    stage: str
    severity: Severity
    state: str
    first_seen_at: datetime
    opened_at: datetime
    observed_at: datetime
    cleared_at: datetime | None
    dwell_s: float
    confidence: float
    box: tuple[float, float, float, float] | None
    label: str
    rule: str
    review: Review
    verdict: Verdict | None
    reason: RejectReason | None
    corrected_type: IncidentType | None
    duplicate_of: str | None
    reviewed_at: datetime | None


class IncidentsBody(Strict):
    """A page of incidents, and how many of each severity wait for a verdict."""

    incidents: list[HeadBody]
    waiting: dict[str, int]


class ReviewBody(Strict):
    """What was said at some time; no verdict where one was taken back."""

    verdict: Verdict | None
    reason: RejectReason | None
    note: str
    corrected_type: IncidentType | None
    duplicate_of: str | None
    reviewer: str
    at: datetime


class MediaBody(Strict):
    """A picture or clip that a message of the incident named."""

    name: str
    media_type: str


class IncidentBody(Strict):
    """All that is known of an incident.

    Attributes:
        facts: The last message.
        zone: The zone's polygon as it is now, if there is one.
    """

    incident: HeadBody
    facts: dict[str, Any]
    media: list[MediaBody]
    zone: list[tuple[float, float]] | None
    reviews: list[ReviewBody]
    similar: list[HeadBody]


class SuppressionBody(Strict):
    """A place that is kept quiet."""

    id: int
    camera_id: str
    type: IncidentType
    box: tuple[float, float, float, float]
    zone_id: str | None
    until: datetime
    by: str
    reason: str
    made_at: datetime
    hits: int


def incident_of(head: Head) -> HeadBody:
    """Return an incident as a list shows it."""
    names = HeadBody.model_fields
    return HeadBody.model_validate({name: getattr(head, name) for name in names})


def suppression_of(one: Suppression) -> SuppressionBody:
    """Return a suppression as the API tells it."""
    names = SuppressionBody.model_fields
    return SuppressionBody.model_validate({name: getattr(one, name) for name in names})


def detail_of(
    head: Head,
    *,
    messages: Sequence[bytes],
    reviews: Sequence[PastReview],
    similar: Sequence[Head],
    zone: Polygon | None,
) -> IncidentBody:
    """Return an incident with all that belongs to it.

    Args:
        head: The incident.
        messages: All of them, the first first.
        reviews: What was said about it.
        similar: Earlier ones at the same place.
        zone: The polygon that it lies in.
    """
    told = [json.loads(message) for message in messages]
    media = {item["name"]: item["media_type"] for one in told for item in one.get("evidence", ())}
    return IncidentBody(
        incident=incident_of(head),
        facts=told[-1],
        media=[MediaBody(name=name, media_type=kind) for name, kind in media.items()],
        zone=list(zone) if zone else None,
        reviews=[_review(one) for one in reviews],
        similar=[incident_of(one) for one in similar],
    )


def _review(one: PastReview) -> ReviewBody:
    names = ReviewBody.model_fields
    return ReviewBody.model_validate({name: getattr(one, name) for name in names})
