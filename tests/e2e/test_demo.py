from pathlib import Path

import pytest

from edge.cli.main import main


@pytest.mark.e2e
def test_the_demo_shows_what_its_scenes_promise(
    models_ready: None,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GRIDWATCH_LOG", "warning")
    assert main(["demo", "--out", str(tmp_path / "demo")]) == 0
    printed = capsys.readouterr().out
    assert "9 passages: 4 resident, 2 stranger, 2 unsure, 1 watchlist" in printed
    assert "2 persons on one authorisation" in printed
    assert "expired" in printed
    stills = list((tmp_path / "demo" / "stills").glob("*.jpg"))
    assert len(stills) >= 7
    assert all(still.stat().st_size <= 256 * 1024 for still in stills)
