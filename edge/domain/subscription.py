"""What a receiver beside the platform wants to be told."""

from dataclasses import dataclass
from enum import StrEnum

from edge.domain.rule import IncidentType, Severity


class Kind(StrEnum):
    """A kind of message, as receivers choose it."""

    INCIDENTS = "incidents"
    """What is wrong on the street."""
    ALERTS = "alerts"
    """Passages that the site wants announced."""
    TROUBLES = "troubles"
    """What is wrong with a camera or with the box's clock."""
    REVIEWS = "reviews"
    """Verdicts of operators."""


TROUBLES = (
    IncidentType.CAMERA_LOST,
    IncidentType.CAMERA_FROZEN,
    IncidentType.CAMERA_BLACK,
    IncidentType.CAMERA_COVERED,
    IncidentType.CAMERA_DEFOCUSED,
    IncidentType.CAMERA_MOVED,
    IncidentType.CAMERA_CLOCK,
)

ASCENDING = (Severity.REVIEW, Severity.NORMAL, Severity.URGENT)
"""How much incidents of the street matter; troubles are of a severity of their own."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """What one receiver wants.

    Attributes:
        least_severity: Of incidents and of what was said about them.
        cameras: None for all.
    """

    kinds: frozenset[Kind]
    least_severity: Severity = Severity.REVIEW
    cameras: frozenset[str] | None = None

    @property
    def severities(self) -> tuple[Severity, ...]:
        """Return the severities that are enough."""
        return (*ASCENDING[ASCENDING.index(self.least_severity) :], Severity.MAINTENANCE)
