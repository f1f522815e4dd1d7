from pathlib import Path

import pytest

from edge.cli.main import main
from tests.conftest import FakeClock
from tests.exhibits import A, B, Exhibits


@pytest.fixture
def box(tmp_path: Path, clock: FakeClock) -> Exhibits:
    (tmp_path / "box.yaml").write_text("box: {home: .}\n", encoding="utf-8")
    box = Exhibits(tmp_path, clock)
    for one in (A, B):
        box.open(one, ["opened.jpg"])
    return box


def test_a_sound_box_is_told_by_folder_by_incident_and_as_a_whole(
    box: Exhibits, capsys: pytest.CaptureFixture[str]
) -> None:
    config = str(box.home / "box.yaml")
    assert main(["evidence", "verify", str(box.folder.root)]) == 0
    assert main(["evidence", "verify", "--config", config]) == 0
    assert main(["evidence", "verify", A, "--config", config]) == 0
    told = capsys.readouterr().err.splitlines()
    assert told == [
        "2 incidents, 2 files as signed, 0 purged and recorded, 0 incidents with faults",
        "2 incidents, 2 files as signed, 0 purged and recorded, 0 incidents with faults",
        "1 incidents, 1 files as signed, 0 purged and recorded, 0 incidents with faults",
    ]


def test_a_changed_file_is_named_and_the_command_fails(
    box: Exhibits, capsys: pytest.CaptureFixture[str]
) -> None:
    path = box.folder_of(B) / "opened.jpg"
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    assert main(["evidence", "verify", str(box.folder.root)]) == 1
    told = capsys.readouterr().out.splitlines()[-1].split()
    assert told[:3] == [B, "changed", "opened.jpg"]


def test_a_copy_elsewhere_needs_the_key_of_the_box(
    box: Exhibits, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path_factory.mktemp("copy") / A
    copy.mkdir()
    for path in box.folder_of(A).iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    assert main(["evidence", "verify", str(copy)]) == 2
    assert "name it with --key" in capsys.readouterr().err
    key = str(box.home / "keys" / "box.pub")
    assert main(["evidence", "verify", str(copy), "--key", key]) == 0


def test_what_is_held_is_released_once(box: Exhibits, capsys: pytest.CaptureFixture[str]) -> None:
    config = str(box.home / "box.yaml")
    assert main(["evidence", "hold", A, "--reason", "court", "--config", config]) == 0
    assert box.store.held(A) is not None
    assert main(["evidence", "hold", A, "--reason", "court", "--config", config]) == 2
    assert main(["evidence", "release", A, "--config", config]) == 0
    assert box.store.held(A) is None
    assert main(["evidence", "release", A, "--config", config]) == 2
    assert main(["evidence", "hold", "none", "--reason", "x", "--config", config]) == 2
    assert "is not in the journal" in capsys.readouterr().err
