from pathlib import Path

import pytest

from edge.cli.main import main


@pytest.mark.e2e
@pytest.mark.timeout(300)
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
    assert "3 incidents: 1 material_pile, 1 motor_parking, 1 smoke_air" in printed
    assert "still there: material_pile" in printed
    assert "3 of them with a clip" in printed
    _, _, told = printed.partition("with the password in ")
    assert Path(told.splitlines()[0]).read_text(encoding="utf-8").strip()
    _, street = printed.split("on the street:")
    rows = [line.split() for line in street.splitlines() if "机动车乱停放" in line]
    assert [(row[1], row[6]) for row in rows] == [
        ("opened", "warning"),
        ("updated", "case"),
        ("cleared", "case"),
    ]
    assert all("review" in row and "static_foreground" in row for row in rows)
    stills = list((tmp_path / "demo" / "stills").glob("*.jpg"))
    assert all(still.stat().st_size <= 256 * 1024 for still in stills)
    shown = {still.stem.partition("-")[2] for still in stills}
    assert {"resident", "stranger", "watchlist", "unsure"} <= shown
    assert {
        f"{kind}-{moment}"
        for kind, moments in (
            ("motor_parking", ("first", "warned", "updated-2", "cleared")),
            ("material_pile", ("first", "opened")),
            ("smoke_air", ("first", "opened", "cleared")),
        )
        for moment in moments
    } == {name for name in shown if "-" in name}
