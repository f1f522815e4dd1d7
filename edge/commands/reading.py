"""From what was signed to a command, or the reason why it is none for this box now."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from edge.commands.bounded import read_object
from edge.commands.command import Command, CommandName, CommandRefusedError
from edge.commands.envelope import MALFORMED, Opened
from edge.wire.text import encode

SCHEMA = "gridwatch.command/1"
UUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
IDENTIFIER = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"
NAME = r"^[a-z]+(\.[a-z_]+)?$"
MOMENT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z$"
AHEAD = timedelta(seconds=60)
"""How far the platform's clock may be ahead of the box's."""

SMALL_BYTES = 64 * 1024
LARGE_BYTES = 8 * 1024 * 1024
LARGE = frozenset((CommandName.RESIDENTS_DELTA,))

Moment = Annotated[str, Field(pattern=MOMENT)]


class _Content(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    form: Literal["gridwatch.command/1"] = Field(alias="schema")
    id: str = Field(pattern=UUID)
    box_id: str = Field(pattern=IDENTIFIER)
    name: str = Field(pattern=NAME, max_length=64)
    issued_at: Moment
    expires_at: Moment
    body: dict[str, object]


def read_command(opened: Opened, envelope_bytes: int) -> Command:
    """Return the command of an envelope.

    Args:
        opened: The envelope.
        envelope_bytes: Its size as it came.

    Raises:
        CommandRefusedError: It is none, or is larger than its name allows.
    """
    try:
        content = _Content.model_validate(read_object(opened.content))
        body = encode(content.body)  # the same body, the same bytes
        issued_at, expires_at = moment(content.issued_at), moment(content.expires_at)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise CommandRefusedError(MALFORMED, f"is no {SCHEMA}: see {where[:80]}") from error
    except ValueError as error:
        raise CommandRefusedError(MALFORMED, f"is no {SCHEMA}: {_said(error)}") from error
    most_bytes = LARGE_BYTES if content.name in LARGE else SMALL_BYTES
    command = Command(
        id=content.id,
        box_id=content.box_id,
        name=content.name,
        signer=opened.signer,
        issued_at=issued_at,
        expires_at=expires_at,
        body=body,
    )
    if envelope_bytes > most_bytes:
        raise SignedRefusalError(
            command,
            "oversized",
            f"has {envelope_bytes} bytes; {content.name} may have {most_bytes}",
        )
    return command


class SignedRefusalError(CommandRefusedError):
    """A command that is refused, and whose sender is known: it is answered.

    Attributes:
        command: What is refused.
    """

    def __init__(self, command: Command, code: str, text: str) -> None:
        super().__init__(code, text)
        self.command = command


def require_for_now(command: Command, now: datetime, *, longest_validity_s: float) -> None:
    """Raise SignedRefusalError if a command is not valid at this moment."""
    validity = command.expires_at - command.issued_at
    if not timedelta(0) < validity <= timedelta(seconds=longest_validity_s):
        raise SignedRefusalError(
            command,
            "validity",
            f"is valid for {validity.total_seconds():.0f} s; up to {longest_validity_s:.0f} s are "
            "allowed (commands.longest_validity)",
        )
    if now >= command.expires_at:
        raise SignedRefusalError(command, "expired", f"it is {now:%Y-%m-%dT%H:%M:%SZ} here")
    if command.issued_at - now > AHEAD:
        raise SignedRefusalError(command, "not_yet_valid", f"it is {now:%Y-%m-%dT%H:%M:%SZ} here")


def moment(text: str) -> datetime:
    """Return the time of an RFC 3339 text in UTC; raises ValueError."""
    if re.fullmatch(MOMENT, text) is None:
        raise ValueError("a time is no RFC 3339 in UTC")
    return datetime.fromisoformat(text).astimezone(UTC)


def _said(error: ValueError) -> str:
    """Return what is wrong, and nothing of the text it is wrong with."""
    return str(error) if type(error) is ValueError else type(error).__name__
