"""The keys of worker processes: what they may use, and when one is taken for hung."""

from typing import Annotated, Literal

from pydantic import Field

from edge.settings.evidence import SizeBytes
from edge.settings.values import DurationS, Strict

LEAST_WORKER_BYTES = 512 * 10**6
"""Its libraries and networks alone are two thirds of that."""


class Processes(Strict):
    """How worker processes are looked after."""

    worker_memory: Literal["auto"] | Annotated[SizeBytes, Field(ge=LEAST_WORKER_BYTES)] = "auto"
    hang_after: DurationS = Field(10.0, ge=2)
    spare: bool = True
