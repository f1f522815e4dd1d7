"""What is asked for by ``clip.request``: whose clip, of what time, and where it goes."""

from datetime import datetime, timedelta
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from edge.commands.command import CommandRefusedError
from edge.commands.reading import MOMENT, moment

LONGEST_SPAN = timedelta(minutes=10)
AHEAD = timedelta(seconds=5)
"""What has just been filmed: the platform's clock may be a little ahead."""

Name = Annotated[str, Field(min_length=1, max_length=64)]
Moment = Annotated[str, Field(pattern=MOMENT)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class To(_Strict):
    """Where it goes: an address, or the broker."""

    put: Annotated[str, Field(min_length=1, max_length=2048)] | None = None
    mqtt: bool = False

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.put is None) == (not self.mqtt):
            raise ValueError('give {"put": address} or {"mqtt": true}')
        return self


class Body(_Strict):
    """What is asked for."""

    incident: Name | None = None
    camera: Name | None = None
    begins_at: Moment | None = Field(None, alias="from")
    ends_at: Moment | None = Field(None, alias="until")
    clear: bool = False
    to: To

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        span = (self.camera, self.begins_at, self.ends_at)
        given = [part is not None for part in span]
        if (self.incident is not None and any(given)) or (self.incident is None and not all(given)):
            raise ValueError("name an incident, or camera, from and until")
        return self


BODY = TypeAdapter(Body)


def span_of(body: Body, now: datetime) -> tuple[datetime, datetime]:
    """Return from when to when a camera's film is wanted.

    Raises:
        CommandRefusedError: It is too long, or still to come.
    """
    begins_at, ends_at = moment(str(body.begins_at)), moment(str(body.ends_at))
    if not timedelta() < ends_at - begins_at <= LONGEST_SPAN:
        most = LONGEST_SPAN // timedelta(minutes=1)
        raise CommandRefusedError("span", f"until must follow from within {most} minutes")
    if ends_at > now + AHEAD:
        raise CommandRefusedError("span", "until is still to come")
    return begins_at, ends_at
