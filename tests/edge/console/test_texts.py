import re
from importlib.resources import files

import pytest

from edge.console.texts import Language, choose, load_texts
from edge.domain.camera import CameraState
from edge.domain.incident import Stage
from edge.domain.passage import Decision, Direction
from edge.domain.review import RejectReason, Verdict
from edge.domain.rule import IncidentType, Severity

CONSOLE = files("edge.console")
KEY = re.compile(r"""\bt\(\s*["']([a-z_.0-9-]+)["']""")

CHINESE = r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef“”]"
HALF_WIDTH = re.compile(rf"(?:{CHINESE}|\}}) ?[,:;?!()]|[,:;?!()] ?(?:{CHINESE}|\{{)")


def test_every_text_is_there_in_every_language_with_the_same_places() -> None:
    texts = load_texts()
    for key, english in texts[Language.EN].by_key.items():
        chinese = texts[Language.ZH].by_key[key]
        assert english.strip(), key
        assert chinese.strip(), key
        assert set(re.findall(r"\{\w+\}", english)) == set(re.findall(r"\{\w+\}", chinese)), key


def test_chinese_is_written_with_full_width_marks() -> None:
    """Beside a Chinese character, or a place that becomes some; codes and times have their own."""
    texts = load_texts()[Language.ZH].by_key
    assert {key: text for key, text in texts.items() if HALF_WIDTH.search(text)} == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("第 {number} 个,共 {count} 个", True),
        ("操作失败({status})", True),
        ("区域 {zone},{count} 个", True),
        ("位置: 门口", True),
        ("位置：门口（东）", False),
        ("22:00-06:00 跨零点", False),
        ("daily、sat,sun", False),
    ],
)
def test_a_half_width_mark_would_be_seen(text: str, found: bool) -> None:
    assert bool(HALF_WIDTH.search(text)) is found


@pytest.mark.parametrize("folder", ["templates", "static"])
def test_every_text_that_a_page_or_its_script_asks_for_is_written(folder: str) -> None:
    known = load_texts()[Language.EN].by_key
    for file in CONSOLE.joinpath(folder).iterdir():
        if not file.name.endswith((".html", ".js")):
            continue
        for key in KEY.findall(file.read_text(encoding="utf-8")):
            if not key.endswith((".", "_")):
                assert key in known, f"{file.name}: {key}"


@pytest.mark.parametrize(
    ("prefix", "words"),
    [
        ("type", IncidentType),
        ("severity", Severity),
        ("stage", Stage),
        ("decision", Decision),
        ("direction", Direction),
        ("camera_state", CameraState),
        ("verdict", Verdict),
        ("reason", RejectReason),
    ],
)
def test_every_word_of_the_domain_can_be_said(prefix: str, words: type) -> None:
    known = load_texts()[Language.ZH].by_key
    for word in words:  # type: ignore[attr-defined]
        assert f"{prefix}.{word}" in known


@pytest.mark.parametrize(
    ("wanted", "header", "language"),
    [
        (None, "zh-CN,zh;q=0.9,en;q=0.8", Language.ZH),
        (None, "en-GB,en;q=0.9,zh;q=0.8", Language.EN),
        (None, "fr;q=0.9, zh-TW;q=0.5", Language.ZH),
        (None, "fr", Language.EN),
        (None, "", Language.EN),
        (None, "zh;q=nonsense, en;q=0.1", Language.EN),
        ("zh", "en", Language.ZH),
        ("klingon", "zh", Language.ZH),
    ],
)
def test_language_is_what_was_chosen_or_what_the_browser_asks_for(
    wanted: str | None, header: str, language: Language
) -> None:
    assert choose(wanted, header) is language
