import re
from xml.etree import ElementTree as ET

import pytest
from markupsafe import Markup

from edge.console.charts import Dot, Line, bars, heat_map, intervals, lines, ninths

SVG = "{http://www.w3.org/2000/svg}"


def parsed(chart: Markup) -> ET.Element:
    return ET.fromstring(str(chart).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


@pytest.mark.parametrize(
    "chart",
    [
        bars("Title <1>", "Text", ["00", "01"], [3, 0]),
        bars("Title <1>", "Text", [], []),
        lines("Title <1>", "Text", ["a", "b"], [Line("x", [1, 2]), Line("y", [0, 5])]),
        heat_map("Title <1>", "Text", [(0.1, 0.1, 0.2, 0.2)]),
        heat_map("Title <1>", "Text", []),
        intervals("Title <1>", "Text", [Dot("east & west", 0.8, 0.5, 0.95)]),
    ],
)
def test_a_chart_is_well_formed_named_and_has_no_style_of_its_own(chart: Markup) -> None:
    svg = parsed(chart)
    names = str(svg.get("aria-labelledby")).split()
    by_id = {element.get("id"): element.text for element in svg.iter() if element.get("id")}
    assert [by_id[name] for name in names] == ["Title <1>", "Text"]
    assert not re.search(r"style=|fill=|stroke=", chart)


def test_bars_are_as_high_as_their_values() -> None:
    svg = parsed(bars("t", "d", ["00", "01", "02"], [10, 5, 0]))
    heights = [float(bar.get("height", "")) for bar in svg.iter(f"{SVG}rect")]
    assert heights[0] == pytest.approx(2 * heights[1])
    assert heights[2] == 0


def test_the_axis_ends_at_a_round_number_that_no_value_exceeds() -> None:
    for most in (0, 1, 2, 3, 7, 11, 60, 1234):
        svg = parsed(bars("t", "d", ["x"], [most]))
        end = max(
            float(text.text or "") for text in svg.iter(f"{SVG}text") if text.get("class") == "end"
        )
        assert most <= end <= max(2.5 * most, 2)
        assert str(end)[0] in "125"


def test_a_cell_of_the_picture_is_darker_the_more_stood_there() -> None:
    boxes = [(0.0, 0.0, 0.02, 0.02)] * 6 + [(0.98, 0.98, 1.0, 1.0)]
    cells = [
        one
        for one in parsed(heat_map("t", "d", boxes)).iter(f"{SVG}rect")
        if "heat" in str(one.get("class"))
    ]
    assert [one.get("class") for one in cells] == ["heat heat-6", "heat heat-1"]
    assert (cells[1].get("x"), cells[1].get("y")) == ("620", "340")


def test_ninths_say_where_centres_lie() -> None:
    boxes = [(0.0, 0.0, 0.1, 0.1), (0.9, 0.8, 1.0, 1.0), (0.95, 0.95, 1.0, 1.0)]
    assert ninths(boxes) == [[1, 0, 0], [0, 0, 0], [0, 0, 2]]


def test_a_long_name_is_kept_within_its_column() -> None:
    short, long = Dot("east · Smoke", 0.5, 0.4, 0.6), Dot("街" * 20, 0.5, 0.4, 0.6)
    drawn = intervals("precision", "how", [short, long])
    assert drawn.count("textLength") == 1
    assert f'lengthAdjust="spacingAndGlyphs">{"街" * 20}<' in drawn
