"""The page of figures and its chart say what the file of figures says."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = ("performance.json", "performance.md", "images/performance.svg")


def written(docs: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    script = ROOT / "scripts" / "performance-page.py"
    return subprocess.run(
        [sys.executable, str(script), "--docs", str(docs), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """Return a copy of what the script reads and writes."""
    (tmp_path / "images").mkdir()
    for name in FILES:
        shutil.copyfile(ROOT / "docs" / name, tmp_path / name)
    return tmp_path


def test_page_and_chart_are_up_to_date() -> None:
    said = written(ROOT / "docs", "--check")
    assert (said.returncode, said.stderr) == (0, "")


def test_what_is_out_of_date_is_named_and_then_written_anew(docs: Path) -> None:
    page, chart = docs / "performance.md", docs / "images" / "performance.svg"
    good = page.read_text("utf-8"), chart.read_text("utf-8")
    page.write_text(good[0].replace("held", "missed"), "utf-8")
    chart.unlink()
    said = written(docs, "--check")
    assert said.returncode == 1
    assert "performance.md: is not up to date" in said.stderr
    assert "performance.svg: is not up to date" in said.stderr
    assert written(docs).returncode == 0
    assert (page.read_text("utf-8"), chart.read_text("utf-8")) == good
