"""What is stored of a registered person, and how it is read back from rows."""

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import numpy.typing as npt

from edge.domain.resident import (
    GUARDIAN_AGE_YEARS,
    Category,
    Consent,
    Resident,
    age_years,
)
from edge.errors import ConfigError

Vector = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """One face vector of one person: the mean over their photos.

    Attributes:
        vector: ``(D,)``, unit length.
        photos: How many photos it was made of.
    """

    id: str
    resident_id: str
    model_sha256: str
    photos: int
    vector: Vector


@dataclass(frozen=True, slots=True)
class PhotoRecord:
    """What is kept of a photo; never the photo itself.

    Attributes:
        sha256: Of the file, so that somebody who has it can find out what became of it.
        verdict: ``accepted``, or why not.
        face_px: Width of the face; None if none was judged.
        norm: Raw embedding length; None if it was not embedded.
    """

    sha256: str
    verdict: str
    face_px: float | None = None
    norm: float | None = None


@dataclass(frozen=True, slots=True)
class Registration:
    """What ``show`` tells of one person.

    Attributes:
        templates: (template id, model's SHA-256, photos).
        photos: What became of each photo handed in.
        portrait: Whether a picture of the person is kept.
        handicaps: How often they were confused, as (passage, amount, by, at, expires at).
    """

    resident: Resident
    consents: tuple[Consent, ...]
    templates: tuple[tuple[str, str, int], ...]
    photos: tuple[PhotoRecord, ...] = ()
    portrait: bool = False
    handicaps: tuple[tuple[str, float, str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SavedCalibration:
    """Impostor distribution of this gallery, as ``residents calibrate`` found it."""

    fpir: float
    mean: float
    sd: float
    people: int


def require_guardian(resident: Resident, consent: Consent) -> None:
    """Raise ConfigError if a child was to be registered without a guardian's consent."""
    if resident.birth_date is None or consent.guardian:
        return
    if age_years(resident.birth_date, consent.given_at.date()) < GUARDIAN_AGE_YEARS:
        raise ConfigError(
            f"resident {resident.id}: is under {GUARDIAN_AGE_YEARS}; a guardian must consent, "
            "fill in the column guardian"
        )


def row_of(resident: Resident) -> tuple[str | None, ...]:
    """Return a person's row in the order of the table's columns."""
    return (
        resident.id,
        resident.name,
        resident.unit,
        resident.category,
        _iso(resident.valid_from),
        _iso(resident.valid_until),
        _iso(resident.birth_date),
    )


def resident_of(row: sqlite3.Row) -> Resident:
    """Return the person of a row."""
    return Resident(
        id=row["id"],
        name=row["name"],
        unit=row["unit"],
        category=Category(row["category"]),
        valid_from=_date(row["valid_from"]),
        valid_until=_date(row["valid_until"]),
        birth_date=_date(row["birth_date"]),
    )


def consent_of(row: sqlite3.Row) -> Consent:
    """Return the consent of a row."""
    given_at = datetime.fromisoformat(row["given_at"])
    return Consent(
        row["notice_version"], given_at, row["channel"], row["guardian"], bool(row["portrait"])
    )


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
