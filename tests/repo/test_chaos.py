"""Reports of experiments: what is asked, whether it was kept to, and how it is told."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.chaos.catalogue import EXPERIMENTS
from tests.chaos.experiment import Report, at_least, at_most, comparable, exactly, table, told

ROOT = Path(__file__).resolve().parents[2]
FIGURES = (
    exactly("messages lost", 0, 0),
    at_most("slowest recovery", 4.25, 5, "s"),
    at_least("catch-up rate", 1234.5, 1000, "messages/s"),
    told("machine", "a box"),
)


def test_a_report_holds_if_every_figure_does() -> None:
    assert Report("trial", FIGURES).held
    worse = at_most("slowest recovery", 5.01, 5, "s")
    broken = Report("trial", (*FIGURES, worse))
    assert not broken.held
    assert broken.broken == ["slowest recovery 5.01 s at most 5 s BROKEN"]


def test_a_short_form_is_not_judged_by_what_other_work_spoils() -> None:
    late = at_most("slowest recovery", 5.01, 5, "s", timed=True)
    assert Report("trial", (*FIGURES, late), short=True).held
    assert not Report("trial", (*FIGURES, late)).held
    assert not Report("trial", (late,), short=True).held


def test_a_report_of_which_nothing_is_asked_shows_nothing() -> None:
    assert not Report("trial", ()).held
    assert not Report("trial", (told("machine", "a box"),)).held


def test_people_read_a_line_per_figure() -> None:
    assert table(Report("trial", FIGURES, short=True)).splitlines() == [
        "trial (short form): held",
        "  figure                       value  limit                      verdict",
        "  messages lost                    0  exactly 0                  held",
        "  slowest recovery            4.25 s  at most 5 s                held",
        "  catch-up rate     1,234 messages/s  at least 1,000 messages/s  held",
        "  machine                      a box",
    ]


def test_a_file_says_when_and_on_what_machine() -> None:
    at = datetime(2026, 11, 25, 15, tzinfo=UTC)
    content = json.loads(json.dumps(comparable([Report("trial", FIGURES)], at)))
    assert (content["at"], content["held"]) == ("2026-11-25T15:00:00+00:00", True)
    assert content["machine"]
    figure = content["reports"][0]["figures"][1]
    assert figure == {
        "name": "slowest recovery",
        "value": 4.25,
        "unit": "s",
        "limit": "at most 5",
        "held": True,
        "timed": False,
    }


def test_every_experiment_has_a_name_of_its_own_and_a_part_on_the_page() -> None:
    names = [one.name for one in EXPERIMENTS]
    assert len(set(names)) == len(names)
    page = (ROOT / "docs" / "chaos.md").read_text("utf-8")
    assert [name for name in names if f"\n## `{name}`" not in page] == []


@pytest.mark.parametrize(("arguments", "code"), [(["--list"], 0), (["no-such-thing"], 2)])
def test_the_command_lists_and_refuses(arguments: list[str], code: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code
    assert [one.name for one in EXPERIMENTS if one.name not in done.stdout + done.stderr] == []
