"""The keys of evidence: what is kept, how much, and for how long."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from edge.settings.values import DurationS, PauseS, Strict

_UNITS = {"KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]B)")


def parse_bytes(value: Any) -> int:
    """Return bytes of ``20GB``, ``64MB`` or a bare number of bytes.

    Raises:
        ValueError: If it is none of these.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    match = _SIZE.fullmatch(str(value).strip())
    if match is None:
        raise ValueError(f"{value!r} is no size; write it like 20GB or 64MB")
    return round(float(match[1]) * _UNITS[match[2]])


SizeBytes = Annotated[int, BeforeValidator(parse_bytes), Field(gt=0)]


class Evidence(Strict):
    """What shows an incident."""

    stills: bool = True
    clips: bool = True
    pre_roll: DurationS = 10.0
    post_roll: DurationS = 10.0
    ring: SizeBytes = 64 * 10**6
    lookback: PauseS = 3600.0
    lookback_every: DurationS = 5.0
    keep_stills: DurationS = 90 * 86400.0
    keep_clips: DurationS = 30 * 86400.0
    quota: SizeBytes = 20 * 10**9
    least_free: SizeBytes = 10**9
