"""The line between the service and a worker: who looks gets pictures, nobody waits."""

from collections.abc import Iterator
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from typing import Any

import pytest

from edge.bootstrap.worker.live import KEEP_S, RENEW_S, WISH_S, LiveHub
from edge.domain.live import LivePicture, Size, View
from edge.worker.line import Heard
from edge.worker.live import Wish
from tests.conftest import FakeClock

WALL = View("east", Size.WALL)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PATIENCE_S = 10.0


class Worker:
    """A worker process's end of its line, played by the test."""

    def __init__(self, hub: LiveHub, name: str = "worker-1", cameras: tuple[str, ...] = ("east",)):
        self.line: Connection[Any, Any] = hub.connect(name, cameras)

    def wish(self) -> Wish:
        """Return the next wish, and answer it."""
        assert self.line.poll(PATIENCE_S)
        wish: Wish = self.line.recv()
        self.line.send(Heard())
        return wish

    @property
    def left_alone(self) -> bool:
        return not self.line.poll(0)

    def show(self, hub: LiveHub, picture: LivePicture) -> None:
        """Send a picture, and wait until it has arrived."""
        self.line.send(picture)
        arrived(hub, picture)


def arrived(hub: LiveHub, picture: LivePicture) -> None:
    for _ in range(100_000):
        if hub.look(picture.view) == picture:
            return
    raise AssertionError("the picture did not arrive")


@pytest.fixture
def hub(clock: FakeClock) -> LiveHub:
    return LiveHub(clock)


@pytest.fixture
def worker(hub: LiveHub) -> Iterator[Worker]:
    made = Worker(hub)
    yield made
    made.line.close()


def test_a_worker_is_told_nothing_until_somebody_looks(hub: LiveHub, worker: Worker) -> None:
    assert hub.seen_at("east") is None
    assert worker.left_alone
    assert hub.look(WALL) is None
    assert worker.wish() == Wish(frozenset({WALL}), WISH_S)


def test_who_looks_gets_the_newest_picture(hub: LiveHub, worker: Worker) -> None:
    hub.look(WALL)
    worker.wish()
    worker.show(hub, LivePicture(WALL, NOON, b"first"))
    worker.show(hub, LivePicture(WALL, NOON.replace(second=1), b"second"))
    assert hub.look(View("east", Size.FULL)) is None
    assert hub.seen_at("east") == NOON.replace(second=1)


def test_a_wish_is_said_again_while_somebody_looks_and_not_more_often_than_needed(
    hub: LiveHub, worker: Worker, clock: FakeClock
) -> None:
    hub.look(WALL)
    worker.wish()
    worker.show(hub, LivePicture(WALL, NOON, b"so that the answer has arrived too"))
    clock.advance(RENEW_S / 2)
    hub.look(WALL)
    assert worker.left_alone
    clock.advance(RENEW_S)
    hub.look(WALL)
    assert worker.wish().views == {WALL}


def test_a_worker_that_hangs_is_told_nothing_more_and_whoever_looks_does_not_wait(
    hub: LiveHub, clock: FakeClock
) -> None:
    hanging = Worker(hub)
    for _ in range(20_000):  # so many wishes would fill the line
        clock.advance(RENEW_S)
        hub.look(WALL)
    hanging.wish()
    assert hanging.left_alone
    hanging.line.close()


def test_a_worker_that_is_started_anew_is_told_on_its_new_line_at_once(
    hub: LiveHub, worker: Worker
) -> None:
    hub.look(WALL)
    worker.wish()
    worker.show(hub, LivePicture(WALL, NOON, b"before"))
    worker.line.close()
    anew = Worker(hub)
    assert hub.look(WALL) == LivePicture(WALL, NOON, b"before")
    assert anew.wish().views == {WALL}
    anew.show(hub, LivePicture(WALL, NOON.replace(second=9), b"after"))
    anew.line.close()


def test_only_the_worker_that_has_the_camera_is_told(hub: LiveHub, worker: Worker) -> None:
    other = Worker(hub, "worker-2", ("west",))
    hub.look(WALL)
    worker.wish()
    assert other.left_alone
    assert hub.has("west")
    hub.disconnect(["worker-2"])
    assert not hub.has("west")
    other.line.close()


def test_a_worker_that_has_died_leaves_its_last_picture(hub: LiveHub, worker: Worker) -> None:
    hub.look(WALL)
    worker.wish()
    worker.show(hub, LivePicture(WALL, NOON, b"last"))
    worker.line.close()
    assert hub.look(WALL) == LivePicture(WALL, NOON, b"last")


def test_pictures_are_forgotten_when_nobody_has_looked_for_a_while(
    hub: LiveHub, worker: Worker, clock: FakeClock
) -> None:
    hub.look(WALL)
    worker.wish()
    worker.show(hub, LivePicture(WALL, NOON, b"a face"))
    clock.advance(WISH_S + 1)
    hub.forget()
    assert hub.seen_at("east") is None
    clock.advance(KEEP_S)
    hub.forget()
    assert hub.look(WALL) is None
