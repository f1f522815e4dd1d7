"""A chart of what was measured, in times its limit and in parts of what is asked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil

from edge.bench.figure import Figure
from edge.bench.report import Measured, Report, asked, number, verdict
from edge.bench.svg import Drawing, shortened, width_of

WIDTH, MARGIN, ROW, TEXT_PX = 980.0, 28.0, 24.0, 12.0
LABEL_MOST_PX = 330.0
INDENT_PX, GAP_PX = 8.0, 12.0
TOLD_PX, ASKED_PX, VALUE_PX = 48.0, 112.0, 104.0
"""Columns right of the bars: how many times, what is asked, the figure itself."""

BAR_PX, GOAL_PX, WHISKER_PX = 12.0, 5.0, 3.0
AXIS_LEAST, AXIS_MOST = 1.5, 4.0
"""Longer bars are cut: one that is ten times its limit must not hide what all others are."""

TICKS_MOST = 8
LIGHT = {
    "ground": "#ffffff",
    "text": "#16202c",
    "muted": "#566373",
    "line": "#d8dee6",
    "limit": "#16202c",
    "held": "#2f8f5b",
    "missed": "#cc3a41",
    "told": "#5b86c4",
    "goal": "#a35a00",
}
DARK = {
    "ground": "#0f141a",
    "text": "#e8edf3",
    "muted": "#9fadbd",
    "line": "#2a3542",
    "limit": "#e8edf3",
    "held": "#4fbf83",
    "missed": "#ff7a80",
    "told": "#6f9fe0",
    "goal": "#ffb454",
}
LOOKS = """
text { font: 12px system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif; fill: var(--text) }
.title { font-size: 18px; font-weight: 650 }
.head { font-size: 14px; font-weight: 650 }
.bench { font-weight: 650 }
.muted { fill: var(--muted) }
.end { text-anchor: end }
.middle { text-anchor: middle }
.strong { font-weight: 650 }
.ground { fill: var(--ground) }
.held { fill: var(--held) }
.missed { fill: var(--missed) }
.told { fill: var(--told) }
.goal { fill: var(--goal) }
.cut { fill: var(--ground) }
.grid { stroke: var(--line) }
.limit { stroke: var(--limit); stroke-width: 1.5; stroke-dasharray: 4 3 }
.spread { stroke: var(--text); stroke-width: 1.2 }
"""


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure in times of what is 1 in its part of the chart.

    Attributes:
        length, least, most: Of the median and of the repeats.
        goal: Where what is asked ends; None for nothing.
    """

    bench: str
    figure: Figure
    length: float
    least: float
    most: float
    goal: float | None


@dataclass(frozen=True, slots=True)
class Part:
    """Bars that stand on one axis.

    Attributes:
        heading: What they are told in.
        one: What 1 is.
    """

    heading: str
    one: str
    bars: Sequence[Bar]


@dataclass(frozen=True, slots=True)
class Axis:
    """Where times are on the drawing."""

    left: float
    right: float
    most: float
    step: float

    def x(self, times: float) -> float:
        """Return where so many times are; all that is too many at the right end."""
        return self.left + (self.right - self.left) * min(max(times, 0.0), self.most) / self.most


def chart(report: Report) -> str:
    """Return a report as an SVG file; what neither has a limit nor a goal is not on it."""
    light, dark = (
        "".join(f"--{name}: {colour};" for name, colour in scheme.items())
        for scheme in (LIGHT, DARK)
    )
    style = (
        f"\nsvg {{ {light} }}\n@media (prefers-color-scheme: dark) {{ svg {{ {dark} }} }}{LOOKS}"
    )
    drawing = Drawing(WIDTH, style, "Figures of gridwatch bench beside their limits and goals")
    drawing.text(MARGIN, 40, f"gridwatch {report.version} on this machine", "title")
    on = f"{report.machine.line} · {report.at:%Y-%m-%d %H:%M} UTC"
    drawing.text(MARGIN, 60, shortened(on, TEXT_PX, WIDTH - 2 * MARGIN), "muted")
    y = _legend(drawing, 86)
    for part in (
        Part("Times the limit measured in the same run", "limit", limited(report.measured)),
        Part("Parts of what is asked", "asked", wanted(report.measured)),
    ):
        if part.bars:
            y = _draw(drawing, y + 34, part)
    return drawing.ended(y + MARGIN)


def limited(measured: Sequence[Measured]) -> list[Bar]:
    """Return a bar for each figure with a limit."""
    bars = []
    for one in measured:
        figure = one.figure
        if figure.limit:
            ends = (figure.value, figure.least, figure.most)
            length, least, most = (end / figure.limit for end in ends)
            bars.append(Bar(one.bench, figure, length, least, most, figure.goal))
    return bars


def wanted(measured: Sequence[Measured]) -> list[Bar]:
    """Return a bar for each figure of which something is asked, and that has no limit."""
    bars = []
    for one in measured:
        figure = one.figure
        if figure.limit is None and figure.goal:
            ends = (figure.value, figure.least, figure.most)
            length, least, most = (end / figure.goal for end in ends)
            bars.append(Bar(one.bench, figure, length, least, most, 1.0))
    return bars


