"""Worker processes played by the test: who dies, hangs or is too large, and what is done."""

import pytest

from edge.domain.worker import WorkerState
from edge.supervisor.shards import LEAVES_WITHIN_S, Shards
from edge.supervisor.slate import Stage
from edge.supervisor.worker import Limits, WorkerRefusedError
from tests.conftest import FakeClock
from tests.crew import Crew, FakeWorker

SHARES = {"one": ["a", "b"], "two": ["c"]}
LIMITS = Limits(silent_s=10.0, camera_s=lambda _: 20.0, memory_bytes=lambda _: 1000, grace_s=2.0)


@pytest.fixture
def crew(clock: FakeClock) -> Crew:
    return Crew(clock)


def shards_of(crew: Crew, shares: dict[str, list[str]] | None = None) -> Shards:
    return Shards(shares or SHARES, start=crew.start, clock=crew.clock, limits=LIMITS)


def test_a_dead_worker_is_started_again_at_once_and_the_others_are_left_alone(crew: Crew) -> None:
    shards = shards_of(crew)
    crew.run(shards, 60)
    crew["one"].exitcode = -9
    shards.check()
    assert crew.started == ["one", "two", "one"]
    assert shards.restarts == 1
    assert not shards.waiting
    assert not crew["two"].terminated


def test_it_has_the_same_cameras(crew: Crew) -> None:
    shards = shards_of(crew)
    crew["one"].exitcode = -9
    shards.check()
    assert crew["one"].camera_ids == ("a", "b")


def test_who_dies_again_and_again_waits_longer_and_is_called_a_crash_loop(crew: Crew) -> None:
    shards = shards_of(crew)
    for _ in range(5):
        crew.replace(shards, "one")
    crew["one"].exitcode = -9
    shards.check()
    assert shards.waiting
    report = shards.reports()[0]
    assert report.state is WorkerState.CRASH_LOOP
    assert (report.crashes, report.restarts, report.last_exit) == (6, 5, "SIGKILL")
    assert report.next_try_s is not None
    assert 4 <= report.next_try_s <= 8
    assert report.last_exit_ago_s == 0
    assert shards.reports()[1].state is WorkerState.RUNNING


def test_who_loads_for_long_and_then_fails_is_not_started_again_at_once_for_ever(
    crew: Crew,
) -> None:
    crew.stage = Stage.LOADING
    shards = shards_of(crew, {"one": ["a"]})
    for _ in range(4):
        crew.run(shards, 20)
        crew["one"].exitcode = 1
        shards.check()
    report = shards.reports()[0]
    assert (report.state, report.crashes) == (WorkerState.CRASH_LOOP, 4)
    assert report.next_try_s is not None
    assert report.next_try_s >= 1.0


def test_a_crash_loop_is_over_when_a_process_has_run_for_a_while(crew: Crew) -> None:
    shards = shards_of(crew)
    for _ in range(3):
        crew.replace(shards, "one")
    assert shards.reports()[0].state is WorkerState.CRASH_LOOP
    crew.run(shards, 10)
    report = shards.reports()[0]
    assert (report.state, report.crashes) == (WorkerState.RUNNING, 0)


def test_a_worker_that_gives_no_sign_of_life_is_killed_and_replaced(crew: Crew) -> None:
    shards = shards_of(crew)
    hung = crew["one"]
    hung.stubborn = hung.mute = True
    crew.run(shards, 14)
    assert hung.terminated
    assert hung.killed
    assert crew["one"] is not hung
    assert shards.reports()[0].last_exit == "hang: no sign of life for 10 s"
    assert not crew["two"].terminated


def test_a_camera_that_stands_still_has_its_process_ended_in_order(crew: Crew) -> None:
    shards = shards_of(crew)
    hung = crew["one"]
    hung.stuck = {"b"}
    crew.run(shards, 23)
    assert hung.terminated
    assert not hung.killed
    assert crew["one"] is not hung
    report = shards.reports()[0]
    assert "a camera makes no progress" in report.last_exit
    assert report.culprit == "b"


def test_a_worker_that_is_too_large_is_ended_in_order_and_replaced(crew: Crew) -> None:
    shards = shards_of(crew)
    large = crew["two"]
    large.memory = 2000
    crew.run(shards, 3)
    assert large.terminated
    assert crew["two"] is not large
    assert shards.reports()[1].last_exit == "memory: 0 MB of 0 MB"
    assert crew.started.count("one") == 1


