"""Keys of the platform's broker."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from edge.settings.evidence import SizeBytes
from edge.settings.values import DurationS, Identifier, Secret, Strict


class ReceiptTerms(Strict):
    """How long the platform may take to say that it has a message."""

    timeout: Annotated[DurationS, Field(ge=1)] = 300.0


class Mqtt(Strict):
    """The platform's broker."""

    url: str = Field(
        "embedded://127.0.0.1:1883",
        pattern=r"^(mqtts?|embedded)://(\[[0-9a-fA-F:]+\]|[^/@\s:\[\]]+)(:\d{1,5})?$",
    )
    version: Literal["5", "3.1.1"] = "5"
    client_id: Identifier | None = None
    username: str | None = None
    password: Secret | None = None
    ca: Path | None = None
    crl: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    keepalive: DurationS = 30.0
    session_expiry: DurationS = 86400.0
    in_flight: int = Field(16, ge=1, le=1000)
    health_every: DurationS = 30.0
    face_stills: bool = False
    street_stills: bool = True
    stills_room: SizeBytes = 2 * 10**9
    receipts: ReceiptTerms | None = None

    @field_validator("version", mode="before")
    @classmethod
    def _version_as_text(cls, version: object) -> str:
        return str(version)

    @model_validator(mode="after")
    def _pairs(self) -> Self:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("certificate and key belong together; give both or none")
        if self.password is not None and self.username is None:
            raise ValueError("a password needs a username")
        return self
