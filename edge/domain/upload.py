"""A file on its way to the platform's store of media, and how far it has come."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class UploadEnd(StrEnum):
    """How an upload ended."""

    COMPLETE = "complete"
    REFUSED = "refused"
    """The receiver does not want it, or cannot be understood."""
    EXPIRED = "expired"
    """It was not there in time."""


@dataclass(frozen=True, slots=True)
class Freight:
    """What is uploaded.

    Attributes:
        path: The file; nobody changes it meanwhile.
        sha256: Of the whole, hexadecimal.
    """

    path: Path
    media_type: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What became of an upload.

    Attributes:
        taken: Bytes that the receiver says it has.
        attempts: Requests that were made.
        status: Of the last answer; None if there was none.
        reason: Why it is not complete; nothing that the receiver wrote itself.
    """

    end: UploadEnd
    taken: int
    attempts: int
    status: int | None = None
    reason: str = ""
