import json
from pathlib import Path

import pytest

from edge.bench.figure import against, once
from edge.bench.report import HEADER, missing, number, read_report, rows, to_json
from edge.errors import ConfigError
from tests.benches import a_figure, a_full_report, a_report


def test_a_row_says_what_was_found_and_what_is_asked() -> None:
    (row,) = rows(a_report(a_figure("camera", 1.2)))
    assert dict(zip(HEADER, row, strict=True)) == {
        "bench": "gate",
        "measured": "camera",
        "median": "1.20 s CPU",
        "repeats": "1.19 to 1.21",
        "limit": "1 s CPU",
        "ratio": "1.20",
        "asked": "<= 1.15",
        "": "MISSED",
        "the limit is": "decoding",
    }


def test_what_is_asked_of_a_value_is_told_with_its_unit_and_what_is_not_is_left_out() -> None:
    p50 = against(once("p50", 312.5, "ms"), None, goal=400.0)
    more = against(once("cameras", 130, "cameras"), None, goal=120, at_least=True)
    first, second, third = rows(a_report(p50, more, once("count", 9, "decisions")))
    assert first[2:] == ("312 ms", "", "", "", "<= 400 ms", "held", "")
    assert second[6:8] == (">= 120 cameras", "held")
    assert third[2:] == ("9 decisions", *6 * ("",))


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0, "0"),
        (3, "3"),
        (1234567, "1,234,567"),
        (1234.5, "1,234"),
        (12.345, "12.3"),
        (1.2, "1.20"),
        (0.01234, "0.0123"),
        (-0.5, "-0.500"),
    ],
)
def test_a_number_has_three_digits_that_count(value: float, told: str) -> None:
    assert number(value) == told


def test_what_was_not_measured_is_told_with_its_reason() -> None:
    assert missing(a_full_report()) == ["not measured: street, H.265: no encoder"]


def test_a_file_says_all_of_a_run_and_is_read_again(tmp_path: Path) -> None:
    report, path = a_full_report(), tmp_path / "figures.json"
    path.write_text(to_json(report), encoding="utf-8")
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content["schema"] == "gridwatch.bench/1"
    assert content["machine"]["processor"] == "Quick 9000"
    assert content["figures"][0]["ratio"] == pytest.approx(1.2)
    assert content["figures"][0]["held"] is False
    read = read_report(path)
    assert list(read.measured) == list(report.measured)
    assert list(read.skipped) == list(report.skipped)
    assert (read.version, read.machine, read.at) == (report.version, report.machine, report.at)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "file: Invalid JSON"),
        ("[]", "file: Input should be an object"),
        ('{"gate": {"ratio": 1.2}}', "schema: Field required"),
        (to_json(a_full_report()).replace("bench/1", "bench/2"), "schema: Input should be"),
        (
            to_json(a_full_report()).replace('"least"', '"leased"'),
            "figures.0.least: Field required",
        ),
        (to_json(a_full_report()).replace("312.5", "NaN"), "figures.4.value: Input should be a f"),
    ],
    ids=["empty", "a list", "of an older kind", "of a newer kind", "a key is missing", "no number"],
)
def test_a_file_that_is_none_is_told_in_one_line(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "figures.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as told:
        read_report(path)
    line = str(told.value)
    assert line.startswith(f"{path}: {words}")
    assert line.endswith("give a file that 'gridwatch bench --json' has written")
    assert "\n" not in line


def test_a_file_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"absent\.json: cannot be read \(No such file"):
        read_report(tmp_path / "absent.json")
