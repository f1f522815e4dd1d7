import pytest

from edge.bootstrap.worker.overload import OverloadLog
from tests.conftest import FakeClock


def test_more_work_than_time_is_said_once_a_minute_and_when_it_is_over(
    clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    told = OverloadLog(clock)
    for strain in [0.0] * 30 + [0.25] * 130 + [0.02, 0.0, 0.0]:
        told.note(strain)
        clock.advance(1.0)
    assert [record.getMessage() for record in caplog.records] == [
        "overloaded: streets are looked at 55 % as often as configured, gates 100 %",
        "overloaded: streets are looked at 55 % as often as configured, gates 100 %",
        "overloaded: streets are looked at 55 % as often as configured, gates 100 %",
        "no longer overloaded: all cameras are looked at as configured",
    ]
