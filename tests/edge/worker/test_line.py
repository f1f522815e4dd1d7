"""A worker's end of its line: wishes and tasks come, pictures and outcomes go, no camera waits."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from edge.domain.live import Size, View
from edge.domain.rule import Needs
from edge.domain.second_look import SecondLook, Sight, Spot, Unseen
from edge.worker.errands import CutOut, Errand, Errands, LookAgain, Outcome, Snippet
from edge.worker.film import Span
from edge.worker.line import Done, Heard, Task, WorkerLine
from edge.worker.live import Wish
from edge.worker.second_looks import SecondLooks
from streams.errors import StreamError
from tests.conftest import FakeClock
from tests.fake_detector import a_frame

PATIENCE_S = 10.0
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SPOT = Spot("cam", (0.1, 0.5, 0.3, 0.7), None, None, Needs.PLACES, frozenset())
AGAIN = LookAgain(SPOT, 20.0)


class Later:
    """Takes errands, and leaves it to the test when they are done."""

    def __init__(self) -> None:
        self.taken: list[tuple[Errand, Callable[[Outcome], None]]] = []

    def take(self, errand: Errand, answer: Callable[[Outcome], None]) -> None:
        self.taken.append((errand, answer))


class Ends:
    """Both ends of a line."""

    def __init__(self, clock: FakeClock, cameras: tuple[str, ...] = ("cam",)) -> None:
        ours, theirs = Pipe()
        self.ours: Connection[Any, Any] = ours
        self.desk = Later()
        self.line = WorkerLine(theirs, cameras, clock, desk=self.desk)
        self.line.start()

    def heard(self) -> object:
        assert self.ours.poll(PATIENCE_S)
        return self.ours.recv()


@pytest.fixture
def ends(clock: FakeClock) -> Iterator[Ends]:
    made = Ends(clock)
    yield made
    made.ours.close()


def test_a_wish_is_answered_with_pictures(ends: Ends) -> None:
    view = View("cam", Size.WALL)
    ends.ours.send(Wish(frozenset({view, View("elsewhere", Size.WALL)}), 5.0))
    assert ends.heard() == Heard()
    ends.line.viewfinders["cam"].show(a_frame())
    picture = ends.heard()
    assert getattr(picture, "view", None) == view


def test_a_task_is_heard_at_once_and_done_when_it_is(ends: Ends) -> None:
    ends.ours.send(Task(7, AGAIN))
    assert ends.heard() == Heard()
    ((errand, answer),) = ends.desk.taken
    assert errand == AGAIN
    ends.ours.send(Task(8, AGAIN))
    assert ends.heard() == Heard()
    answer(SecondLook(Sight.GONE))
    assert ends.heard() == Done(7, SecondLook(Sight.GONE))


def test_a_service_that_takes_nothing_does_not_hold_a_camera(ends: Ends, clock: FakeClock) -> None:
    finder = ends.line.viewfinders["cam"]
    finder.want(Size.FULL, clock.mono_s() + 1000)
    shown = [
        finder.show(a_frame(float(second), size_wh=(1920, 1080)))
        for second in range(100)  # more than the line holds, and nobody reads
    ]
    assert all(shown)


class FakeFilm:
    """Writes what it is told, or fails."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.fault = fault

    def reaches(self) -> datetime | None:
        return NOON

    def write(
        self, path: Path, begins_at: datetime, ends_at: datetime, *, moment: datetime
    ) -> Span:
        if self.fault is not None:
            raise self.fault
        path.write_bytes(b"film")
        assert begins_at < moment < ends_at
        return Span(begins_at, ends_at)


def cut(errands: Errands, path: Path, *, camera_id: str = "cam") -> Outcome:
    """Return what becomes of a wish for a clip, which is cut on a thread of its own."""
    ours, theirs = Pipe()
    wish = CutOut(camera_id, NOON, NOON + timedelta(seconds=10), path)
    errands.take(wish, theirs.send)
    assert ours.poll(PATIENCE_S)
    outcome: Outcome = ours.recv()
    return outcome


def test_a_clip_is_cut_of_a_cameras_memory(tmp_path: Path) -> None:
    outcome = cut(Errands({}, {"cam": FakeFilm()}), tmp_path / "clip.mp4")
    assert outcome == Snippet(Span(NOON, NOON + timedelta(seconds=10)))
    assert (tmp_path / "clip.mp4").read_bytes() == b"film"


@pytest.mark.parametrize("fault", [StreamError("nothing of that time"), OSError(28, "no room")])
def test_a_clip_that_cannot_be_cut_says_why(tmp_path: Path, fault: Exception) -> None:
    errands = Errands({}, {"cam": FakeFilm(fault)})
    said: list[Outcome] = []
    while len(said) < 2:  # the next one is tried all the same, as soon as the first is over
        outcome = cut(errands, tmp_path / "clip.mp4")
        if outcome != Snippet(None, "another clip is being cut; ask again"):
            said.append(outcome)
    assert set(said) <= {Snippet(None, "nothing of that time"), Snippet(None, "no room")}


def test_no_clip_is_cut_of_a_camera_whose_packets_are_not_kept(tmp_path: Path) -> None:
    outcome = cut(Errands({}, {}), tmp_path / "clip.mp4")
    assert outcome == Snippet(None, "the packets of this camera are not kept")


def test_a_camera_that_watches_no_street_says_so(clock: FakeClock) -> None:
    looks = SecondLooks(clock=clock, zones={}, stills=True)
    said: list[Outcome] = []
    Errands({"other": looks}, {}).take(AGAIN, said.append)
    assert said == [SecondLook(Sight.UNSEEN, Unseen.UNWATCHED)]
    Errands({"cam": looks}, {}).take(AGAIN, said.append)
    assert looks.waiting
