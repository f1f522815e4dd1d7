"""Errands to a worker: who gives one waits, for no longer than it may."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.connection import Connection
from typing import Any

import pytest

from edge.bootstrap.worker.live import LiveHub
from edge.domain.live import Size, View
from edge.domain.rule import Needs
from edge.domain.second_look import SecondLook, Sight, Spot
from edge.worker.errands import LookAgain, Outcome
from edge.worker.line import Done, Heard, Task
from edge.worker.live import Wish
from tests.conftest import FakeClock

PATIENCE_S = 10.0
AGAIN = LookAgain(Spot("east", (0.1, 0.5, 0.3, 0.7), None, None, Needs.PLACES, frozenset()), 20.0)
GONE = SecondLook(Sight.GONE)
HERE = SecondLook(Sight.PRESENT)

Ask = Callable[[], "Future[Outcome | None]"]


@pytest.fixture
def hub(clock: FakeClock) -> LiveHub:
    return LiveHub(clock)


@pytest.fixture
def ask(hub: LiveHub) -> Iterator[Ask]:
    """Give an errand on a thread that waits for it."""
    with ThreadPoolExecutor() as threads:
        yield lambda: threads.submit(hub.ask, AGAIN, within_s=PATIENCE_S)


def heard(line: "Connection[Any, Any]") -> Task:
    """Return the task that a worker is told next, and say that it was heard."""
    assert line.poll(PATIENCE_S)
    said = line.recv()
    line.send(Heard())
    assert isinstance(said, Task)
    return said


def test_who_gives_an_errand_gets_its_outcome(hub: LiveHub, ask: Ask) -> None:
    with hub.connect("worker-1", ["east"]) as line:
        asked = ask()
        task = heard(line)
        assert task.errand == AGAIN
        line.send(Done(task.number, GONE))
        assert asked.result(PATIENCE_S) == GONE


def test_outcomes_find_those_who_wait_for_them(hub: LiveHub, ask: Ask) -> None:
    with hub.connect("worker-1", ["east"]) as line:
        first = ask()
        one = heard(line)
        second = ask()
        other = heard(line)
        line.send(Done(other.number, GONE))
        assert second.result(PATIENCE_S) == GONE
        line.send(Done(one.number, HERE))
        assert first.result(PATIENCE_S) == HERE


def test_a_worker_that_does_not_answer_is_waited_for_no_longer(hub: LiveHub) -> None:
    with hub.connect("worker-1", ["east"]) as line:
        assert hub.ask(AGAIN, within_s=0.1) is None
        task = heard(line)
        line.send(Done(task.number, GONE))  # nobody waits for it any more
        with ThreadPoolExecutor(1) as threads:
            asked = threads.submit(hub.ask, AGAIN, within_s=PATIENCE_S)
            line.send(Done(heard(line).number, HERE))
            assert asked.result(PATIENCE_S) == HERE


def test_a_worker_that_hangs_is_told_nothing_more(hub: LiveHub) -> None:
    with hub.connect("worker-1", ["east"]) as line:
        for _ in range(3):
            assert hub.ask(AGAIN, within_s=0.02) is None
        assert isinstance(line.recv(), Task)
        assert not line.poll(0)


def test_a_worker_that_dies_is_asked_again_when_it_is_back(hub: LiveHub, ask: Ask) -> None:
    with hub.connect("worker-1", ["east"]) as line:
        asked = ask()
        heard(line)
    with hub.connect("worker-1", ["east"]) as anew:
        task = heard(anew)
        anew.send(Done(task.number, GONE))
        assert asked.result(PATIENCE_S) == GONE


def test_a_camera_that_nobody_has_is_not_waited_for_any_longer_than_asked(hub: LiveHub) -> None:
    with hub.connect("worker-1", ["west"]) as line:
        assert hub.ask(AGAIN, within_s=0.02) is None
        assert not line.poll(0)


def test_an_errand_and_a_look_share_one_line(hub: LiveHub, ask: Ask) -> None:
    with hub.connect("worker-1", ["east"]) as line:
        hub.look(View("east", Size.WALL))
        asked = ask()  # it waits until the wish was heard
        assert line.poll(PATIENCE_S)
        assert isinstance(line.recv(), Wish)
        line.send(Heard())
        line.send(Done(heard(line).number, HERE))
        assert asked.result(PATIENCE_S) == HERE
