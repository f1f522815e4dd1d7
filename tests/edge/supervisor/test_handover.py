"""A reload: the new workers are ready before the old ones end, or nothing has happened."""

from collections.abc import Sequence

import pytest

from edge.supervisor.handover import ATTEMPTS, PICTURES_WITHIN_S, Handover
from edge.supervisor.shards import Shards
from edge.supervisor.slate import Stage
from edge.supervisor.worker import Limits, ReloadRefusedError
from tests.conftest import FakeClock
from tests.crew import Crew, FakeWorker


class Change:
    """Worker ``two`` is to be followed by another process."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.crew = Crew(clock)
        limits = Limits(silent_s=5.0)
        shares = {"one": ["a"], "two": ["b", "c"]}
        self.shards = Shards(shares, start=self.crew.start, clock=clock, limits=limits)
        self.old = self.crew["two"]
        self.newcomers: list[FakeWorker] = []
        self.told: list[str] = []
        self.handover = Handover(
            self.shards,
            ending={"two"},
            shares={"two": ("b", "c")},
            start=self.start,
            between=lambda: self.told.append("between"),
            clock=clock,
        )

    def start(self, name: str, camera_ids: Sequence[str]) -> FakeWorker:
        worker = FakeWorker(camera_ids, stage=Stage.LOADING)
        worker.slate.turn = 0
        self.newcomers.append(worker)
        return worker

    @property
    def new(self) -> FakeWorker:
        return self.newcomers[-1]

    def step(self, seconds: float = 0.25) -> bool:
        self.clock.advance(seconds)
        for worker in (*self.crew.workers.values(), *self.newcomers):
            worker.go_on()
        self.shards.check()
        return self.handover.step()


@pytest.fixture
def change(clock: FakeClock) -> Change:
    return Change(clock)


def test_the_old_one_goes_on_until_the_new_one_has_its_pictures(change: Change) -> None:
    assert not change.step()
    change.new.slate.stage = Stage.READY
    assert not change.step()
    assert not change.old.terminated
    change.new.slate.at_hand = 2
    assert change.step()
    assert change.old.terminated
    assert change.told == ["between"]
    assert change.new.slate.turn
    assert change.shards.shares == {"one": ("a",), "two": ("b", "c")}
    assert not change.crew["one"].terminated


def test_a_camera_that_takes_one_connection_only_is_waited_for_a_moment(change: Change) -> None:
    change.new.slate.stage, change.new.slate.at_hand = Stage.READY, 1
    assert not change.step()
    assert change.step(PICTURES_WITHIN_S)
    assert change.old.terminated


def test_the_new_one_begins_when_the_old_one_has_let_go_of_its_cameras(change: Change) -> None:
    change.old.stubborn = True
    change.new.slate.stage, change.new.slate.at_hand = Stage.READY, 2
    assert not change.step()
    assert change.old.terminated
    assert not change.new.slate.turn
    change.old.slate.stage = Stage.CAMERAS_OVER
    assert change.step()
    assert change.new.slate.turn
    assert change.old.exitcode is None
    assert change.old.slate.followed


def test_an_old_one_that_does_not_let_go_is_killed(change: Change) -> None:
    change.old.stubborn = True
    change.new.slate.stage, change.new.slate.at_hand = Stage.READY, 2
    assert not change.step()
    assert change.step(2.5)
    assert change.old.killed


def test_a_new_one_that_refuses_leaves_everything_as_it_was(change: Change) -> None:
    change.new.exitcode = 2
    with pytest.raises(ReloadRefusedError) as caught:
        change.step()
    assert caught.value.name == "two"
    assert not change.old.terminated
    assert change.told == []
    assert change.crew["two"] is change.old


def test_a_new_one_that_is_killed_is_started_once_more_and_then_given_up(change: Change) -> None:
    for number in range(1, ATTEMPTS):
        change.new.exitcode = -9
        assert not change.step()
        assert len(change.newcomers) == number + 1
    change.new.exitcode = -9
    with pytest.raises(ReloadRefusedError):
        change.step()
    assert not change.old.terminated


def test_a_new_one_that_hangs_while_it_loads_is_replaced(change: Change) -> None:
    first = change.new
    first.mute = True
    for _ in range(30):
        change.step()
    assert first.killed
    assert len(change.newcomers) == 2


def test_an_old_one_that_dies_meanwhile_is_started_again_with_what_it_had(change: Change) -> None:
    change.old.exitcode = -9
    assert not change.step()
    assert change.crew.started == ["one", "two", "two"]
    change.new.slate.stage, change.new.slate.at_hand = Stage.READY, 2
    assert change.step()
    assert change.crew["two"].terminated


def test_cameras_that_are_gone_end_at_once(clock: FakeClock) -> None:
    change = Change(clock)
    handover = Handover(
        change.shards,
        ending={"two"},
        shares={},
        start=change.start,
        between=lambda: None,
        clock=clock,
    )
    assert handover.step()
    assert change.old.terminated
    assert change.shards.shares == {"one": ("a",)}


def test_a_share_that_is_parted_meanwhile_is_let_go_of_whole(change: Change) -> None:
    for _ in range(3):
        change.crew["two"].segfault("c")
        for _ in range(40):
            change.step()
    assert "two.c" in change.shards.shares
    change.new.slate.stage, change.new.slate.at_hand = Stage.READY, 2
    assert change.step()
    assert change.crew["two"].terminated
    assert change.crew["two.c"].terminated
    assert change.shards.shares == {"one": ("a",), "two": ("b", "c")}
