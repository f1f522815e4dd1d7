from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge.bootstrap.upkeep.databases import Databases
from edge.bootstrap.upkeep.store_watch import LOOK_EVERY_S, StoreWatch
from edge.clock import ClockState
from edge.settings import Settings, load_settings
from edge.store.believed import BelievedTime
from tests.conftest import FakeClock
from tests.fixtures_disk import SmallDisk


class Box:
    """A box whose watch looks every five seconds."""

    def __init__(self, settings: Settings, clock: FakeClock) -> None:
        self.clock = clock
        self.synced: bool | None = None
        self.backlog: list[tuple[int, int]] = []
        self.path = settings.home / "journal.db"
        self.watch = StoreWatch(
            self.path,
            Databases(settings, clock),
            clock=clock,
            clock_state=lambda: ClockState(self.synced, 1.0),
            unwritten=lambda: self.backlog,
        )

    def look(self, times: int = 1) -> None:
        for _ in range(times):
            self.clock.advance(LOOK_EVERY_S)
            self.watch._store._connection.knock()
            self.watch.look()

    def believed(self) -> datetime | None:
        store = BelievedTime(self.path)
        found = store.last()
        store.close()
        return found


def settings_in(folder: Path) -> Settings:
    config = folder / "gridwatch.yaml"
    config.write_text("box: {id: box-01, home: ./var}\ncameras: []\n")
    return load_settings(config)


@pytest.fixture
def box(tmp_path: Path, clock: FakeClock) -> Box:
    return Box(settings_in(tmp_path), clock)


def test_a_disk_that_takes_nothing_is_said_once_and_its_end_too(
    small_disk: SmallDisk, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    box = Box(settings_in(small_disk.root), clock)
    box.look(2)
    assert (box.watch.writable, box.watch.state().error) == (True, "")
    small_disk.fill()
    box.backlog = [(3, 0), (4, 1)]
    began = clock.utc()
    box.look(200)  # what is left in the log is used up first
    state = box.watch.state()
    assert not box.watch.writable
    assert "journal.db: cannot be written" in state.error
    assert state.failing_since is not None
    assert state.failing_since > began
    assert (state.unwritten, state.lost) == (7, 1)
    assert sum("nothing can be stored" in one.message for one in caplog.records) == 1
    small_disk.free()
    box.backlog = []
    box.look()
    assert box.watch.writable
    assert box.watch.state().failing_since is None
    assert sum("takes everything again" in one.message for one in caplog.records) == 1


def test_a_clock_that_jumps_is_doubted_over_a_restart_until_a_time_server_says_so(
    box: Box, tmp_path: Path, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    box.look(3)
    before = clock.utc()
    assert box.believed() == before
    clock.now += timedelta(days=500)
    box.look(3)
    assert not box.watch.belief.certain
    assert box.watch.clock_now().suspect
    assert box.believed() == before
    assert "the clock was set by +43200000 s" in caplog.text
    again = Box(settings_in(tmp_path), clock)
    again.look()
    assert not again.watch.belief.certain
    again.synced = True
    again.look()
    assert (again.watch.belief.certain, again.watch.clock_now().suspect) == (False, False)
    clock.advance(86400)
    again.look()
    assert again.watch.belief.certain
    assert again.believed() == clock.utc()


def test_a_box_that_boots_in_1970_says_so_until_its_clock_is_set(
    box: Box, tmp_path: Path, clock: FakeClock
) -> None:
    box.look()
    now = clock.utc()
    clock.now = datetime(1970, 1, 1, tzinfo=UTC)
    again = Box(settings_in(tmp_path), clock)
    again.synced = False
    again.look()
    assert again.watch.clock_now() == ClockState(False, 1.0, suspect=True)
    assert again.believed() == now
    clock.now, again.synced = now + timedelta(minutes=5), True
    again.look()
    assert again.watch.clock_now() == ClockState(True, 1.0, suspect=False)
