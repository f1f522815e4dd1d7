"""What became of a command, from what its handler returned or raised."""

import logging
import traceback

from edge.commands.command import Answer, CommandFailedError, CommandRefusedError
from edge.errors import TOLD
from edge.store.commands import DONE, FAILED, REFUSED, Outcome, Taken

log = logging.getLogger(__name__)

SEE_LOG = "the box could not do it; its log says why"


def outcome_of(command: Taken, result: Answer | BaseException) -> tuple[Outcome, Answer]:
    """Return what a command is noted and answered with.

    Args:
        command: For the log.
        result: The handler's answer, or its error as it came back from the thread.
    """
    match result:
        case Answer():
            return Outcome(DONE), result
        case CommandRefusedError():
            return Outcome(REFUSED, result.code, result.text), Answer(result.details)
        case CommandFailedError():
            return Outcome(FAILED, result.code, result.text), Answer(result.details)
        case _ if isinstance(result, TOLD):
            log.error("command=%s %s: %s", command.id, command.name, result)
            return Outcome(FAILED, "box", SEE_LOG), Answer()
        case _:
            # Its text may be about a person.
            where = traceback.extract_tb(result.__traceback__)[-1:]
            at = f"{where[0].filename}:{where[0].lineno}" if where else "unknown"
            kind = type(result).__name__
            log.error("command=%s %s broke: %s at %s", command.id, command.name, kind, at)
            return Outcome(FAILED, "broke", SEE_LOG), Answer()
