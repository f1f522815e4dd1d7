"""A verdict is written whole or not at all, whenever its process is killed."""

import json
import subprocess
import sys
import threading
from pathlib import Path

from edge.domain.review import Judgement, Verdict
from edge.store.amendments import Amendment
from edge.store.review import ReviewStore
from tests.conftest import ROOT
from tests.incidents import an_incident
from tests.review_desk import CODES, ONE, ReviewDesk

OPENED, REVIEWED = [1, 1, "opened"], [2, 2, "reviewed"]


def test_a_process_that_is_killed_while_it_judges_loses_nothing_and_doubles_nothing(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.edge.store.killed_judge", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    *killed, last = (json.loads(line) for line in done.stdout.splitlines())
    nothing = [1, "open", "pending", None, [OPENED], []]
    whole = [2, "open", "reviewed", "rejected", [OPENED, REVIEWED], ["rejected"]]
    assert last == {"lived": True, "before": whole, "after": whole}
    assert len(killed) > 8
    assert all(one == {"lived": False, "before": nothing, "after": whole} for one in killed)


def test_of_many_who_judge_at_once_one_is_heard(tmp_path: Path) -> None:
    desk = ReviewDesk(tmp_path / "journal.db")
    desk.tell(an_incident(ONE))
    told: list[Amendment | None] = []
    ready = threading.Barrier(4)

    def judge(name: str) -> None:
        store = ReviewStore(desk.path, desk.clock, category=CODES.category)
        ready.wait()
        told.append(store.judge(ONE, Judgement(Verdict.CONFIRMED), revision=1, reviewer=name))
        store.close()

    threads = [threading.Thread(target=judge, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one is None for one in told) == [False, True, True, True]
    assert len(desk.store.reviews(ONE)) == 1
    assert [one["seq"] for one in desk.told()] == [1, 2]
