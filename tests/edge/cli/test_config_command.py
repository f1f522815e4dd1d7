from pathlib import Path

import pytest

from edge.bootstrap.configuration.history import History
from edge.cli.main import main
from tests.conftest import FakeClock

FIRST = "box: {home: .} # first\n"
SECOND = "box: {home: .} # second\nmqtt: {username: a, password: hush}\n"


@pytest.fixture
def config(tmp_path: Path, clock: FakeClock) -> Path:
    path = tmp_path / "gridwatch.yaml"
    path.write_text(SECOND)
    history = History(tmp_path, clock)
    history.add(FIRST, by="file", remark="")
    history.add(SECOND, by="admin", remark="a broker")
    return path


def test_states_are_listed_and_told_apart_without_secrets(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["config", "history", "--config", str(config)]) == 0
    latest, first = capsys.readouterr().out.splitlines()[2:]
    assert latest.startswith("2")
    assert latest.endswith("a broker")
    assert first.split()[2] == "file"
    assert main(["config", "diff", "2", "--config", str(config)]) == 0
    told = capsys.readouterr().out
    assert "+box: {home: .} # second" in told
    assert "hush" not in told


def test_a_file_becomes_what_it_was(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "rollback", "1", "--config", str(config)]) == 0
    assert "send SIGHUP" in capsys.readouterr().err
    assert config.read_text() == FIRST
    assert main(["config", "history", "--config", str(config)]) == 0
    assert capsys.readouterr().out.splitlines()[2].endswith("back to 1")


def test_a_broken_file_is_mended_by_its_history(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text("box: [\n")
    words = ["config", "rollback", "2", "--config", str(config)]
    assert main(words) == 2
    assert "--home" in capsys.readouterr().err
    assert main([*words, "--home", str(config.parent)]) == 0
    assert config.read_text() == SECOND


def test_a_state_that_is_not_kept_changes_nothing(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for part in ("diff", "rollback"):
        assert main(["config", part, "9", "--config", str(config)]) == 2
        assert "there is no state 9" in capsys.readouterr().err
    assert config.read_text() == SECOND
