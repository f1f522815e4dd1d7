"""Keys of commands: what the platform may ask of the box, and whose signature it believes."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from edge.commands.command import CommandName
from edge.delivery.reachable import on_this_machine
from edge.settings.values import DurationS, Identifier, Strict

Origin = Annotated[str, Field(pattern=r"^https?://(\[[0-9a-fA-F:]+\]|[^/@\s:\[\]]+)(:\d{1,5})?$")]
Validity = Annotated[DurationS, Field(le=86400)]


class Commands(Strict):
    """What is taken from the platform; relative paths start from the file's own folder."""

    keys: dict[Identifier, Path] = Field(min_length=1, max_length=16)
    allow: tuple[CommandName, ...] = Field(min_length=1)
    longest_validity: Validity = 3600.0
    per_minute: int = Field(60, ge=1, le=600)
    uploads: tuple[Origin, ...] = Field((), max_length=16)
    uploads_ca: Path | None = None
    clear_clips: bool = False

    @field_validator("uploads")
    @classmethod
    def _private(cls, uploads: tuple[str, ...]) -> tuple[str, ...]:
        for one in uploads:
            url = urlsplit(one)
            if url.scheme == "http" and not on_this_machine(str(url.hostname)):
                raise ValueError(f"{one}: use https; http is for this machine alone")
        return uploads