def test_a_camera_that_crashes_its_process_three_times_gets_one_of_its_own(crew: Crew) -> None:
    shards = shards_of(crew)
    for _ in range(3):
        crew.run(shards, 30)
        crew["one"].segfault("b")
        shards.check()
    crew.run(shards, 1)
    assert shards.shares == {"one": ("a",), "one.b": ("b",), "two": ("c",)}
    alone = {report.name: report.alone for report in shards.reports()}
    assert alone == {"one": False, "one.b": True, "two": False}
    crew["one.b"].segfault("b")
    crew.run(shards, 5)
    assert not crew["one"].terminated
    assert crew.started.count("one.b") == 2


def test_crashes_that_nobody_can_be_blamed_for_part_the_share_in_halves(crew: Crew) -> None:
    shards = shards_of(crew, {"one": ["a", "b", "c", "d"]})
    for _ in range(3):
        crew.run(shards, 5)
        crew["one"].exitcode = -11
        shards.check()
        crew.run(shards, 5)
    assert shards.shares == {"one": ("a", "b"), "one.c": ("c", "d")}


def test_who_is_killed_from_outside_keeps_its_cameras_together(crew: Crew) -> None:
    shards = shards_of(crew)
    for _ in range(20):
        crew.run(shards, 5)
        crew["one"].exitcode = -9
        shards.check()
    assert shards.shares == {"one": ("a", "b"), "two": ("c",)}


def test_rare_crashes_are_no_reason_to_part_a_share(crew: Crew) -> None:
    shards = shards_of(crew)
    for _ in range(6):
        crew.run(shards, 400)
        crew["one"].segfault("b")
        shards.check()
    assert shards.shares == {"one": ("a", "b"), "two": ("c",)}


def test_a_worker_that_cannot_start_stops_the_service_with_its_code(crew: Crew) -> None:
    shards = shards_of(crew)
    crew["one"].exitcode = 3
    with pytest.raises(WorkerRefusedError) as caught:
        shards.check()
    assert caught.value.code == 3


def test_later_the_same_code_is_only_tried_again(crew: Crew) -> None:
    shards = shards_of(crew)
    crew["one"].exitcode = 1
    crew.run(shards, 5)
    crew["one"].exitcode = 3
    crew.run(shards, 5)
    assert shards.restarts == 2


def test_workers_whose_recordings_are_over_are_not_started_again(crew: Crew) -> None:
    shards = shards_of(crew, {"one": ["a"]})
    assert not shards.over
    crew["one"].exitcode = 0
    crew.run(shards, 5)
    assert shards.over
    assert shards.restarts == 0
    assert shards.reports()[0].state is WorkerState.OVER


def test_a_worker_that_does_not_stop_is_killed(crew: Crew) -> None:
    shards = shards_of(crew)
    crew["two"].stubborn = True
    shards.stop(within_s=1.0)
    assert (crew["one"].killed, crew["two"].killed) == (False, True)


def test_who_is_dismissed_ends_while_the_others_go_on(crew: Crew) -> None:
    shards = shards_of(crew)
    slow = crew["two"]
    slow.stubborn = True
    assert shards.dismiss({"c"}) == [slow]
    assert slow.slate.followed
    assert shards.shares == {"one": ("a", "b")}
    crew.run(shards, round(LEAVES_WITHIN_S) - 1)
    assert not slow.killed
    crew.run(shards, 2)
    assert slow.killed
    assert crew.started == ["one", "two"]


def test_an_adopted_worker_is_looked_after_like_the_others(crew: Crew) -> None:
    shards = shards_of(crew)
    newcomer = FakeWorker(("d",))
    shards.adopt({"three": (("d",), newcomer)})
    crew.workers["three"] = newcomer
    newcomer.exitcode = 3
    crew.run(shards, 3)
    assert crew.started == ["one", "two", "three"]


def test_the_most_strained_worker_says_how_little_all_look(crew: Crew) -> None:
    shards = shards_of(crew)
    crew["one"].slate.strain = 0.4
    shards.check()
    assert shards.strain == 0.4
    assert crew["two"].slate.common_strain == 0.4
    assert crew["two"].slate.stage is not Stage.STARTING
