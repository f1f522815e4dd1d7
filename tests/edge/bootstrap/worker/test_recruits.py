"""Worker processes as they begin: real ones, without cameras."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from edge.bootstrap.worker.recruits import Recruit, Recruits
from edge.bootstrap.worker.shard import SPARE, Assignment
from edge.supervisor.slate import Stage
from tests.conftest import FakeClock

PATIENCE_S = 60.0


def ready(recruit: Recruit) -> int:
    """Wait until it has loaded its libraries; return its process."""
    never, until_s = Event(), time.monotonic() + PATIENCE_S
    while recruit.slate.stage != Stage.SPARE or not recruit.slate.beats:
        assert time.monotonic() < until_s
        never.wait(0.05)
    pid = recruit.process.pid
    assert pid is not None
    return pid


@pytest.fixture
def recruit() -> Iterator[Recruit]:
    made = Recruit()
    yield made
    made.kill()
    made.join(5)


@pytest.mark.e2e
def test_a_spare_says_who_it_is_gives_signs_of_life_and_leaves_its_last_words(
    recruit: Recruit,
) -> None:
    pid = ready(recruit)
    assert Path(f"/proc/{pid}/comm").read_text().strip() == SPARE
    assert int(Path(f"/proc/{pid}/oom_score_adj").read_text()) > 0
    assert (recruit.memory_bytes() or 0) > 50_000_000
    os.kill(pid, signal.SIGSEGV)
    recruit.join(PATIENCE_S)
    assert recruit.exitcode == -signal.SIGSEGV
    assert "Current thread 0x" in recruit.last_words()


@pytest.mark.e2e
def test_a_spare_that_has_died_is_not_taken(clock: FakeClock) -> None:
    recruits = Recruits(clock)
    recruits.keep_spare = True
    recruits.replenish()
    spare = recruits.take()
    recruits.replenish()
    other = recruits.take()
    assert other is not spare
    other.kill()
    other.join(PATIENCE_S)
    other.assign(Assignment("worker-1", Path("none.yaml"), "", ("a",), follows=False))
    assert other.exitcode == -signal.SIGKILL
    ready(spare)
    spare.terminate()
    spare.join(PATIENCE_S)
    assert spare.exitcode == 128 + signal.SIGTERM
    recruits.end()
