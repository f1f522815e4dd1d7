"""The page about rules: it names them all, its figures are the code's, its pictures are fresh."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from edge.bootstrap.camera.street import zone_rules
from edge.codes.table import SHIPPED, load_table
from edge.domain.rule import IncidentType, Terms
from edge.domain.schedule import BREAKFAST_CART, KIOSK
from edge.rules import RULES
from edge.settings import load_settings
from edge.settings.street import Rule
from edge.settings.values import parse_duration_s
from edge.street.zone_rule import ZoneRule
from tests.pictures.all import FOLDER, STAGES, path, picture

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "rules.md").read_text("utf-8")
CHINESE_PAGE = (ROOT / "docs" / "rules.zh-CN.md").read_text("utf-8")
PICTURE_BYTES = 40 * 1024
TERM_OF_KEY = {
    "dwell": "dwell_s",
    "warn": "warn_s",
    "clear": "clear_s",
    "clear_looks": "clear_looks",
    "gap": "gap_s",
    "hold": "hold_s",
    "loading": "loading_s",
    "unseen_arrival": "unseen_arrival_s",
    "looks": "steadiness",
    "confidence": "least_score",
    "least_area": "least_area",
    "greatest_area": "greatest_area",
    "count": "least_count",
    "cover": "least_cover",
    "severity": "severity",
    "confirm": "review_unconfirmed",
    "classes": "classes",
    "outside": "outside",
}
"""Terms by the key of the configuration."""

CAMERA_WIDE = {"schedule", "exemptions", "type"}
ALL = pytest.mark.parametrize("incident", RULES)


def _section(title: str) -> str:
    match = re.search(rf"^(#+) {title}$(.*?)(?=^\1 |^## |\Z)", PAGE, re.M | re.S)
    assert match is not None, f"docs/rules.md has no section {title!r}"
    return match[2]


def _rows(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip("` ") for cell in line.strip("| ").split(" | ")] for line in lines]


def _written(incident: IncidentType) -> dict[str, str]:
    keys, _, values = _rows(_section(incident))
    return dict(zip(keys, values, strict=True))


def _common() -> dict[str, str]:
    """Return the usual value by key, of those that are the same for all rules."""
    _, _, *rows = _rows(_section("From a moment to an incident"))
    values = {row[0]: row[1] for row in rows if row[1] != "by rule"}
    least, greatest = values.pop("least_area`, `greatest_area").split(", ")
    return {**values, "least_area": least, "greatest_area": greatest}


def _value(text: str, term: str) -> Any:
    if text in {"none", "all"}:
        return () if term in {"classes", "outside"} else None
    if text in {"true", "false"}:
        return text == "true"
    if term == "severity":
        return text
    return parse_duration_s(text) if term.endswith("_s") else float(text)


def test_every_key_of_a_rule_is_explained() -> None:
    keys = set(Rule.model_fields) - CAMERA_WIDE
    assert keys == set(TERM_OF_KEY)
    assert set(TERM_OF_KEY.values()) == set(Terms.__dataclass_fields__)
    named = " ".join(row[0] for row in _rows(_section("From a moment to an incident")))
    assert keys == set(re.findall(r"[a-z_]+", named)) - {"key"}


@ALL
def test_the_defaults_on_the_page_are_those_of_the_code(incident: IncidentType) -> None:
    written = {**_common(), **_written(incident)}
    assert set(written) == set(TERM_OF_KEY)
    terms = RULES[incident].terms
    for key, text in written.items():
        term = TERM_OF_KEY[key]
        assert _value(text, term) == getattr(terms, term), f"{incident}: {key}"


@ALL
def test_a_rules_own_table_says_only_what_is_not_usual(incident: IncidentType) -> None:
    common = _common()
    same = [k for k, text in _written(incident).items() if common.get(k) == text and k != "cover"]
    assert same == []


def test_the_overview_has_every_rule_with_its_names_codes_and_time() -> None:
    overview = {row[0].split("`")[1]: row for row in _rows(PAGE) if row[0].startswith("[")}
    assert list(overview) == list(RULES)
    gb, cj = (load_table(scheme) for scheme in SHIPPED)
    for incident, rule in RULES.items():
        _, name, gb_code, cj_code, opens_after, _ = overview[incident]
        assert name == gb.category(incident).name
        assert (gb_code, cj_code) == tuple(
            table.category(incident).code or "-" for table in (gb, cj)
        )
        assert parse_duration_s(opens_after) == rule.terms.dwell_s


@ALL
def test_every_rule_has_its_chinese_name_and_its_picture_in_its_section(
    incident: IncidentType,
) -> None:
    section = _section(incident)
    assert f"](images/rules/{incident}.svg)" in section
    assert re.search(r"（|\([^)]*[\u4e00-\u9fff]", section)


def test_no_section_and_no_picture_is_left_of_a_rule_that_is_gone() -> None:
    assert re.findall(r"^## (\w+_\w+|intrusion)$", PAGE, re.M) == list(RULES)
    assert sorted(one.name for one in FOLDER.iterdir()) == sorted(f"{one}.svg" for one in RULES)


@ALL
def test_the_picture_is_what_the_rule_says_today(incident: IncidentType) -> None:
    """If not: ``python -m tests.pictures``, and look at what has changed."""
    assert path(incident).read_text("utf-8") == picture(incident)
    assert path(incident).stat().st_size < PICTURE_BYTES


@ALL
def test_the_picture_shows_something_that_breaks_the_rule_and_something_that_does_not(
    incident: IncidentType,
) -> None:
    stage = STAGES[incident]()
    assert stage.judge()
    assert any(actor.why_not for actor in stage.actors)


@ALL
def test_the_chinese_page_has_the_same_figures(incident: IncidentType) -> None:
    head, _, *rows = _rows(CHINESE_PAGE)
    (row,) = [one for one in rows if one[0].startswith(f"[`{incident}`]")]
    assert row[1] == load_table("GB/T 30428.2-2013").category(incident).name
    terms = RULES[incident].terms
    for key, text in list(zip(head, row, strict=True))[2:]:
        term = TERM_OF_KEY[key]
        written = None if text == "-" else _value(text, term)
        assert written == getattr(terms, term), f"{incident}: {key}"


def test_the_chinese_page_explains_every_key() -> None:
    keys = {field.alias or name for name, field in Rule.model_fields.items()} - {"type"}
    assert {key for key in keys if f"`{key}`" not in CHINESE_PAGE} == set()


SNIPPETS = re.findall(r"```yaml\n(- .*?)```", PAGE, re.S)
SQUARE = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]]


def _configured(content: dict[str, Any], folder: Path) -> tuple[ZoneRule, ...]:
    """Return the rules of a configuration's only camera."""
    file = folder / "gridwatch.yaml"
    box = {"id": "box-01", "home": str(folder)}
    file.write_text(yaml.safe_dump({"box": box, **content}, allow_unicode=True), encoding="utf-8")
    settings = load_settings(file)
    (camera,) = settings.cameras
    return zone_rules(settings, camera)


def test_every_rule_has_a_snippet() -> None:
    assert [yaml.safe_load(one)[0]["type"] for one in SNIPPETS] == list(RULES)


@pytest.mark.parametrize("snippet", SNIPPETS, ids=list(RULES))
def test_every_snippet_can_be_configured(snippet: str, tmp_path: Path) -> None:
    zones = [{"id": name, "polygon": SQUARE} for name in ("bay", "rack", "bins")]
    here = {"id": "here", "polygon": SQUARE, "rules": yaml.safe_load(snippet)}
    camera = {"id": "street-01", "url": "rtsp://192.0.2.20/1", "zones": [here, *zones]}
    (rule,) = _configured({"cameras": [camera]}, tmp_path)
    assert rule.terms != rule.rule.terms or rule.schedule or rule.permits


def test_the_example_of_hours_and_permits_can_be_configured(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(calendar:.*?)```", PAGE, re.S)
    (rule,) = _configured(yaml.safe_load(example), tmp_path)
    assert rule.schedule is not None
    assert [permit.code for permit in rule.permits] == [BREAKFAST_CART, KIOSK]
