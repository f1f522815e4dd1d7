"""Writes an incident with its evidence and is killed at each file it touches, and each statement.

``python -m tests.edge.evidence.killed_exhibitor FOLDER`` prints for each box what it holds after,
and after whoever was killed has written it once more.
"""

import json
import os
import signal
import sys
from pathlib import Path

from edge.evidence.folder import sha256_of
from edge.evidence.verification import verify_incident
from edge.store.outbox import Outbox
from tests.conftest import FakeClock
from tests.exhibits import A, Exhibits

NAMES = ("opened.jpg", "opened-annotated.jpg")
TOUCHES = frozenset({"open", "os.link", "os.mkdir", "os.remove", "os.rename", "os.chmod"})


def write_until_killed(home: Path, at: int) -> None:
    """Write, and kill this process when it is about to touch a file or run a statement."""
    box = Exhibits(home, FakeClock())
    times = 0

    def count() -> None:
        nonlocal times
        times += 1
        if times == at:
            os.kill(os.getpid(), signal.SIGKILL)

    def touched(event: str, given: tuple[object, ...]) -> None:
        if event in TOUCHES and str(home) in str(given[0]):
            count()

    box.journal._connection.set_trace_callback(lambda _: count())
    sys.addaudithook(touched)
    box.open(A, NAMES, size=5000)
    os._exit(0)


def found(home: Path) -> list[object]:
    """Return how many messages there are, which files are known, and what is wrong with them."""
    box = Exhibits(home, FakeClock())
    items = box.store.items(A)
    wrong = [
        item.name
        for item in items
        if not (box.folder.root / item.path).exists()
        or sha256_of(box.folder.root / item.path) != item.sha256
    ]
    if box.store.revisions(A):
        box.manifests.write(A)  # as the next change would
        verified = verify_incident(
            A, folder=box.folder, store=box.store, authenticator=box.authenticator
        )
        wrong += map(str, verified.problems)
    waiting = Outbox(home / "journal.db", FakeClock()).waiting(limit=100)
    return [len([one for one in waiting if one.seq]), sorted(item.name for item in items), wrong]


def main(folder: Path) -> None:
    """Kill a child at each point until one lives."""
    lived, number = False, 0
    while not lived:
        number += 1
        home = folder / str(number)
        child = os.fork()
        if child == 0:
            write_until_killed(home, number)
        _, status = os.waitpid(child, 0)
        lived = os.waitstatus_to_exitcode(status) == 0
        before = found(home)
        again = Exhibits(home, FakeClock())
        again.folder.forget_drafts()
        again.open(A, NAMES, size=5000)
        after = found(home)
        drafts = len(list((home / "evidence" / ".drafts").iterdir()))
        told = {"lived": lived, "before": before, "after": after, "drafts": drafts}
        sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
