"""How cost grows: what is made of points, and an outbox that is full."""

from pathlib import Path

import pytest

from edge.bench.growth import fill_outbox, held_by
from edge.clock import SystemClock
from edge.store.outbox import Outbox, Sent


@pytest.mark.parametrize("count", [0, 40])
def test_all_messages_of_a_filled_outbox_wait(tmp_path: Path, count: int) -> None:
    path = tmp_path / "journal.db"
    fill_outbox(path, count)
    outbox = Outbox(path, SystemClock())
    assert outbox.depth() == count
    assert len(outbox.next(Sent(), 16)) == min(count, 16)
    outbox.close()


def test_what_is_left_of_the_cores_is_shared_by_further_cameras() -> None:
    assert held_by(2, used=50.0, cameras=30, each=1.5) == 130
    assert held_by(1, used=100.0, cameras=7, each=3.0) == 7


def test_cameras_that_take_nothing_more_hold_as_many_as_were_seen() -> None:
    assert held_by(2, used=50.0, cameras=30, each=0.0) == 30
