"""What a camera's integrity leaves behind, as bytes: its open faults and what it usually shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import Base64Bytes, TypeAdapter, ValidationError

from edge.domain.incident import Incident
from edge.integrity.watch import FaultKind

VERSION = 1


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a camera's integrity.

    Attributes:
        seen_at: When its picture was last looked at, UTC; None if never.
        view: What the reference is of; another one when the zones were drawn anew.
        open: The last revision of each open fault.
        reference: As ``IntegrityWatch.state`` gives it.
    """

    seen_at: datetime | None
    view: str
    open: Mapping[FaultKind, Incident]
    reference: Base64Bytes
    version: int = VERSION


_KEPT = TypeAdapter(Kept)


def pack(kept: Kept) -> bytes:
    """Return it as bytes."""
    return _KEPT.dump_json(kept)


def unpack(content: bytes) -> Kept:
    """Return what was packed.

    Raises:
        ValueError: The content is damaged or of another version.
    """
    try:
        kept = _KEPT.validate_json(content)
    except ValidationError as error:
        raise ValueError("what was kept of it is damaged") from error
    if kept.version != VERSION:
        raise ValueError(f"what was kept of it is of version {kept.version}, not {VERSION}")
    return kept
