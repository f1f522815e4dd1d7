"""Who is registered: residents, their validity and their consent."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

GUARDIAN_AGE_YEARS = 14
"""Below this age a guardian consents (PIPL article 31)."""


class Category(StrEnum):
    """Why somebody is in the gallery."""

    RESIDENT = "resident"
    STAFF = "staff"
    VISITOR = "visitor"
    WATCHLIST = "watchlist"


class Validity(StrEnum):
    """Whether a registration holds on a given day."""

    VALID = "valid"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"


@dataclass(frozen=True, slots=True)
class Consent:
    """The consent that allows a template to exist.

    Attributes:
        notice_version: Which text of the notice the person was shown.
        given_at: When, aware.
        channel: How: ``paper``, ``app``, ``counter``, ``attested`` ...
        guardian: Who consented for a child below 14, else None.
        portrait: Whether a picture of the person may be kept, which is consented to apart.
    """

    notice_version: str
    given_at: datetime
    channel: str
    guardian: str | None = None
    portrait: bool = False


@dataclass(frozen=True, slots=True)
class Resident:
    """One registered person. ``name`` and ``unit`` never reach a log or a message.

    Attributes:
        id: The pseudonym that messages carry; also the folder name at import.
        valid_from: First valid day, or None for no limit.
        valid_until: Last valid day, or None for no limit.
        birth_date: Needed only to know whether a guardian must consent.
    """

    id: str
    name: str = ""
    unit: str = ""
    category: Category = Category.RESIDENT
    valid_from: date | None = None
    valid_until: date | None = None
    birth_date: date | None = None

    def validity(self, on: date) -> Validity:
        """Return whether the registration holds on a day of the site's calendar."""
        if self.valid_from is not None and on < self.valid_from:
            return Validity.NOT_YET_VALID
        if self.valid_until is not None and on > self.valid_until:
            return Validity.EXPIRED
        return Validity.VALID


def age_years(born: date, on: date) -> int:
    """Return full years of age on a day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
