"""What the API says of incidents, and what it is told about them."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from edge.console.api.case_bodies import CaseBody, case_of
from edge.console.api.evidence_bodies import (
    ClipBody,
    Exhibits,
    GapBody,
    HoldBody,
    MediaBody,
    Strict,
    clip_of,
    hold_of,
    media_of,
)
from edge.domain.case import CaseState
from edge.domain.geometry import Polygon
from edge.domain.review import Judgement, RejectReason, Verdict
from edge.domain.rule import IncidentType, Severity
from edge.store.cases import Case
from edge.store.heads import Head, Order, Review
from edge.store.review import PastReview
from edge.store.suppressions import Suppression

LONGEST_PAGE = 200
LONGEST_SUPPRESSION_H = 90 * 24

ShortId = Annotated[str, Field(min_length=1, max_length=64)]
Revision = Annotated[int, Field(ge=1, lt=2**31)]


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
    """An incident in a list.

    Attributes:
        still: Name of the picture that says most of it, if there is one.
        case: How far the platform's case has come; null where it has said nothing.
    """

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
    still: str | None
    case: CaseState | None


class IncidentsBody(Strict):
    """A page of incidents, and how many of each severity wait for a verdict."""

    incidents: list[HeadBody]
    waiting: dict[str, int]


class ReviewBody(Strict):
    """What was said at some time; no verdict where one was taken back."""

    revision: int
    verdict: Verdict | None
    reason: RejectReason | None
    note: str
    corrected_type: IncidentType | None
    duplicate_of: str | None
    reviewer: str
    at: datetime


class RevisionBody(Strict):
    """A revision of an incident, as it was told."""

    revision: int
    action: str
    observed_at: datetime
    stage: str
    severity: Severity


class IncidentBody(Strict):
    """All that is known of an incident.

    Attributes:
        facts: The last message.
        zone: The zone's polygon as it is now, if there is one.
        clip: Null where none was ever wanted.
        case: What the platform says of it; null where it has said nothing.
    """

    incident: HeadBody
    facts: dict[str, Any]
    revisions: list[RevisionBody]
    media: list[MediaBody]
    gaps: list[GapBody]
    clip: ClipBody | None
    hold: HoldBody | None
    zone: list[tuple[float, float]] | None
    reviews: list[ReviewBody]
    similar: list[HeadBody]
    case: CaseBody | None


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


def incident_of(head: Head, still: str | None = None, case: CaseState | None = None) -> HeadBody:
    """Return an incident as a list shows it, with the name of its picture and its case."""
    names = HeadBody.model_fields.keys() - {"still", "case"}
    facts = {name: getattr(head, name) for name in names}
    return HeadBody.model_validate({**facts, "still": still, "case": case})


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
    case: Case | None,
    exhibits: Exhibits,
    cameras: Collection[str] | None,
    zone: Polygon | None,
) -> IncidentBody:
    """Return an incident with all that belongs to it.

    Args:
        head: The incident.
        messages: All of them, the first first.
        reviews: What was said about it.
        similar: Earlier ones at the same place.
        case: What the platform says of it.
        exhibits: What the box keeps of it.
        cameras: Whose files may be told; None for all.
        zone: The polygon that it lies in.
    """
    told = [json.loads(message) for message in messages]
    stills = exhibits.stills
    return IncidentBody(
        incident=incident_of(head, stills.get(head.id), case.present.state if case else None),
        facts=told[-1],
        revisions=[_revision(one) for one in told],
        media=media_of(exhibits.items, cameras),
        gaps=[GapBody(name=gap.name, detail=gap.detail) for gap in exhibits.gaps],
        clip=clip_of(exhibits.clip) if exhibits.clip else None,
        hold=hold_of(exhibits.hold) if exhibits.hold else None,
        zone=list(zone) if zone else None,
        reviews=[_review(one) for one in reviews],
        similar=[incident_of(one, stills.get(one.id)) for one in similar],
        case=case_of(case) if case else None,
    )


def _revision(message: Mapping[str, Any]) -> RevisionBody:
    names = RevisionBody.model_fields
    return RevisionBody.model_validate({name: message[name] for name in names})


def _review(one: PastReview) -> ReviewBody:
    names = ReviewBody.model_fields
    return ReviewBody.model_validate({name: getattr(one, name) for name in names})
