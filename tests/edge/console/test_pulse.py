"""Live updates: one look for all, none for nobody."""

import asyncio
from pathlib import Path

from edge.console.pulse import Pulse
from edge.domain.camera import CameraReport, CameraState
from edge.errors import StoreError
from edge.store.pulse import JournalPulse
from tests.incidents import an_incident
from tests.review_desk import ReviewDesk


class Looks:
    """What every look finds, in order; then nothing more."""

    def __init__(self, *found: set[str] | StoreError) -> None:
        self.found = list(found)
        self.count = 0

    def __call__(self) -> set[str]:
        self.count += 1
        now = self.found.pop(0) if self.found else set[str]()
        if isinstance(now, StoreError):
            raise now
        return now


async def heard(pulse: Pulse, count: int) -> list[str | None]:
    listening = pulse.listen()
    found = [await anext(listening) for _ in range(count)]
    await listening.aclose()  # type: ignore[attr-defined]
    return found


def test_every_listener_hears_what_one_look_found() -> None:
    async def story() -> None:
        looks = Looks(set(), {"incident", "passage"})
        pulse = Pulse(looks, look_s=0)
        both = await asyncio.gather(heard(pulse, 2), heard(pulse, 2))
        assert [*both] == [["incident", "passage"]] * 2

    asyncio.run(story())


def test_nobody_looks_while_nobody_listens() -> None:
    async def story() -> None:
        looks = Looks({"incident"})
        pulse = Pulse(looks, look_s=0)
        assert await heard(pulse, 1) == ["incident"]
        before = looks.count
        for _ in range(5):
            await asyncio.sleep(0)
        assert (looks.count, pulse.listeners) == (before, 0)
        looks.found = [{"camera"}]
        assert await heard(pulse, 1) == ["camera"]

    asyncio.run(story())


def test_silence_is_broken_by_a_heartbeat() -> None:
    assert asyncio.run(heard(Pulse(Looks(), heartbeat_s=0.001), 2)) == [None, None]


def test_a_journal_that_cannot_be_read_once_is_looked_at_again() -> None:
    looks = Looks(StoreError("disk"), {"incident"})
    assert asyncio.run(heard(Pulse(looks, look_s=0), 1)) == ["incident"]


def test_the_journal_says_what_is_new_in_it(tmp_path: Path) -> None:
    desk = ReviewDesk(tmp_path / "journal.db")
    pulse = JournalPulse(desk.path)
    assert pulse.changed() == frozenset()
    desk.tell(an_incident("a"))
    assert pulse.changed() == {"incident"}
    assert pulse.changed() == frozenset()
    desk.journal.report(CameraReport("street-01", CameraState.ONLINE))
    assert pulse.changed() == {"camera"}
