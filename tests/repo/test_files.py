"""Rules about the files of the repository themselves."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINES_LIMIT = 400
BYTES_LIMIT = 300 * 1024
PICTURES = {".jpg", ".jpeg", ".png", ".gif", ".webp"}
MEDIA = PICTURES | {".onnx", ".pb", ".npy", ".npz", ".mp4", ".mkv", ".avi"}
WRITTEN_BY_TOOLS = {".lock"}
WRITTEN_BY_THE_BENCH = ("docs/performance.json", "docs/images/performance.svg")
# Built from parts, so that this file does not match itself.
MACHINE_PATH = re.compile(
    r"(?<![\w.])/(?:" + "|".join(("work", "root", "home", "Users")) + r")/[\w.]"
)


def _tracked() -> list[Path]:
    """Return the files of the repository, also those that are about to be added."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.exists()]


TRACKED = _tracked()


def _names(paths: list[Path]) -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in paths)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _sources() -> list[Path]:
    return [path for path in TRACKED if path.suffix not in WRITTEN_BY_TOOLS | MEDIA]


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    written = {ROOT / name for name in WRITTEN_BY_THE_BENCH}
    lengths = {path: _text(path).count("\n") for path in _sources() if path not in written}
    assert _names([path for path, lines in lengths.items() if lines > LINES_LIMIT]) == []


def test_no_package_lies_below_tests() -> None:
    """A ``tests/models/__init__.py`` would shadow the real package."""
    assert list((ROOT / "tests").rglob("__init__.py")) == []


def test_no_large_file_is_tracked() -> None:
    assert _names([path for path in TRACKED if path.stat().st_size > BYTES_LIMIT]) == []


def test_weights_and_media_are_tracked_only_as_pictures_of_the_documentation() -> None:
    media = [path for path in TRACKED if path.suffix.lower() in MEDIA]
    assert _names([path for path in media if ROOT / "docs" not in path.parents]) == []


def test_no_file_names_a_path_of_one_machine() -> None:
    assert _names([path for path in _sources() if MACHINE_PATH.search(_text(path))]) == []


@pytest.mark.parametrize("path", ["/work" + "/main", "see /home" + "/me/x", "(/root" + "/.cache)"])
def test_a_path_of_one_machine_would_be_seen(path: str) -> None:
    assert MACHINE_PATH.search(path)


def test_every_text_ends_with_one_newline_and_has_no_trailing_blanks() -> None:
    untidy = [
        path
        for path in _sources()
        if (text := _text(path)) and (not text.endswith("\n") or re.search(r"[ \t]+$", text, re.M))
    ]
    assert _names(untidy) == []


def test_every_folder_of_tests_mirrors_a_folder_of_the_source() -> None:
    tests = ROOT / "tests"
    mirrored = {
        path.parent.relative_to(tests)
        for top in ("edge", "models", "streams")
        for path in (tests / top).rglob("test_*.py")
    }
    assert [str(folder) for folder in sorted(mirrored) if not (ROOT / folder).is_dir()] == []


def test_scripts_can_be_executed() -> None:
    scripts = [path for path in TRACKED if _text(path).startswith("#!")]
    assert scripts
    assert _names([path for path in scripts if not path.stat().st_mode & 0o100]) == []
