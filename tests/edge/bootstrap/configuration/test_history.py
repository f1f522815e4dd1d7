"""Accepted states of a file, and how files are written."""

import stat
from pathlib import Path

import pytest

from edge.bootstrap.configuration.history import History, write_whole
from edge.errors import StoreError
from tests.conftest import FakeClock


def test_states_are_kept_in_order_and_the_oldest_go(tmp_path: Path, clock: FakeClock) -> None:
    history = History(tmp_path, clock, most=3)
    for number in range(1, 6):
        clock.advance(60)
        history.add(f"text {number}", by="admin", remark=f"第{number}")
    states = history.states()
    assert [one.id for one in states] == [5, 4, 3]
    assert [one.remark for one in states] == ["第5", "第4", "第3"]
    assert states[0].saved_at == clock.utc()
    assert history.text(4) == "text 4"
    assert history.text(2) is None
    assert len(list((tmp_path / "configuration").iterdir())) == 6


def test_what_is_the_latest_already_is_not_kept_twice(tmp_path: Path, clock: FakeClock) -> None:
    history = History(tmp_path, clock)
    first = history.add("a", by="file", remark="")
    assert history.add("a", by="admin", remark="again") == first
    assert history.add("b", by="admin", remark="").id == 2
    assert history.add("a", by="admin", remark="back").id == 3


def test_nobody_else_reads_the_history(tmp_path: Path, clock: FakeClock) -> None:
    History(tmp_path, clock).add("password: hush", by="file", remark="")
    folder = tmp_path / "configuration"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()} == {0o600}


def test_a_note_that_is_none_is_named(tmp_path: Path, clock: FakeClock) -> None:
    history = History(tmp_path, clock)
    history.add("a", by="file", remark="")
    (tmp_path / "configuration" / "000001.json").write_text("{}")
    with pytest.raises(StoreError, match=r"000001\.json"):
        history.states()


def test_a_file_keeps_its_rights_and_a_link_its_place(tmp_path: Path) -> None:
    real, link = tmp_path / "real.yaml", tmp_path / "gridwatch.yaml"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    write_whole(link, "new\r\n")
    assert link.is_symlink()
    assert real.read_bytes() == b"new\r\n"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert sorted(one.name for one in tmp_path.iterdir()) == ["gridwatch.yaml", "real.yaml"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        write_whole(tmp_path / "file" / "gridwatch.yaml", "new", mode=0o600)
