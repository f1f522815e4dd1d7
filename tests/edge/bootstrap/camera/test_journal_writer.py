from collections.abc import Sequence
from threading import Event, current_thread

import pytest

from edge.bootstrap.camera.journal_writer import STUCK_AFTER_S, JournalWriter, VitalSigns
from edge.bootstrap.camera.patience import PatientWriter, unwritten
from edge.domain.camera import CameraReport, CameraState
from edge.errors import StoreError
from tests.conftest import FakeClock

WITHIN_S = 10.0


class Journal:
    """Takes what is written, after it was let."""

    def __init__(self) -> None:
        self.asked, self.let = Event(), Event()
        self.let.set()
        self.written: list[str] = []
        self.threads: set[str] = set()
        self.error: Exception | None = None

    def write(self, thing: str) -> None:
        self.asked.set()
        assert self.let.wait(WITHIN_S)
        if self.error is not None:
            raise self.error
        self.threads.add(current_thread().name)
        self.written.append(thing)

    def hold(self) -> None:
        """Let nothing through until ``let`` is set."""
        self.asked.clear()
        self.let.clear()


def test_things_are_written_by_one_thread_and_passages_before_all_others() -> None:
    journal, writer = Journal(), JournalWriter()
    street, other = (PatientWriter(journal.write, "i", hand=writer.hand) for _ in "12")
    gate = PatientWriter(journal.write, "passages", hand=writer.hand_first)
    writer.start()
    journal.hold()
    street.add("street 1")
    assert journal.asked.wait(WITHIN_S)
    other.add("other 1")
    street.add("street 2")
    gate.add("gate")
    journal.let.set()
    writer.finish(WITHIN_S)
    # The street is written to its end once it is its turn.
    assert journal.written == ["street 1", "street 2", "gate", "other 1"]
    assert journal.threads == {"journal"}
    assert (street.waiting, other.waiting, gate.waiting) == (0, 0, 0)
    assert not writer.is_alive()


def test_what_the_disk_refuses_is_kept_joined_and_written_when_it_is_tried_again() -> None:
    journal, writer = Journal(), JournalWriter()
    pages = PatientWriter(
        journal.write, "incidents", join=lambda a, b: a + b, size=len, hand=writer.hand
    )
    before, _ = unwritten()
    writer.start()
    journal.hold()
    journal.error = StoreError("the disk is full")
    pages.add("a")
    assert journal.asked.wait(WITHIN_S)
    pages.add("b")
    journal.let.set()
    writer.finish(WITHIN_S)
    assert (pages.waiting, pages.failing, unwritten()[0] - before) == (2, True, 2)
    journal.error = None
    again = JournalWriter()
    again.hand(pages)
    again.start()
    again.finish(WITHIN_S)
    assert (journal.written, pages.waiting, unwritten()[0] - before) == (["ab"], 0, 0)


def test_an_error_nobody_expected_ends_whose_thing_it_was_and_nobody_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken, well, writer = Journal(), Journal(), JournalWriter()
    broken.error = KeyError("zone")
    one = PatientWriter(broken.write, "incidents", hand=writer.hand)
    other = PatientWriter(well.write, "incidents", hand=writer.hand)
    writer.start()
    one.add("a")
    other.add("b")
    writer.finish(WITHIN_S)
    assert well.written == ["b"]
    assert "cannot be written" in caplog.text
    with pytest.raises(KeyError, match="zone"):
        one.add("c")
    with pytest.raises(KeyError, match="zone"):
        one.retry()
    other.retry()


def test_vital_signs_are_written_together_the_last_of_each_camera() -> None:
    written: list[Sequence[CameraReport]] = []
    writer = JournalWriter()
    signs = VitalSigns(written.append, writer.hand_later)
    signs.report(CameraReport("a", CameraState.CONNECTING))
    signs.report(CameraReport("b", CameraState.ONLINE))
    signs.report(CameraReport("a", CameraState.ONLINE))
    writer.start()
    writer.finish(WITHIN_S)
    assert [[(one.camera_id, one.state) for one in together] for together in written] == [
        [("a", CameraState.ONLINE), ("b", CameraState.ONLINE)]
    ]


def test_vital_signs_that_the_disk_does_not_take_are_told_again_later() -> None:
    def refuse(_: Sequence[CameraReport]) -> None:
        raise StoreError("the disk is full")

    writer = JournalWriter()
    signs = VitalSigns(refuse, writer.hand_later)
    writer.start()
    signs.report(CameraReport("a", CameraState.ONLINE))
    writer.finish(WITHIN_S)
    signs.report(CameraReport("a", CameraState.ONLINE))


def test_a_disk_that_hangs_is_noticed() -> None:
    clock, journal = FakeClock(), Journal()
    writer = JournalWriter(clock.mono_s)
    street = PatientWriter(journal.write, "incidents", hand=writer.hand)
    journal.hold()
    writer.start()
    street.add("a")
    assert journal.asked.wait(WITHIN_S)
    assert not writer.stuck
    clock.advance(STUCK_AFTER_S + 1)
    assert writer.stuck
    journal.let.set()
    writer.finish(WITHIN_S)
    assert not writer.stuck
