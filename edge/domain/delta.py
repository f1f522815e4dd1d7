"""A change of who is registered, from one version of the platform's list to the next."""

from dataclasses import dataclass, field
from datetime import date, datetime

from edge.domain.resident import Category, Consent


@dataclass(frozen=True, slots=True)
class GivenTemplate:
    """A face vector that somebody else has computed.

    Attributes:
        model_sha256: Of the network it was made with.
        photos: How many photos it was made of.
        vector: Little-endian float32.
    """

    model_sha256: str
    photos: int
    vector: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody who is to be registered, or changed if neither photos nor template are given.

    Attributes:
        consent: None only for a change: what was consented to before holds on.
        photos: Encoded pictures.
    """

    id: str
    category: Category
    valid_from: date | None = None
    valid_until: date | None = None
    birth_date: date | None = None
    consent: Consent | None = None
    photos: tuple[bytes, ...] = field(default=(), repr=False)
    template: GivenTemplate | None = None


@dataclass(frozen=True, slots=True)
class Removal:
    """Somebody who is to be forgotten.

    Attributes:
        withdrawn: Because they no longer consent.
    """

    id: str
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Delta:
    """What the platform asks for.

    Attributes:
        command_id: Of the command that brought it.
        sha256: Of the command's body: the same again is not done twice.
        from_version: What the box must have.
        to_version: What it has afterwards.
    """

    command_id: str
    sha256: str
    from_version: int
    to_version: int
    entries: tuple[Entry, ...] = ()
    removals: tuple[Removal, ...] = ()


@dataclass(frozen=True, slots=True)
class Applied:
    """What a delta has done.

    Attributes:
        registered: People with a new template.
        changed: People whose category or validity changed.
        removed: Ids of those who were forgotten.
        absent: Ids of those who were to be, and were not registered.
        erased_at: When the last trace of the removed was overwritten; None if nobody was.
    """

    command_id: str
    from_version: int
    to_version: int
    applied_at: datetime
    registered: int
    changed: int
    removed: tuple[str, ...]
    absent: tuple[str, ...]
    erased_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Misfit:
    """Somebody because of whom a delta is not applied.

    Attributes:
        reasons: Verdicts on their photos in order, or one word about them.
    """

    id: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeltaRefused:
    """A delta of which nothing was done.

    Attributes:
        code: ``version``, ``model``, ``people``.
        version: What the box has.
    """

    code: str
    text: str
    version: int
    misfits: tuple[Misfit, ...] = ()
