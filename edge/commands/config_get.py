"""``config.get``: the configuration that the box follows, without its secrets."""

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, TypeAdapter

from edge.commands.command import Answer, Command, CommandFailedError
from edge.commands.handler import Tell, read_body
from edge.commands.replies import MOST_BYTES
from edge.wire.text import encode

ROOM_BYTES = 4096
"""For what stands around the text in an answer."""


class Body(BaseModel):
    """Nothing: there is one configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)


_BODY = TypeAdapter(Body)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The configuration that was accepted last.

    Attributes:
        version: Of its text, secrets included.
        history_id: Of the state in the box's history; None if that has none.
        text: YAML, its secrets hidden.
    """

    version: str
    history_id: int | None
    text: str


class ConfigGet:
    """Tells the configuration."""

    def __init__(self, accepted: Callable[[], Accepted]) -> None:
        """Prepare; ``accepted`` returns what is followed now."""
        self._accepted = accepted

    def handle(self, command: Command, _: Tell) -> Answer:
        """Return the configuration; see ``Handler``."""
        read_body(_BODY, command)
        now = self._accepted()
        body = encode({"version": now.version, "history_id": now.history_id, "yaml": now.text})
        if len(body) > MOST_BYTES - ROOM_BYTES:
            raise CommandFailedError(
                "oversized",
                f"the configuration has {len(body)} bytes; an answer may have "
                f"{MOST_BYTES - ROOM_BYTES}, see it in the console",
            )
        return Answer(body)
