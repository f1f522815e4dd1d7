"""Writes a picture's incidents into journals and is killed at each statement in turn.

``python -m tests.edge.store.killed_writer FOLDER`` prints for each journal what it holds after.
"""

import json
import os
import signal
import sys
from pathlib import Path

from edge.domain.camera import Duty, Post
from edge.store.journal import Journal, Revision
from edge.store.outbox import Outbox
from edge.store.outgoing import Still
from tests.conftest import FakeClock
from tests.incidents import an_incident

POST = Post("street-01", Duty.STREET)


def write(journal: Journal, *, memory: bytes) -> None:
    """Write two incidents with a picture each, and what is known after them."""
    revisions = [
        Revision(
            an_incident(name),
            lambda incident, seq: f"{incident.id}/{seq}".encode(),
            lambda incident: [Still(f"evidence/{incident.id}/opened.jpg", b"jpeg")],
        )
        for name in ("a", "b")
    ]
    journal.record_incidents(POST, revisions, memory)


def write_until_killed(path: Path, at_statement: int) -> None:
    """Write, and kill this process when a statement is about to run."""
    journal = Journal(path, FakeClock())
    journal.record_incidents(POST, (), b"before")
    statements = 0

    def count(statement: str) -> None:
        nonlocal statements
        statements += 1
        if statements == at_statement:
            os.kill(os.getpid(), signal.SIGKILL)

    journal._connection.set_trace_callback(count)
    write(journal, memory=b"after")


def found(path: Path) -> dict[str, object]:
    """Return what a journal holds."""
    journal, outbox = Journal(path, FakeClock()), Outbox(path, FakeClock())
    return {
        "incidents": journal.count_incidents(),
        "open": [one.id for one in journal.open_incidents(POST)],
        "messages": [[one.seq, one.leaf] for one in outbox.waiting(limit=100)],
        "memory": (journal.recall(POST) or b"").decode(),
    }


def main(folder: Path) -> None:
    """Kill a child at each statement until one lives."""
    lived, number = False, 0
    while not lived:
        number += 1
        path = folder / f"{number}.db"
        child = os.fork()
        if child == 0:
            write_until_killed(path, number)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        lived = os.waitstatus_to_exitcode(status) == 0
        sys.stdout.write(json.dumps({"lived": lived, **found(path)}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
