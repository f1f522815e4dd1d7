from pathlib import Path

import pytest

from edge.files import locked, make_folder, write_whole
from tests.fixtures_disk import SmallDisk


def test_a_file_is_replaced_with_its_rights_and_leaves_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "a"
    assert write_whole(path, b"one")
    assert write_whole(path, b"two", mode=0o640)
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"two", 0o640)
    assert [one.name for one in tmp_path.iterdir()] == ["a"]


def test_whoever_comes_first_wins_where_nothing_is_to_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / "key"
    assert write_whole(path, b"first", replace=False)
    assert not write_whole(path, b"second", replace=False)
    assert path.read_bytes() == b"first"
    assert [one.name for one in tmp_path.iterdir()] == ["key"]


def test_a_full_disk_leaves_the_file_as_it_was(small_disk: SmallDisk) -> None:
    path = small_disk.root / "a"
    write_whole(path, b"before")
    small_disk.fill()
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, b"x" * 100_000)
    assert path.read_bytes() == b"before"
    assert sorted(one.name for one in small_disk.root.iterdir()) == ["a", "ballast"]


def test_drafts_may_lie_where_they_are_looked_for_after_a_crash(tmp_path: Path) -> None:
    drafts, folder = tmp_path / "drafts", tmp_path / "folder"
    make_folder(drafts)
    make_folder(folder)
    drafts.chmod(0o500)
    write_whole(folder / "a", b"one")
    assert (folder / "a").read_bytes() == b"one"
    drafts.chmod(0o700)
    write_whole(folder / "b", b"two", drafts=drafts)
    assert [*drafts.iterdir()] == []


def test_a_folder_is_locked_on_a_disk_that_takes_nothing(small_disk: SmallDisk) -> None:
    small_disk.fill()
    small_disk.read_only()
    shared = locked(small_disk.root, shared=True), locked(small_disk.root, shared=True, wait=False)
    with shared[0], shared[1], pytest.raises(BlockingIOError), locked(small_disk.root, wait=False):
        pass
    with locked(small_disk.root, wait=False):
        pass
