"""``case.status``: how far the platform's case about an incident has come."""

from collections.abc import Callable
from typing import Annotated, Protocol

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from edge.commands.command import Answer, Command, CommandRefusedError
from edge.commands.handler import Tell, read_body
from edge.commands.reading import MOMENT, moment
from edge.domain.case import CaseMove, CaseState
from edge.store.cases import Heard
from edge.wire.text import encode

LARGEST_SEQUENCE = 2**53 - 1
"""The greatest whole number that every JSON reader keeps."""

PRINTABLE = r"^[^\x00-\x1f\x7f]*$"
TEXT = r"^[^\x00-\x09\x0b-\x1f\x7f]*$"


class Cases(Protocol):
    """What is known of cases."""

    def hear(self, move: CaseMove) -> Heard:
        """Keep a move and return what it is; raises StoreError."""
        ...


class Body(BaseModel):
    """One move of a case."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    incident: Annotated[str, Field(min_length=1, max_length=64)]
    sequence: Annotated[int, Field(ge=0, le=LARGEST_SEQUENCE)]
    state: CaseState
    at: Annotated[str, Field(pattern=MOMENT)]
    case_number: Annotated[str, Field(max_length=64, pattern=PRINTABLE)] = ""
    department: Annotated[str, Field(max_length=128, pattern=PRINTABLE)] = ""
    text: Annotated[str, Field(max_length=1000, pattern=TEXT)] = ""


_BODY = TypeAdapter(Body)


class CaseStatus:
    """Keeps what the platform says; late news are told as such."""

    def __init__(self, cases: Callable[[], Cases]) -> None:
        """Prepare.

        Args:
            cases: Returns the calling thread's own connection.
        """
        self._cases = cases

    def handle(self, command: Command, _: Tell) -> Answer:
        """Keep a move of a case; see ``Handler``."""
        body = read_body(_BODY, command)
        try:
            at = moment(body.at)
        except ValueError as error:
            raise CommandRefusedError("body", "body.at: there is no such time") from error
        move = CaseMove(
            incident_id=body.incident,
            sequence=body.sequence,
            state=body.state,
            at=at.replace(microsecond=at.microsecond // 1000 * 1000),  # as it is kept
            case_number=body.case_number,
            department=body.department,
            text=body.text,
        )
        heard = self._cases().hear(move)
        if heard is Heard.UNKNOWN_INCIDENT:
            raise CommandRefusedError(heard, "this box has no incident of that id")
        if heard is Heard.CONTRADICTION:
            raise CommandRefusedError(
                heard, "another move of this sequence is known and stays; give the next number"
            )
        return Answer(
            encode({"incident": move.incident_id, "sequence": move.sequence, "heard": heard})
        )
