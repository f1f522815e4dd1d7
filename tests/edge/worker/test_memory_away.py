"""Pipelines whose memory cannot be read at first: they wait for it, and not for ever."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import cast

import pytest

from edge.clock import ClockState
from edge.domain.geometry import Box
from edge.domain.incident import Incident
from edge.domain.scene import Scene
from edge.errors import StoreError
from edge.integrity.faults import FaultBook
from edge.integrity.watch import IntegrityWatch
from edge.street.street import Noticed, Street
from edge.worker import integrity, street
from edge.worker.integrity import IntegrityPipeline
from edge.worker.street import StreetPipeline
from streams.frame import Frame
from streams.pace import Pace
from tests.conftest import FakeClock


class Recorder:
    """A recorder whose journal can be away."""

    def __init__(self) -> None:
        self.away = True
        self.recalled = 0
        self.recorded: list[bytes | None] = []

    def recall(self) -> bytes | None:
        if self.away:
            raise StoreError("journal.db: is being mended; what is new waits")
        self.recalled += 1
        return None

    def unwatched(self, watched: Collection[str], utc: datetime) -> list[Incident]:
        return []

    def note(self, frame: Frame, people: Sequence[Box]) -> None:
        pass

    def record(
        self,
        incidents: Sequence[Incident],
        frame: Frame | None,
        people: Sequence[Box],
        *,
        memory: bytes | None,
    ) -> None:
        self.recorded.append(memory)

    def retry(self) -> None:
        pass


class LookedAt:
    """A street that counts how often it is looked at."""

    def __init__(self) -> None:
        self.times = 0
        self.keeper = self

    def open_ids(self) -> set[str]:
        return set()

    def observe(self, *_: object, **__: object) -> object:
        self.times += 1
        return Noticed((), cast(Scene, None))


class View(LookedAt):
    """A camera's view and the book of its faults, in one."""

    def __init__(self) -> None:
        super().__init__()
        self.open: dict[str, Incident] = {}

    def observe(self, *_: object, **__: object) -> object:
        self.times += 1
        return []


class Film:
    """Pictures a second apart."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock

    def frame(self) -> Frame:
        self.clock.advance(1.0)
        return cast(Frame, _Picture(self.clock))


class _Picture:
    def __init__(self, clock: FakeClock) -> None:
        self.mono_s, self.utc = clock.mono_s(), clock.utc()

    def luma(self) -> object:
        return None


Pipeline = StreetPipeline | IntegrityPipeline
Make = Callable[[Recorder, FakeClock], tuple[Pipeline, LookedAt]]


def street_of(recorder: Recorder, _: FakeClock) -> tuple[Pipeline, LookedAt]:
    looked = LookedAt()
    return (
        StreetPipeline("east", cast(Street, looked), pace=Pace(1.0), recorder=recorder),
        looked,
    )


def view_of(recorder: Recorder, clock: FakeClock) -> tuple[Pipeline, LookedAt]:
    view = View()
    pipeline = IntegrityPipeline(
        "east",
        cast(IntegrityWatch, view),
        cast(FaultBook, view),
        view="",
        pace=Pace(1.0),
        recorder=recorder,
        clock=clock,
        clock_state=lambda: ClockState(synced=True),
    )
    return pipeline, view


@pytest.mark.parametrize("make", [street_of, view_of])
def test_nothing_is_judged_before_the_memory_is_there(clock: FakeClock, make: Make) -> None:
    recorder, film = Recorder(), Film(clock)
    pipeline, looked = make(recorder, clock)
    pipeline.begin(film.frame())
    for _ in range(5):
        pipeline.take(film.frame(), moving=False)
    pipeline.end(film.frame())
    assert (looked.times, recorder.recorded) == (0, [])
    recorder.away = False
    pipeline.begin(film.frame())
    pipeline.take(film.frame(), moving=False)
    assert recorder.recalled == 1
    assert looked.times > 0


@pytest.mark.parametrize(
    ("make", "patience_s"),
    [(street_of, street.MEMORY_WITHIN_S), (view_of, integrity.MEMORY_WITHIN_S)],
)
def test_a_memory_that_stays_away_is_done_without(
    clock: FakeClock, make: Make, patience_s: float, caplog: pytest.LogCaptureFixture
) -> None:
    recorder, film = Recorder(), Film(clock)
    pipeline, looked = make(recorder, clock)
    pipeline.begin(film.frame())
    for _ in range(int(patience_s) + 2):
        pipeline.take(film.frame(), moving=False)
    assert looked.times > 0
    assert sum("waits for" in one.message for one in caplog.records) == 1
