"""What a person says about an incident."""

from enum import StrEnum


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
