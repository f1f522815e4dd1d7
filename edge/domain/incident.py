"""One thing that is wrong at one place, from its opening until it is positively gone."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from edge.domain.geometry import Box
from edge.domain.rule import IncidentType, Severity
from edge.domain.scene import Evidence

UNWATCHED = "unwatched"
"""Reason of a withdrawal: the camera, zone or rule has left the configuration, or what was known of
the incident is lost. It may still be there."""


class Step(StrEnum):
    """What an incident message does to what the platform already knows."""

    OPENED = "opened"
    UPDATED = "updated"
    CLEARED = "cleared"
    REVIEWED = "reviewed"
    WITHDRAWN = "withdrawn"


class Stage(StrEnum):
    """How far an incident has come."""

    WARNING = "warning"
    """Those who are there may still put it right themselves."""
    CASE = "case"


@dataclass(frozen=True, slots=True)
class AppliedRule:
    """The rule that an incident breaks.

    Attributes:
        version: SHA-256 of its terms, so that two messages under the same terms can be told.
        dwell_s: What the dwell had to exceed.
    """

    name: str
    version: str
    dwell_s: float


@dataclass(frozen=True, slots=True)
class Incident:
    """One revision of an incident.

    Attributes:
        id: UUIDv7; with ``revision`` the receiver's key.
        revision: 1 when opened; counts up with every message.
        place: Name of the place where the zone has one; cameras that share it share the incident.
        box: Where it stands, shares of the picture; None for the camera's own troubles.
        first_seen_at: When it came, UTC.
        opened_at: When it had stayed too long, UTC.
        observed_at: The look that this revision rests on, UTC.
        cleared_at: When it was found gone, UTC; None while it is there.
        dwell_s: How long it has been there, stream time.
        confidence: Product of ``parts``, in [0, 1].
        evidence: What it rests on.
        missing: What could have supported it and was absent.
        confirmed: Whether a second opinion agrees.
        reopened: How often it came back within its hold.
        reason: Of a withdrawal or of a clearing that is none: a permit's id and code, ``schedule``,
            ``explained``, ``unwatched``.
        plate: Number plate, where it is read; not shown when the incident is printed.
    """

    id: str
    revision: int
    action: Step
    camera_id: str
    type: IncidentType
    stage: Stage
    severity: Severity
    zone_id: str | None
    place: str | None
    box: Box | None
    first_seen_at: datetime
    opened_at: datetime
    observed_at: datetime
    cleared_at: datetime | None
    dwell_s: float
    confidence: float
    parts: tuple[tuple[str, float], ...]
    evidence: tuple[Evidence, ...]
    missing: tuple[str, ...]
    confirmed: bool
    count: int
    label: str
    rule: AppliedRule
    reopened: int = 0
    reason: str = ""
    plate: str | None = field(default=None, repr=False)

    @property
    def open(self) -> bool:
        """Return whether it is still there as far as is known."""
        return self.action not in {Step.CLEARED, Step.WITHDRAWN}

    def withdrawn(self, utc: datetime, reason: str) -> "Incident":
        """Return the revision that takes it back at a moment."""
        return replace(
            self,
            revision=self.revision + 1,
            action=Step.WITHDRAWN,
            observed_at=utc,
            cleared_at=None,
            reason=reason,
        )
