"""Clips on their way out: there after a restart, and no longer than they must."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge.commands.handover import Exhibit, Handover

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
EXHIBIT = Exhibit(
    "a", "east", NOON, NOON + timedelta(seconds=20), "film", redacted=True, held=False
)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "made.mp4"
    path.write_bytes(b"film" * 1000)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "handover"


def test_what_lies_ready_is_there_after_a_restart(clip: Path, folder: Path) -> None:
    kept = Handover(folder).keep("one", clip, EXHIBIT)
    clip.unlink()  # its owner made room
    Handover(folder).note("one", kept, 1024)
    resumed = Handover(folder).resume("one")
    assert resumed is not None
    assert (resumed.exhibit, resumed.bytes, resumed.taken) == (EXHIBIT, 4000, 1024)
    assert resumed.path.read_bytes() == b"film" * 1000
    assert folder.stat().st_mode & 0o777 == 0o700


def test_nothing_lies_ready_of_what_never_was(folder: Path) -> None:
    assert Handover(folder).resume("one") is None


def test_only_one_command_has_files(clip: Path, folder: Path) -> None:
    handover = Handover(folder)
    handover.keep("one", clip, EXHIBIT)
    handover.draft("two").write_bytes(b"half")
    assert handover.resume("two") is None
    assert list(folder.iterdir()) == []


def test_when_it_has_arrived_nothing_is_left(clip: Path, folder: Path) -> None:
    handover = Handover(folder)
    draft = handover.draft("one")
    draft.write_bytes(b"clear film")
    handover.keep("one", clip, EXHIBIT)
    assert not draft.exists()
    handover.end("one")
    assert list(folder.iterdir()) == []
    assert clip.exists()


def test_what_a_crash_left_is_removed_when_its_command_has_long_expired(
    clip: Path, folder: Path
) -> None:
    handover = Handover(folder)
    handover.keep("old", clip, EXHIBIT)
    for path in folder.iterdir():
        os.utime(path, (NOON.timestamp(), NOON.timestamp()))
    handover.draft("new").write_bytes(b"film")
    handover.tidy(NOON)
    assert len(list(folder.iterdir())) == 3
    handover.tidy(NOON + timedelta(seconds=1))
    assert [path.name for path in folder.iterdir()] == ["new.draft.mp4"]
    Handover(folder / "never").tidy(NOON)


@pytest.mark.parametrize("damage", [b"", b"fil", b"film" * 999 + b"fool"])
def test_what_is_not_whole_is_made_again(clip: Path, folder: Path, damage: bytes) -> None:
    handover = Handover(folder)
    kept = handover.keep("one", clip, EXHIBIT)
    kept.path.unlink()
    kept.path.write_bytes(damage)
    assert handover.resume("one") is None
    assert list(folder.iterdir()) == []


def test_facts_that_cannot_be_read_are_none(clip: Path, folder: Path) -> None:
    handover = Handover(folder)
    handover.keep("one", clip, EXHIBIT)
    (folder / "one.json").write_text("{")
    assert handover.resume("one") is None


def test_a_disk_that_knows_no_links_has_a_copy(
    clip: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    kept = Handover(folder).keep("one", clip, EXHIBIT)
    assert kept.path.read_bytes() == clip.read_bytes()
    assert kept.path.stat().st_ino != clip.stat().st_ino
