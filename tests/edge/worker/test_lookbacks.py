import logging
from datetime import datetime
from threading import Event

import pytest

from edge.worker.lookbacks import Lookbacks
from streams.errors import StreamError
from streams.lookback import Lookback
from tests.conftest import FakeClock


class Told(Lookback):
    """Notes what it is asked, and fails as it is told."""

    def __init__(self) -> None:
        self.asked: list[object] = []
        self.fails: Exception | None = None

    def look(self, now: datetime) -> None:
        self.asked.append(now)
        if self.fails is not None:
            raise self.fails

    def flush(self) -> None:
        self.asked.append("flush")


def test_one_camera_that_fails_is_said_once_and_does_not_stop_the_others(
    clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = Told(), Told()
    lookbacks = Lookbacks({"street-01": first, "street-02": second}, clock)
    first.fails = OSError(28, "No space left on device")
    with caplog.at_level(logging.WARNING):
        lookbacks.look()
        lookbacks.look()
        first.fails = None
        lookbacks.look()
        first.fails = StreamError("the packets cannot be put into a file")
        lookbacks.look()
    assert len(first.asked) == len(second.asked) == 4
    assert [one.getMessage() for one in caplog.records] == [
        "camera=street-01 has gaps in its last hour: No space left on device",
        "camera=street-01 has gaps in its last hour: the packets cannot be put into a file",
    ]


def test_at_the_end_all_is_written(clock: FakeClock) -> None:
    told, stop = Told(), Event()
    stop.set()
    Lookbacks({"street-01": told}, clock).run(stop)
    assert told.asked == ["flush"]
