"""Keys of webhooks: receivers of messages beside the platform."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from edge.domain.rule import Severity
from edge.domain.subscription import Kind
from edge.settings.values import DurationS, Identifier, Secret, Strict

Timeout = Annotated[DurationS, Field(le=60)]


class Webhook(Strict):
    """One receiver; address and secret may come from env or a file and are never logged."""

    name: Identifier
    url: Secret
    secret: Secret
    kinds: tuple[Kind, ...] = Field((Kind.INCIDENTS, Kind.ALERTS), min_length=1)
    least_severity: Literal[Severity.REVIEW, Severity.NORMAL, Severity.URGENT] = Severity.REVIEW
    cameras: tuple[Identifier, ...] = ()
    timeout: Timeout = 10.0
    ca: Path | None = None
