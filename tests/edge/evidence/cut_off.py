"""Writes incidents with their evidence, keys and settings until its disk has no power any more.

``python -m tests.edge.evidence.cut_off HOME`` prints the name of each thing as soon as it is said
to be on the disk.
"""

import itertools
import sys
from pathlib import Path

from edge.bootstrap.configuration.history import write_whole
from edge.domain.camera import Duty, Post
from edge.errors import StoreError
from edge.store.accounts import Accounts
from edge.store.database import flushed_later, transaction
from edge.store.journal import Journal
from edge.store.key_file import write_key
from tests.conftest import FakeClock
from tests.exhibits import Exhibits
from tests.incidents import a_recorder
from tests.passages import a_passage

STILLS = ("opened.jpg", "opened-annotated.jpg", "clip.mp4")
POST = Post("street-02", Duty.STREET)


def incident_id(number: int) -> str:
    """Return the id of an incident."""
    return f"0193a5b0-0000-7000-8000-{number:012x}"


def main(home: Path) -> None:
    """Write and say so, one thing after the other."""
    clock = FakeClock()
    box = Exhibits(home, clock)
    accounts = Accounts(home / "console.db", clock)
    journal = Journal(home / "journal.db", clock)
    recorder = a_recorder(journal, POST)
    settings = home / "gridwatch.yaml"
    write_whole(settings, "number: 0\n", mode=0o600)
    for number in itertools.count(1):
        said = [f"passage p{number}"]
        journal.record_passage(a_passage(f"p{number}"), lambda seq: b'{"seq": %d}' % seq)
        recorder.record((), None, (), memory=b"m%d" % number)
        box.open(incident_id(number), STILLS, size=3000 + number)
        said.append(f"incident {incident_id(number)}")
        accounts.audit("test", "act", str(number), "ok")
        said.append(f"audit {number}")
        if number % 5 == 0:
            write_whole(settings, f"number: {number}\n")
            write_key(home / "keys" / f"{number}.key", b"k" * 32)
            said += [f"settings {number}", f"key {number}"]
        with flushed_later(journal._connection), transaction(journal._connection):
            journal._connection.execute("UPDATE counters SET value = value WHERE name = 'seq'")
        clock.advance(60)
        sys.stdout.write("\n".join(said) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except (OSError, StoreError):
        sys.exit(3)
