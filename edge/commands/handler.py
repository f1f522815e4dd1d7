"""What does one kind of command, and how it reads what it was asked."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from pydantic import TypeAdapter, ValidationError

from edge.commands.command import Answer, Command, CommandRefusedError

TOLD_FAULTS = 5
BODY = "body"

T = TypeVar("T")
Tell = Callable[[Answer], None]
"""Says how far a command has come, at once; the answer that is returned is the last one."""


class Handler(Protocol):
    """Does the commands of one name, one at a time, on a thread that may wait.

    A command that was taken and not answered when the box went down is handled again from its
    beginning: doing it twice must be the same as doing it once.
    """

    def handle(self, command: Command, tell: Tell) -> Answer:
        """Do what is asked and return the last answer.

        Args:
            command: What is asked; its signature, box, times and size have been checked.
            tell: Called with what can be said before the end.

        Raises:
            CommandRefusedError: It is not to be done, or its body is not what it must be.
            CommandFailedError: It could not be done.
        """
        ...


def read_body(adapter: TypeAdapter[T], command: Command) -> T:
    """Return the body of a command.

    Args:
        adapter: Of a frozen dataclass or model that forbids what it does not know.
        command: Whose body it is.

    Raises:
        CommandRefusedError: It is something else; says where, and never what was there.
    """
    try:
        return adapter.validate_json(command.body, strict=True)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        said = [f"{_where(fault['loc'])}: {fault['msg']}" for fault in faults[:TOLD_FAULTS]]
        raise CommandRefusedError(BODY, "; ".join(said)) from error


def _where(location: tuple[int | str, ...]) -> str:
    return ".".join((BODY, *(str(part) for part in location)))
