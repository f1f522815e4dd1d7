from pathlib import Path

import pytest

from edge.bootstrap.upkeep.housekeeping import RUN_EVERY_S, Housekeeping
from edge.errors import StoreError
from edge.evidence.retention import Retention, Terms
from tests.conftest import FakeClock
from tests.exhibits import A, B, Exhibits

DAY_S = 86400.0


class Counted(Retention):
    runs = 0
    fails = False

    def run(self) -> int:
        if self.fails:
            raise StoreError("journal.db: cannot be written; make room")
        self.runs += 1
        return super().run()


@pytest.fixture
def box(tmp_path: Path, clock: FakeClock) -> Exhibits:
    return Exhibits(tmp_path, clock)


@pytest.fixture
def retention(box: Exhibits) -> Counted:
    return Counted(
        box.folder,
        box.store,
        box.manifests,
        terms=Terms(DAY_S, DAY_S, 5000, 0),
        clock=box.clock,
        free_bytes=lambda: 10**9,
    )


def test_it_runs_every_hour(retention: Counted, clock: FakeClock) -> None:
    housekeeping = Housekeeping(retention, clock)
    for _ in range(3):
        housekeeping.look()
    assert retention.runs == 1
    clock.advance(RUN_EVERY_S)
    housekeeping.look()
    assert retention.runs == 2


def test_it_runs_at_once_when_the_quota_is_exceeded(
    retention: Counted, box: Exhibits, clock: FakeClock
) -> None:
    housekeeping = Housekeeping(retention, clock)
    housekeeping.look()
    box.open(A, ["opened.jpg", "clip.mp4"], size=2000)
    housekeeping.look()
    assert retention.runs == 1
    clock.advance(1)
    box.open(B, ["opened.jpg", "clip.mp4"], size=2000)
    housekeeping.look()
    assert retention.runs == 2
    assert [one.name for one in box.store.purges(A)] == ["clip.mp4"]


def test_a_journal_that_cannot_be_written_is_said_and_tried_again(
    retention: Counted, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    housekeeping = Housekeeping(retention, clock)
    retention.fails = True
    housekeeping.look()
    assert "evidence is not tidied" in caplog.text
    retention.fails = False
    clock.advance(RUN_EVERY_S)
    housekeeping.look()
    assert retention.runs == 1


def test_an_errand_is_done_at_every_look_and_may_fail(
    retention: Counted, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    asked = []

    def errand() -> None:
        asked.append(clock.mono_s())
        raise OSError(5, "Input/output error")

    housekeeping = Housekeeping(retention, clock, errand=errand)
    housekeeping.look()
    clock.advance(RUN_EVERY_S)
    housekeeping.look()
    assert len(asked) == retention.runs == 2
    assert "old pictures are not removed: Input/output error" in caplog.text