def axis_of(bars: Sequence[Bar], left: float, right: float) -> Axis:
    """Return an axis on which all bars, or the most that is shown of one, have room."""
    longest = max(max(bar.most, bar.goal or 0.0) for bar in bars)
    step = 0.25 if longest <= AXIS_LEAST else 0.5
    most = min(max(ceil(longest * 1.02 / step) * step, AXIS_LEAST), AXIS_MOST)
    return Axis(left, right, most, step)


def _legend(drawing: Drawing, y: float) -> float:
    x = MARGIN
    for look, words in (
        ("held", "as asked"),
        ("missed", "not as asked"),
        ("told", "nothing asked"),
    ):
        drawing.bar(x, y - 10, (BAR_PX, BAR_PX), look)
        drawing.text(x + 18, y, words, "muted")
        x += 18 + width_of(words, TEXT_PX) + 22
    _goal(drawing, x + GOAL_PX, y - 5)
    drawing.text(x + 18, y, "goal", "muted")
    x += 18 + width_of("goal", TEXT_PX) + 22
    _whisker(drawing, x, x + 20, y - 4)
    drawing.text(x + 28, y, "least and most of the repeats", "muted")
    return y


def _draw(drawing: Drawing, y: float, part: Part) -> float:
    """Draw bars under their heading; return where they end."""
    names = max(width_of(bar.figure.name, TEXT_PX) for bar in part.bars)
    left = MARGIN + INDENT_PX + min(names, LABEL_MOST_PX) + GAP_PX
    axis = axis_of(part.bars, left, WIDTH - MARGIN - TOLD_PX - ASKED_PX - VALUE_PX)
    drawing.text(MARGIN, y, part.heading, "head")
    top = y + 30
    benches = [(name, list(own)) for name, own in groupby(part.bars, key=lambda bar: bar.bench)]
    bottom = top + (len(part.bars) + len(benches)) * ROW + 4
    _scale(drawing, axis, part.one, (top, bottom))
    y = top
    for bench, own in benches:
        y += ROW
        drawing.text(MARGIN, y - 7, bench, "bench")
        for bar in own:
            y += ROW
            _row(drawing, axis, bar, y - 7)
    drawing.line((axis.x(1.0), top), (axis.x(1.0), bottom), "limit")
    return bottom + 14


def _scale(drawing: Drawing, axis: Axis, one: str, ends: tuple[float, float]) -> None:
    top, bottom = ends
    for times in _ticks(axis):
        x = axis.x(times)
        drawing.line((x, top), (x, bottom), "grid")
        if times == 1.0:
            drawing.text(x, top - 6, f"1 = {one}", "middle strong")
        else:
            drawing.text(x, top - 6, f"{times:g}", "middle muted")


def _ticks(axis: Axis) -> Iterator[float]:
    """Yield where the grid is: far enough apart for the words at 1."""
    count = round(axis.most / axis.step)
    every = ceil(count / TICKS_MOST)
    yield from (number * axis.step for number in range(0, count + 1, every))


def _row(drawing: Drawing, axis: Axis, bar: Bar, y: float) -> None:
    figure = bar.figure
    label = shortened(figure.name, TEXT_PX, LABEL_MOST_PX)
    drawing.text(MARGIN + INDENT_PX, y, label, "", hint=figure.name if label != figure.name else "")
    look = {True: "held", False: "missed", None: "told"}[figure.held]
    middle = y - 4
    drawing.bar(axis.left, middle - BAR_PX / 2, (axis.x(bar.length) - axis.left, BAR_PX), look)
    if bar.length > axis.most:
        _cut(drawing, axis.right - 18, middle)
    elif bar.least < bar.most:
        _whisker(drawing, axis.x(bar.least), axis.x(bar.most), middle)
    if bar.goal is not None and bar.goal <= axis.most:
        _goal(drawing, axis.x(bar.goal), middle - BAR_PX / 2 - 2)
    x = axis.right + TOLD_PX
    drawing.text(x, y, f"{bar.length:.2f}", "end strong")
    said = f"{asked(figure)} {'' if figure.held else verdict(figure).lower()}".rstrip()
    drawing.text(x + 12, y, said.replace("<=", "≤").replace(">=", "≥"), "muted")
    drawing.text(WIDTH - MARGIN, y, f"{number(figure.value)} {figure.unit}", "end muted")


def _goal(drawing: Drawing, x: float, y: float) -> None:
    """Mark what is asked: a wedge that points down at the bar."""
    drawing.shape([(x - GOAL_PX, y - 4), (x + GOAL_PX, y - 4), (x, y + 5)], "goal")


def _whisker(drawing: Drawing, least: float, most: float, y: float) -> None:
    drawing.line((least, y), (most, y), "spread")
    for x in (least, most):
        drawing.line((x, y - WHISKER_PX), (x, y + WHISKER_PX), "spread")


def _cut(drawing: Drawing, x: float, y: float) -> None:
    """Break a bar that is longer than the axis."""
    for shift in (0.0, 6.0):
        at = x + shift
        edges = [(at, y + 8), (at + 6, y - 8), (at + 9, y - 8), (at + 3, y + 8)]
        drawing.shape(edges, "cut")
