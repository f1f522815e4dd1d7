"""``residents.delta``: who is registered, from one version of the platform's list to the next."""

import base64
import binascii
import hashlib
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from edge.commands.command import Answer, Command, CommandRefusedError
from edge.commands.handler import Tell, read_body
from edge.commands.reading import MOMENT, moment
from edge.commands.refusals import UNKNOWN_SIGNER as PLATFORM
from edge.domain.delta import Applied, Delta, DeltaRefused, Entry, GivenTemplate, Removal
from edge.domain.resident import Category, Consent
from edge.wire.receipt import receipt_message
from edge.wire.text import encode

MOST_ENTRIES = 1000
MOST_PHOTOS = 8
MOST_PHOTO_TEXT = 2 * 1024 * 1024
LARGEST_VERSION = 2**53 - 1
TOLD_MISFITS = 200

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
Word = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$")]
Photo = Annotated[str, Field(min_length=1, max_length=MOST_PHOTO_TEXT)]
Version = Annotated[int, Field(ge=0, le=LARGEST_VERSION)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class ConsentBody(_Strict):
    """Without it nobody is registered."""

    notice_version: Word
    given_at: Annotated[str, Field(pattern=MOMENT)]
    channel: Word
    guardian: Word | None = None
    portrait: bool = False


class TemplateBody(_Strict):
    """A face vector, made with the same network as the box's."""

    model_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    photos: Annotated[int, Field(ge=1, le=100)]
    vector: Annotated[str, Field(min_length=1, max_length=16_384)]


class Put(_Strict):
    """Register somebody, or change somebody of whom no picture is given."""

    op: Literal["put"]
    id: Id
    category: Category = Category.RESIDENT
    valid_from: date | None = None
    valid_until: date | None = None
    birth_date: date | None = None
    consent: ConsentBody | None = None
    photos: Annotated[tuple[Photo, ...], Field(max_length=MOST_PHOTOS)] = ()
    template: TemplateBody | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.photos and self.template is not None:
            raise ValueError("give photos or a template, not both")
        if (self.photos or self.template is not None) and self.consent is None:
            raise ValueError("who is registered has consented: give consent")
        begin, end = self.valid_from, self.valid_until
        if begin is not None and end is not None and end < begin:
            raise ValueError("valid_until lies before valid_from")
        return self


class Remove(_Strict):
    """Forget somebody: because they moved out, or because they withdrew their consent."""

    op: Literal["remove", "withdraw"]
    id: Id


class Body(_Strict):
    """One step of the list."""

    from_version: Version
    to_version: Version
    entries: Annotated[
        tuple[Annotated[Put | Remove, Field(discriminator="op")], ...],
        Field(max_length=MOST_ENTRIES),
    ]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.to_version <= self.from_version:
            raise ValueError("to_version must be greater than from_version")
        if len({one.id for one in self.entries}) < len(self.entries):
            raise ValueError("an id stands in it twice")
        return self


_BODY = TypeAdapter(Body)

Apply = Callable[[Delta, str], Applied | DeltaRefused]
"""Applies a delta for an actor of the audit; raises ConfigError and StoreError."""


class ResidentsDelta:
    """Changes the residents, and hands out a receipt that the box has signed."""

    def __init__(self, apply: Apply, seal: Callable[[bytes], bytes], *, box_id: str) -> None:
        """Prepare.

        Args:
            apply: Changes the residents.
            seal: Returns bytes in an envelope that the box has signed.
            box_id: Of the box.
        """
        self._apply = apply
        self._seal = seal
        self._box_id = box_id

    def handle(self, command: Command, _: Tell) -> Answer:
        """Apply a delta and return its receipt; see ``Handler``."""
        delta = _delta(read_body(_BODY, command), command)
        done = self._apply(delta, f"{PLATFORM}:{command.signer}")
        if isinstance(done, DeltaRefused):
            raise CommandRefusedError(done.code, done.text, encode(_details(done)))
        receipt = receipt_message(done, box_id=self._box_id)
        return Answer(
            encode({"version": done.to_version, "receipt": self._seal(receipt).decode("ascii")})
        )


def _details(refused: DeltaRefused) -> dict[str, Any]:
    people = [{"id": one.id, "reasons": list(one.reasons)} for one in refused.misfits]
    return {"version": refused.version, "people": people[:TOLD_MISFITS]}


def _delta(body: Body, command: Command) -> Delta:
    return Delta(
        command_id=command.id,
        sha256=hashlib.sha256(command.body).hexdigest(),
        from_version=body.from_version,
        to_version=body.to_version,
        entries=tuple(
            _entry(one, number) for number, one in enumerate(body.entries) if isinstance(one, Put)
        ),
        removals=tuple(
            Removal(one.id, withdrawn=one.op == "withdraw")
            for one in body.entries
            if isinstance(one, Remove)
        ),
    )


def _entry(put: Put, number: int) -> Entry:
    where = f"body.entries.{number}"
    return Entry(
        id=put.id,
        category=put.category,
        valid_from=put.valid_from,
        valid_until=put.valid_until,
        birth_date=put.birth_date,
        consent=_consent(put.consent, where) if put.consent is not None else None,
        photos=tuple(_bytes(photo, f"{where}.photos") for photo in put.photos),
        template=_template(put.template, where) if put.template is not None else None,
    )


def _consent(body: ConsentBody, where: str) -> Consent:
    try:
        given_at = moment(body.given_at)
    except ValueError as error:
        raise CommandRefusedError(
            "body", f"{where}.consent.given_at: there is no such time"
        ) from error
    return Consent(body.notice_version, given_at, body.channel, body.guardian, body.portrait)


def _template(body: TemplateBody, where: str) -> GivenTemplate:
    vector = _bytes(body.vector, f"{where}.template.vector")
    if len(vector) % 4:
        raise CommandRefusedError("body", f"{where}.template.vector: is no list of float32")
    return GivenTemplate(body.model_sha256, body.photos, vector)


def _bytes(text: str, where: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise CommandRefusedError("body", f"{where}: is not base64") from error
