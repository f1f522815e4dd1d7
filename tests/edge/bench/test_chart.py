import re
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from edge.bench.chart import AXIS_MOST, axis_of, chart, limited, wanted
from edge.bench.figure import against, once
from edge.bench.report import Report
from edge.bench.svg import shortened, width_of
from tests.benches import a_figure, a_full_report, a_report

SVG = "{http://www.w3.org/2000/svg}"


def drawn(report: Report) -> ElementTree.Element:
    return ElementTree.fromstring(chart(report))


def of_look(root: ElementTree.Element, kind: str, look: str) -> list[ElementTree.Element]:
    return [one for one in root.iter(f"{SVG}{kind}") if look in one.get("class", "").split()]


def words(root: ElementTree.Element) -> list[str]:
    return [one.text or "" for one in root.iter(f"{SVG}text")]


def in_legend(kind: str, look: str) -> int:
    return len(of_look(drawn(a_report()), kind, look))


def test_bars_are_as_long_as_their_ratio_and_say_whether_it_is_as_asked() -> None:
    root = drawn(a_report(a_figure("slow", 1.2), a_figure("quick", 0.6)))
    missed, held = of_look(root, "rect", "missed")[-1], of_look(root, "rect", "held")[-1]
    ratio = float(missed.get("width", "")) / float(held.get("width", ""))
    assert ratio == pytest.approx(2.0, rel=0.01)
    assert "≤ 1.15 missed" in words(root)
    assert "≤ 1.15" in words(root)


def test_the_limit_is_a_line_at_one_and_the_goal_a_mark_beside_it() -> None:
    root = drawn(a_report(a_figure("camera", 1.0)))
    (limit,) = of_look(root, "line", "limit")
    bar = of_look(root, "rect", "held")[-1]
    ends = float(bar.get("x", "")) + float(bar.get("width", ""))
    assert float(limit.get("x1", "")) == pytest.approx(ends, abs=0.2)
    mark = of_look(root, "polygon", "goal")[-1].get("points", "").split()
    assert float(mark[-1].split(",")[0]) > ends
    assert "1 = limit" in words(root)


def test_what_has_no_limit_is_drawn_in_parts_of_what_is_asked_or_not_at_all() -> None:
    report = a_full_report()
    assert [bar.figure.name for bar in limited(report.measured)] == [
        "gate camera",
        "quick camera",
        "CPU of a script",
        "& <rate>",
    ]
    asked = wanted(report.measured)
    assert [bar.figure.name for bar in asked] == ["p50", "p95"]
    assert [bar.length for bar in asked] == pytest.approx([312.5 / 400, 1000 / 900])
    assert "decisions" not in words(drawn(report))
    assert "1 = asked" in words(drawn(report))


def test_a_bar_that_is_far_longer_than_the_others_is_cut_and_still_told() -> None:
    long = against(once("script", 40.0, "s CPU"), 2.0)
    root = drawn(a_report(a_figure(), long))
    assert axis_of(limited(a_report(a_figure(), long).measured), 0, 100).most == AXIS_MOST
    assert len(of_look(root, "polygon", "cut")) == 2
    assert "20.00" in words(root)


def test_nothing_is_drawn_beyond_the_drawing_and_no_two_rows_touch() -> None:
    root = drawn(a_full_report())
    width, height = float(root.get("width", "")), float(root.get("height", ""))
    for one in root.iter(f"{SVG}text"):
        x, y = float(one.get("x", "")), float(one.get("y", ""))
        wide = width_of(one.text or "", 12)
        look = one.get("class", "")
        left = x - wide if "end" in look else x - wide / 2 if "middle" in look else x
        assert left >= 0
        assert left + wide <= width
        assert 0 < y < height
    feet = sorted({float(one.get("y", "")) for one in of_look(root, "text", "strong")})
    assert min(b - a for a, b in pairwise(feet)) >= 12


def test_names_that_are_too_long_are_shortened_and_told_whole_when_pointed_at() -> None:
    name = "a very long name of something that was measured " * 3
    root = drawn(a_report(replace(a_figure(), name=name)))
    (cut,) = [one for one in words(root) if one.startswith("a very long")]
    assert cut.endswith("…")
    assert name in [one.text for one in root.iter(f"{SVG}title")]
    assert width_of(shortened(name, 12, 100), 12) <= 100
    assert shortened("short", 12, 100) == "short"


def test_a_chart_has_colours_for_light_and_for_dark_and_uses_no_other() -> None:
    text = chart(a_full_report())
    style = re.findall(r"--([a-z]+): #", text)
    light, dark = style[: len(style) // 2], style[len(style) // 2 :]
    assert light == dark
    assert "prefers-color-scheme: dark" in text
    assert set(re.findall(r"var\(--([a-z]+)\)", text)) == set(light)
    assert 'fill="' not in text


def test_a_run_without_anything_to_draw_is_still_a_chart() -> None:
    root = drawn(a_report(once("decisions", 9, "decisions")))
    assert of_look(root, "line", "limit") == []
    assert in_legend("polygon", "goal") == 1
