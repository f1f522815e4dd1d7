"""JSON as every message has it; the same content, the same bytes."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def timestamp(moment: datetime) -> str:
    """Return RFC 3339 in UTC with milliseconds."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def encode(content: Mapping[str, Any]) -> bytes:
    """Return compact UTF-8 JSON, keys in the order given; the same content, the same bytes."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def rounded(value: float | None) -> float | None:
    """Return a number with four decimals, the precision of all messages."""
    return None if value is None else round(float(value), 4)
