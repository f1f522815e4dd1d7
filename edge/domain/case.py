"""What the platform makes of an incident: a case, and how far it has come (CJ/T 292)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class CaseState(StrEnum):
    """A step of the closed loop, as the platform names it to the box."""

    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not_accepted"
    FILED = "filed"
    NOT_FILED = "not_filed"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    RETURNED = "returned"
    """The department gave it back: it is not theirs, or cannot be done."""
    SUSPENDED = "suspended"
    """Its time limit does not run."""
    FEEDBACK = "feedback"
    """The department says that it is done; nobody has looked yet."""
    VERIFIED = "verified"
    REWORK = "rework"
    """It was looked at and is not done."""
    CLOSED = "closed"
    FORCE_CLOSED = "force_closed"
    CANCELLED = "cancelled"
    MERGED = "merged"
    """It goes on as another case."""


ENDS = frozenset(
    (
        CaseState.NOT_ACCEPTED,
        CaseState.NOT_FILED,
        CaseState.CLOSED,
        CaseState.FORCE_CLOSED,
        CaseState.CANCELLED,
        CaseState.MERGED,
    )
)
"""Nothing more comes after these, unless the platform opens the case again."""


@dataclass(frozen=True, slots=True)
class CaseMove:
    """One step of a case.

    Attributes:
        incident_id: What the case is about.
        sequence: The platform's own count of this case's moves; the greatest is the present one.
        at: When it was made, by the platform's clock.
        case_number: The platform's; empty before it is filed.
        department: Who has it, empty if nobody has.
        text: What was said about it, for people.
    """

    incident_id: str
    sequence: int
    state: CaseState
    at: datetime
    case_number: str = ""
    department: str = ""
    text: str = ""
