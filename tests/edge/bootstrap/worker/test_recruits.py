"""Worker processes as they begin: real ones, without cameras."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from edge.bootstrap.worker.assignment import SPARE, Assignment
from edge.bootstrap.worker.recruits import CALM_AFTER_S, Recruit, Recruits
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


@pytest.mark.e2e
def test_who_was_called_up_is_taken_first_and_else_ended(clock: FakeClock) -> None:
    recruits = Recruits(clock)
    recruits.call_up(2)
    first = recruits.take()
    recruits.end()
    left = Recruits(clock)
    left.call_up(1)
    only = left.take()
    other = left.take()
    try:
        assert first.exitcode is None
        assert len({id(one) for one in (first, only, other)}) == 3
    finally:
        for one in (first, only, other):
            one.kill()
            one.join(PATIENCE_S)


@pytest.mark.e2e
def test_no_spare_is_started_while_others_begin(clock: FakeClock) -> None:
    recruits = Recruits(clock)
    recruits.keep_spare = True
    taken = recruits.take()
    recruits.replenish()
    assert not recruits.ready
    clock.advance(CALM_AFTER_S)
    recruits.replenish()
    assert recruits.ready
    recruits.end()
    taken.kill()
    taken.join(PATIENCE_S)


@pytest.mark.e2e
def test_a_spare_that_somebody_waits_for_is_started_at_once(clock: FakeClock) -> None:
    recruits = Recruits(clock)
    recruits.keep_spare = True
    taken = recruits.take()
    recruits.replenish(needed=True)
    assert recruits.ready
    recruits.end()
    taken.kill()
    taken.join(PATIENCE_S)
