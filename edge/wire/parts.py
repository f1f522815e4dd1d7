"""What messages have in common."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from edge.clock import ClockState
from edge.domain.category import Category
from edge.wire.box import CameraIdentity
from edge.wire.text import rounded


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """A picture that follows a message."""

    name: str
    media_type: str
    bytes: int
    sha256: str


def evidence_of(name: str, jpeg: bytes) -> EvidenceItem:
    """Return what a message says of a picture that follows it."""
    return EvidenceItem(name, "image/jpeg", len(jpeg), hashlib.sha256(jpeg).hexdigest())


def evidence_part(items: Sequence[EvidenceItem]) -> list[dict[str, Any]]:
    """Return what a message lists as its evidence."""
    return [
        {"name": e.name, "media_type": e.media_type, "bytes": e.bytes, "sha256": e.sha256}
        for e in items
    ]


def category_part(category: Category) -> dict[str, Any]:
    """Return what a message says of what the city calls it."""
    return {
        "scheme": category.scheme,
        "version": category.version,
        "code": category.code,
        "name": category.name,
        "name_en": category.name_en,
    }


def clock_part(clock: ClockState) -> dict[str, Any]:
    """Return what a message says of the box's clock."""
    return {
        "synced": clock.synced,
        "offset_ms": rounded(clock.offset_ms),
        "suspect": clock.suspect,
    }


def location_part(camera: CameraIdentity) -> dict[str, Any] | None:
    """Return where a camera stands, None if nobody said."""
    if camera.lon is None or camera.lat is None:
        return None
    return {"lon": camera.lon, "lat": camera.lat, "address": camera.address}
