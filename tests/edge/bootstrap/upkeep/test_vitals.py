from datetime import timedelta
from pathlib import Path

import pytest

from edge.bootstrap.upkeep.vitals import SILENT_AFTER_S, Presence, Vitals
from edge.domain.camera import CameraReport, CameraState
from edge.store.journal import Journal, SeenCamera
from tests.conftest import FakeClock
from tests.passages import a_passage

ONLINE = CameraReport("gate", CameraState.ONLINE, fps=25.0, reconnects=3)


def test_a_camera_whose_worker_is_silent_is_not_online(clock: FakeClock) -> None:
    presence, seen = Presence(clock), [SeenCamera(ONLINE, clock.utc())]
    assert presence.now(seen, writable=True) == [ONLINE]
    clock.advance(3)
    assert presence.now(seen, writable=True) == [ONLINE]
    clock.advance(SILENT_AFTER_S)
    (later,) = presence.now(seen, writable=True)
    assert later.state is CameraState.OFFLINE
    assert later.detail == "its worker has said nothing for 13 s"
    assert later.reconnects == 3


@pytest.mark.parametrize("days", [-400, -1, 1, 400])
def test_a_clock_that_is_set_silences_nobody(clock: FakeClock, days: int) -> None:
    presence = Presence(clock)
    presence.now([SeenCamera(ONLINE, clock.utc())], writable=True)
    clock.advance(2)
    clock.now += timedelta(days=days)
    assert presence.now([SeenCamera(ONLINE, clock.utc())], writable=True) == [ONLINE]
    clock.advance(SILENT_AFTER_S)
    (later,) = presence.now([SeenCamera(ONLINE, clock.utc() - timedelta(10))], writable=True)
    assert later is ONLINE


def test_who_cannot_report_on_a_full_disk_is_not_silent(clock: FakeClock) -> None:
    presence, seen = Presence(clock), [SeenCamera(ONLINE, clock.utc())]
    presence.now(seen, writable=True)
    clock.advance(600)
    assert presence.now(seen, writable=False) == [ONLINE]
    clock.advance(3)
    assert presence.now(seen, writable=True) == [ONLINE]


def test_what_was_known_last_is_told_while_the_journal_cannot_be_read(
    tmp_path: Path, clock: FakeClock
) -> None:
    path = tmp_path / "journal.db"
    journal = Journal(path, clock)
    journal.report(ONLINE)
    journal.record_passage(a_passage("a"), lambda seq: b"{}")
    journal.close()
    vitals = Vitals(path, clock, writable=lambda: True)
    before = vitals.cameras(), vitals.waiting(), vitals.parked(), vitals.networks()
    assert before[:3] == ([ONLINE], 1, [])
    path.unlink()
    assert (vitals.cameras(), vitals.waiting(), vitals.parked(), vitals.networks()) == before
