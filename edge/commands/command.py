"""A command of the platform and what the box says to it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

EMPTY = b"{}"


class CommandName(StrEnum):
    """What a box can be asked for."""

    CLIP_REQUEST = "clip.request"
    CASE_STATUS = "case.status"
    RECHECK = "recheck"
    RESIDENTS_DELTA = "residents.delta"
    CONFIG_GET = "config.get"


@dataclass(frozen=True, slots=True)
class Command:
    """What the platform asks for, its signature checked.

    Attributes:
        id: UUID; the platform's key.
        box_id: Of the box that is asked: this one.
        name: What is asked for: ``config.get`` ...
        signer: Name of the key that it is signed with.
        body: A JSON object; not shown when the command is printed, as it may be about people.
    """

    id: str
    box_id: str
    name: str
    signer: str
    issued_at: datetime
    expires_at: datetime
    body: bytes = EMPTY

    def __repr__(self) -> str:
        return f"Command({self.name}, {self.id}, {len(self.body)} bytes)"


class AnswerState(StrEnum):
    """How far a command has come."""

    PROGRESS = "progress"
    """More answers follow."""
    DONE = "done"
    FAILED = "failed"
    """It was taken and could not be done."""
    REFUSED = "refused"
    """It was not done, and the same again would be refused again."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that follows an answer, below the answer's topic.

    Attributes:
        name: Last part of its topic: letters, digits, ``.``, ``_`` and ``-``.
        media_type: Of the content.
        content: At most 256 KiB.
    """

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler says.

    Attributes:
        body: A JSON object, as ``edge.wire.text.encode`` makes it.
        attachments: Sent after the answer, in order.
    """

    body: bytes = EMPTY
    attachments: tuple[Attachment, ...] = ()


class CommandError(Exception):
    """A command was not done.

    Attributes:
        code: One word for programs: ``body``, ``expired`` ...
        text: One sentence for people: what is wrong and what to do; nothing about a person.
        details: Body of the answer, a JSON object.
    """

    def __init__(self, code: str, text: str, details: bytes = EMPTY) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text
        self.details = details


class CommandRefusedError(CommandError):
    """Tell the platform that this will not be done, however often it asks."""


class CommandFailedError(CommandError):
    """Tell the platform that this could not be done; it may ask again, with a new command."""
