import pytest

from edge.bootstrap.upkeep.chores import AGAIN_S, Chores
from edge.errors import ConfigError, StoreError
from tests.conftest import FakeClock


class Disk:
    """Lets things be done once it has room."""

    def __init__(self, error: Exception) -> None:
        self.error: Exception | None = error
        self.done: list[str] = []

    def act(self, name: str) -> None:
        if self.error is not None:
            raise self.error
        self.done.append(name)


@pytest.mark.parametrize("error", [StoreError("full"), ConfigError("no key"), OSError("read only")])
def test_what_cannot_be_done_yet_is_done_in_order_as_soon_as_it_can(
    clock: FakeClock, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    chores, disk = Chores(clock), Disk(error)
    for name in ("tidying", "telling"):
        chores.do(name, lambda name=name: disk.act(name))  # type: ignore[misc]
    for _ in range(5):
        clock.advance(AGAIN_S)
        chores.look()
    assert (chores.waiting, disk.done) == (("tidying", "telling"), [])
    assert len([one for one in caplog.records if "cannot be done yet" in one.message]) == 2
    disk.error = None
    clock.advance(AGAIN_S)
    chores.look()
    assert (chores.waiting, disk.done) == ((), ["tidying", "telling"])


def test_a_chore_that_is_given_again_takes_the_place_of_the_one_before(clock: FakeClock) -> None:
    chores, disk = Chores(clock), Disk(StoreError("full"))
    chores.do("tidying", lambda: disk.act("old"))
    chores.do("tidying", lambda: disk.act("new"))
    disk.error = None
    clock.advance(AGAIN_S)
    chores.look()
    assert disk.done == ["new"]


def test_a_chore_may_leave_another_one(clock: FakeClock) -> None:
    chores, disk = Chores(clock), Disk(StoreError("full"))

    def begin() -> None:
        chores.do("inner", lambda: disk.act("inner"))

    chores.do("outer", begin)
    assert [*chores.waiting] == ["inner"]
    disk.error = None
    clock.advance(AGAIN_S)
    chores.look()
    assert ([*chores.waiting], disk.done) == ([], ["inner"])


def test_the_disk_is_not_knocked_at_without_a_pause(clock: FakeClock) -> None:
    chores, disk = Chores(clock), Disk(StoreError("full"))
    chores.do("tidying", lambda: disk.act("tidying"))
    clock.advance(AGAIN_S)
    chores.look()
    disk.error = None
    chores.look()
    assert disk.done == []
