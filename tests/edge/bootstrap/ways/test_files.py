"""Folders of the configuration that are told every message."""

from pathlib import Path

import pytest

from edge.bootstrap.ways.files import FileSinks, inspect_files
from edge.clock import SystemClock
from edge.errors import ConfigError
from edge.settings import Settings, load_settings
from edge.store.sinks import FILES, Sinks
from tests.incidents import an_incident
from tests.review_desk import ReviewDesk

LOOKS = 200


def configured(folder: Path, *files: str) -> Settings:
    config = folder / "gridwatch.yaml"
    listed = "".join(f"\n  - {one}" for one in files) or " []"
    config.write_text(f"box: {{home: ./var}}\nfiles:{listed}\n", encoding="utf-8")
    return load_settings(config)


def lines(folder: Path, count: int) -> list[bytes]:
    """Return the lines of all days, as soon as there are so many."""
    clock = SystemClock()
    deadline_s = clock.mono_s() + 20
    found: list[bytes] = []
    while len(found) < count and clock.mono_s() < deadline_s:
        found = [
            line
            for path in sorted(folder.glob("*.jsonl"))
            for line in path.read_bytes().splitlines()
        ]
    return found


def test_folders_are_followed_and_one_that_is_gone_is_forgotten(tmp_path: Path) -> None:
    settings = configured(tmp_path, "{name: one, folder: ./one}")
    desk = ReviewDesk(tmp_path / "var" / "journal.db")
    desk.tell(an_incident("before"))
    files = FileSinks(settings, SystemClock())
    files.follow(settings)
    desk.tell(an_incident("car", box=(0.7, 0.1, 0.8, 0.2)))
    messages = [one.payload for one in desk.outbox.waiting(limit=10)]
    assert lines(tmp_path / "one", 1) == messages[1:]
    files.follow(configured(tmp_path, "{name: two, folder: ./two, stills: false}"))
    names = Sinks(desk.path, desk.clock).names()
    files.end()
    assert names == ["mqtt", FILES + "two"]


def test_the_boxs_own_folders_are_refused(tmp_path: Path) -> None:
    settings = configured(
        tmp_path, "{name: one, folder: .}", "{name: two, folder: ./var/evidence/out}"
    )
    for sink in settings.files:
        with pytest.raises(ConfigError, match=r"files\[\d\]\.folder: holds the box's own files"):
            inspect_files(settings, sink)


def test_a_folder_that_can_be_made_is_well(tmp_path: Path) -> None:
    settings = configured(tmp_path, "{name: one, folder: ./archive/site}")
    said = inspect_files(settings, settings.files[0])
    assert said == f"{tmp_path / 'archive' / 'site'}, with pictures"


def test_two_of_a_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="two files have the name 'one'"):
        configured(tmp_path, "{name: one, folder: a}", "{name: one, folder: b}")
