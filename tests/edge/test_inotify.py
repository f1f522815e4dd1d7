import ctypes
import select
import sys
from pathlib import Path

import pytest

from edge.inotify import FolderBell, folder_bell
from edge.store.journal import Journal
from edge.store.outbox import Outbox
from tests.conftest import FakeClock
from tests.scripted_sink import write

WAIT_MS = 5000


def rings(bell: FolderBell, within_ms: int) -> bool:
    poll = select.poll()
    poll.register(bell, select.POLLIN)
    return bool(poll.poll(within_ms))


@pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")
def test_it_rings_at_a_write_while_it_is_armed(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    with folder_bell(tmp_path) as bell:
        assert bell is not None
        path.write_text("a")
        assert not rings(bell, 0)
        assert bell.arm()
        assert not rings(bell, 0)
        path.write_text("b")
        path.write_text("c")
        assert rings(bell, WAIT_MS)
        bell.hush()
        path.write_text("d")
        assert not rings(bell, 0)
        bell.hush()  # and nothing to hush is nothing
        assert bell.arm()
        path.write_text("e")
        assert rings(bell, WAIT_MS)


@pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")
def test_a_message_of_another_connection_rings_for_the_outbox(
    tmp_path: Path, clock: FakeClock
) -> None:
    journal, outbox = (
        Journal(tmp_path / "journal.db", clock),
        Outbox(tmp_path / "journal.db", clock),
    )
    outbox.changed()
    with folder_bell(tmp_path) as bell:
        assert bell is not None
        assert bell.arm()
        assert not outbox.changed()
        assert not rings(bell, 0)
        write(journal, b"a")
        assert rings(bell, WAIT_MS)
        assert outbox.changed()


def test_there_is_none_where_it_cannot_be_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with folder_bell(tmp_path / "absent") as bell:
        assert bell is None or not bell.arm()

    class Elsewhere:
        """A C library without inotify."""

    monkeypatch.setattr(ctypes, "CDLL", lambda name: Elsewhere())
    with folder_bell(tmp_path) as bell:
        assert bell is None
