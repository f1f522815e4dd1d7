"""Judges an incident and is killed at each statement in turn.

``python -m tests.edge.store.killed_judge FOLDER`` prints for each journal what it holds after, and
after whoever was killed has judged once more.
"""

import json
import os
import signal
import sys
from pathlib import Path

from edge.domain.review import Judgement, RejectReason, Verdict
from tests.incidents import an_incident
from tests.review_desk import ONE, ReviewDesk

REJECTED = Judgement(Verdict.REJECTED, RejectReason.MOVING, "drove on")


def judge_until_killed(path: Path, at_statement: int) -> None:
    """Judge, and kill this process when a statement is about to run."""
    desk = ReviewDesk(path)
    desk.tell(an_incident(ONE))
    statements = 0

    def count(statement: str) -> None:
        nonlocal statements
        statements += 1
        if statements == at_statement:
            os.kill(os.getpid(), signal.SIGKILL)

    desk.store._connection.set_trace_callback(count)
    desk.store.judge(ONE, REJECTED, revision=1, reviewer="lin")


def found(path: Path) -> dict[str, object]:
    """Return what a journal holds, and what is told of a verdict that is given once more."""
    desk = ReviewDesk(path)

    def held() -> list[object]:
        told = [[one["seq"], one["revision"], one["action"]] for one in desk.told()]
        rows = [str(row.verdict) for row in desk.store.reviews(ONE)]
        return [*desk.state(), told, rows]

    before = held()
    desk.store.judge(ONE, REJECTED, revision=1, reviewer="lin")
    return {"before": before, "after": held()}


def main(folder: Path) -> None:
    """Kill a child at each statement until one lives."""
    lived, number = False, 0
    while not lived:
        number += 1
        path = folder / f"{number}.db"
        child = os.fork()
        if child == 0:
            judge_until_killed(path, number)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        lived = os.waitstatus_to_exitcode(status) == 0
        sys.stdout.write(json.dumps({"lived": lived, **found(path)}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
