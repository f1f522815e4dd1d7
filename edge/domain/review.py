"""What a person says about an incident."""

from dataclasses import dataclass
from enum import StrEnum

from edge.domain.rule import IncidentType


class Verdict(StrEnum):
    """An operator's judgement."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    NOT_ACTIONABLE = "not_actionable"
    RECLASSIFIED = "reclassified"
    """It is there, but it is something else."""


class RejectReason(StrEnum):
    """Why an incident is none."""

    NOT_A_VIOLATION = "not_a_violation"
    PERMITTED = "permitted"
    WRONG_CLASS = "wrong_class"
    MOVING = "moving"
    DUPLICATE = "duplicate"
    BAD_IMAGE = "bad_image"
    CLEARED = "cleared"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with what belongs to it.

    Attributes:
        reason: Of a rejection.
        note: In the operator's words; stays on the box.
        corrected_type: What it is, if it was reclassified.
        duplicate_of: The incident that it is the same as, if that is known.
    """

    verdict: Verdict
    reason: RejectReason | None = None
    note: str = ""
    corrected_type: IncidentType | None = None
    duplicate_of: str | None = None

    def flaw(self) -> str:
        """Return what is missing or does not belong to the verdict; empty if it can be used."""
        rejected = self.verdict is Verdict.REJECTED
        reclassified = self.verdict is Verdict.RECLASSIFIED
        if rejected != (self.reason is not None):
            return "a rejection, and nothing else, has a reason"
        if reclassified != (self.corrected_type is not None):
            return "a change of class, and nothing else, names the corrected type"
        if self.duplicate_of is not None and self.verdict is not Verdict.DUPLICATE:
            return "only a duplicate names the incident that it is the same as"
        return ""
