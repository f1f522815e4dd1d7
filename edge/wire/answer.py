"""``gridwatch.answer/1``."""

import json
from dataclasses import dataclass
from datetime import datetime

from edge.clock import ClockState
from edge.wire.parts import clock_part
from edge.wire.text import encode, timestamp


@dataclass(frozen=True, slots=True)
class Reply:
    """What the box says to a command.

    Attributes:
        state: ``progress``, ``done``, ``failed`` or ``refused``.
        code: Why it was not done, empty if it was.
        text: The same for people.
        clock: The box's, as what is valid is a matter of time.
        body: JSON object, by the command's name.
        attachments: Names of what follows, below the answer's topic.
    """

    command_id: str
    box_id: str
    name: str
    state: str
    at: datetime
    clock: ClockState
    code: str = ""
    text: str = ""
    body: bytes = b"{}"
    attachments: tuple[str, ...] = ()


def answer_message(reply: Reply) -> bytes:
    """Return the JSON of ``gridwatch.answer/1``."""
    return encode(
        {
            "schema": "gridwatch.answer/1",
            "command_id": reply.command_id,
            "box_id": reply.box_id,
            "name": reply.name,
            "state": reply.state,
            "code": reply.code,
            "text": reply.text,
            "at": timestamp(reply.at),
            "clock": clock_part(reply.clock),
            "attachments": list(reply.attachments),
            "body": json.loads(reply.body),
        }
    )
