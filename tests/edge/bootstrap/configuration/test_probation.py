from datetime import timedelta

from edge.bootstrap.configuration.probation import Probation
from edge.domain.camera import CameraReport, CameraState
from edge.store.journal import SeenCamera
from tests.conftest import FakeClock


def seen(name: str, clock: FakeClock, *, ago_s: float = 0.0) -> SeenCamera:
    report = CameraReport(name, CameraState.OFFLINE, "no such network")
    return SeenCamera(report, clock.utc() - timedelta(seconds=ago_s))


def test_a_worker_runs_when_all_its_cameras_have_reported_twice(clock: FakeClock) -> None:
    probation = Probation(["a", "b"], clock.utc())
    clock.advance(1)
    assert not probation.passed([seen("a", clock), seen("b", clock)])
    clock.advance(1)
    assert not probation.passed([seen("a", clock), seen("b", clock, ago_s=1)])
    assert probation.waiting == ["b"]
    clock.advance(1)
    assert probation.passed([seen("a", clock), seen("b", clock), seen("c", clock)])


def test_one_report_may_be_a_refusal_and_an_old_one_is_of_another_worker(clock: FakeClock) -> None:
    probation = Probation(["a"], clock.utc())
    before, once = seen("a", clock, ago_s=1), seen("a", clock, ago_s=-1)
    for report in (before, once, once, once):
        assert not probation.passed([report])


def test_nobody_who_began_is_nobody_to_wait_for(clock: FakeClock) -> None:
    assert Probation([], clock.utc()).passed([])
