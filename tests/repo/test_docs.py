"""The documentation: links lead somewhere, commands exist, decisions have their parts."""

import re
from datetime import date
from pathlib import Path

import pytest

from edge.cli.main import COMMANDS
from edge.domain.incident import Stage, Step
from edge.domain.passage import Decision
from edge.domain.rule import Severity
from edge.domain.scene import Evidence
from tests.messages import schema_of, valid

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?: \"[^\"]*\")?\)")
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.S)
COMMAND = re.compile(r"(?:(?<=`)|(?<=^)|(?<=\$ )|(?<=bin/))gridwatch ([a-z]\w*)", re.M)
TARGET = re.compile(r"(?:(?<=`)|(?<=^)|(?<=\$ ))make ([a-z]\w*)", re.M)
KINDS_OF_CHANGE = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
ADR_PARTS = ["Context", "Decision", "Consequences", "Alternatives"]
ADR_STATUS = re.compile(r"^Status: (accepted|superseded by \[\d{4}\]\(\d{4}-[\w-]+\.md\)), ", re.M)
PAGE_LINES = 90
OF_EVERY_MESSAGE = {"schema", "box_id", "camera_id", "device_code", "grid_code", "location"}
WORDS = [str(word) for words in (Step, Stage, Severity, Evidence) for word in words]


def _text(path: Path) -> str:
    return path.read_text("utf-8")


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _anchors(path: Path) -> set[str]:
    """Return the anchors of a page's headings, as they are made for Markdown on the web."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", _text(path), flags=re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _leads_somewhere(page: Path, link: str) -> bool:
    if link.startswith(("https://", "mailto:")):
        return True
    file, _, anchor = link.partition("#")
    target = (page.parent / file).resolve() if file else page
    if not target.exists() or not target.is_relative_to(ROOT):
        return False
    return not anchor or target.suffix != ".md" or anchor in _anchors(target)


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = LINK.findall(CODE.sub("", _text(page)))
    assert [link for link in links if not _leads_somewhere(page, link)] == []


@pytest.mark.parametrize("link", ["nowhere.md", "../outside.md", "README.md#no-such-part"])
def test_a_link_that_leads_nowhere_would_be_seen(link: str) -> None:
    assert not _leads_somewhere(ROOT / "README.md", link)


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_command_that_a_page_gives_exists(page: Path) -> None:
    code = "\n".join(CODE.findall(_text(page)))
    assert [word for word in COMMAND.findall(code) if word not in COMMANDS] == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_target_that_a_page_gives_exists(page: Path) -> None:
    code = "\n".join(CODE.findall(_text(page)))
    targets = re.findall(r"^([a-z]+):", _text(ROOT / "Makefile"), re.M)
    assert [word for word in TARGET.findall(code) if word not in targets] == []


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
@pytest.mark.parametrize("command", ["make demo", "make test"])
def test_the_readme_begins_with_the_two_commands_of_a_newcomer(readme: str, command: str) -> None:
    assert (ROOT / readme).exists()
    assert command in _text(ROOT / readme)


def test_the_list_of_decisions_names_each_once() -> None:
    listed = LINK.findall(_text(ROOT / "docs" / "adr" / "README.md"))
    assert [link for link in listed if link[0].isdigit()] == [path.name for path in DECISIONS]


def test_the_numbers_of_decisions_are_not_used_twice() -> None:
    numbers = [path.name[:4] for path in DECISIONS]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("decision", DECISIONS, ids=_name)
def test_a_decision_has_its_parts_on_one_page(decision: Path) -> None:
    text = _text(decision)
    assert re.match(rf"# {decision.name[:4]} \S", text)
    assert ADR_STATUS.search(text)
    assert re.findall(r"^## (\w+)", text, re.M) == ADR_PARTS
    assert text.count("\n") <= PAGE_LINES


def test_the_changelog_says_what_changed_newest_first() -> None:
    text = _text(ROOT / "CHANGELOG.md")
    releases = re.findall(r"^## (.+)$", text, re.M)
    assert releases[0] == "[Unreleased]"
    dates = []
    for release in releases[1:]:
        match = re.fullmatch(r"\[\d+\.\d+\.\d+\] - (\d{4}-\d\d-\d\d)", release)
        assert match, release
        dates.append(date.fromisoformat(match[1]))
    assert dates == sorted(dates, reverse=True)
    assert set(re.findall(r"^### (.+)$", text, re.M)) <= KINDS_OF_CHANGE


@pytest.mark.parametrize("word", [str(decision) for decision in Decision])
def test_the_glossary_knows_every_decision(word: str) -> None:
    assert f"`{word}`" in _text(ROOT / "docs" / "glossary.md")


@pytest.mark.parametrize("key", sorted({*schema_of("incident")["properties"]} - OF_EVERY_MESSAGE))
def test_the_page_about_messages_explains_every_field_of_an_incident(key: str) -> None:
    section = _text(ROOT / "docs" / "mqtt.md").partition("## An incident")[2]
    rows = re.findall(r"^\| (`.+?) \|", section, re.M)
    assert f"`{key}`" in ", ".join(rows)


def test_the_example_of_an_incident_is_one() -> None:
    section = _text(ROOT / "docs" / "mqtt.md").partition("## An incident")[2]
    match = re.search(r"```json\n(.+?)```", section, re.S)
    assert match
    # Hashes are shortened for those who read.
    example = re.sub(r'"((?:sha256:)?)[0-9a-f]{4}\.\.\."', rf'"\g<1>{"0" * 64}"', match[1])
    valid(example.encode(), "incident")


@pytest.mark.parametrize("word", WORDS)
def test_the_page_about_messages_explains_every_word_of_an_incident(word: str) -> None:
    section = _text(ROOT / "docs" / "mqtt.md").partition("## An incident")[2]
    assert f"`{word}`" in section
