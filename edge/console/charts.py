"""Small charts as SVG: each with a title and a description, its colours from the style sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from markupsafe import Markup, escape

from edge.domain.geometry import Box

WIDTH, HEIGHT = 640, 200
LEFT, BOTTOM, TOP, RIGHT = 44, 24, 10, 16
MOST_LABELS = 12
GRID_COLUMNS, GRID_ROWS = 32, 18
SHADES = 6
ROW_PX, NAMES_PX = 26, 220
LETTER_PX, FIRST_WIDE = 7, 0x2E80
"""About how wide a letter is; a Chinese character is twice as wide."""

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart; its class ``series-N`` has the colour."""

    name: str
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Dot:
    """One row of an interval plot, shares in [0, 1]."""

    name: str
    value: float
    low: float
    high: float


def bars(title: str, description: str, labels: Sequence[str], values: Sequence[float]) -> Markup:
    """Return upright bars, one for each label."""
    top = _round_up(max(values, default=0))
    step = (WIDTH - LEFT - RIGHT) / max(len(values), 1)
    body = [_axis(top), _labels(labels, step)]
    for place, (label, value) in enumerate(zip(labels, values, strict=True)):
        height = value / top * (HEIGHT - TOP - BOTTOM)
        body.append(
            Markup(
                '<rect class="bar" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}">'
            ).format(LEFT + place * step + step * 0.1, HEIGHT - BOTTOM - height, step * 0.8, height)
            + Markup("<title>{}: {:g}</title></rect>").format(label, value)
        )
    return _svg(title, description, WIDTH, HEIGHT, body)


def lines(title: str, description: str, labels: Sequence[str], series: Sequence[Line]) -> Markup:
    """Return one line for each series over common labels."""
    top = _round_up(max((value for one in series for value in one.values), default=0))
    step = (WIDTH - LEFT - RIGHT) / max(len(labels), 1)
    body = [_axis(top), _labels(labels, step)]
    for number, one in enumerate(series, 1):
        points = " ".join(
            f"{LEFT + (place + 0.5) * step:.1f},"
            f"{HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM):.1f}"
            for place, value in enumerate(one.values)
        )
        body.append(
            Markup('<polyline class="line series-{}" points="{}">').format(number, points)
            + Markup("<title>{}</title></polyline>").format(one.name)
        )
    return _svg(title, description, WIDTH, HEIGHT, body)


def heat_map(title: str, description: str, boxes: Sequence[Box]) -> Markup:
    """Return where the centres of boxes lie on a picture, darker where there are more."""
    cells: dict[tuple[int, int], int] = {}
    for left, top, right, bottom in boxes:
        column = _cell((left + right) / 2, GRID_COLUMNS)
        row = _cell((top + bottom) / 2, GRID_ROWS)
        cells[column, row] = cells.get((column, row), 0) + 1
    most = max(cells.values(), default=1)
    body = [Markup('<rect class="ground" width="{}" height="360"></rect>').format(WIDTH)]
    side = WIDTH / GRID_COLUMNS
    for (column, row), number in sorted(cells.items()):
        shade = max(1, -(-number * SHADES // most))
        body.append(
            Markup(
                '<rect class="heat heat-{}" x="{:g}" y="{:g}" width="{:g}" height="{:g}">'
            ).format(shade, column * side, row * side, side, side)
            + Markup("<title>{}</title></rect>").format(number)
        )
    return _svg(title, description, WIDTH, 360, body)


def ninths(boxes: Sequence[Box]) -> list[list[int]]:
    """Return how many centres of boxes lie in each ninth of a picture, row by row from the top."""
    counts = [[0] * 3 for _ in range(3)]
    for left, top, right, bottom in boxes:
        counts[_cell((top + bottom) / 2, 3)][_cell((left + right) / 2, 3)] += 1
    return counts


def intervals(title: str, description: str, dots: Sequence[Dot]) -> Markup:
    """Return one row for each dot with the interval it lies in, from 0 to 100 %."""
    height = len(dots) * ROW_PX + BOTTOM
    reach = WIDTH - NAMES_PX - 20
    body: list[Markup] = []
    for quarter in range(5):
        x = NAMES_PX + reach * quarter / 4
        body.append(
            Markup('<line class="grid" x1="{0:g}" x2="{0:g}" y1="0" y2="{1}"></line>').format(
                x, height - BOTTOM
            )
            + Markup('<text class="middle" x="{:g}" y="{}">{} %</text>').format(
                x, height - 6, quarter * 25
            )
        )
    for row, dot in enumerate(dots):
        y = row * ROW_PX + ROW_PX / 2
        body.append(
            Markup('<text class="end" x="{}" y="{:g}"{}>{}</text>').format(
                NAMES_PX - 8, y + 4, _squeezed(dot.name, NAMES_PX - 12), dot.name
            )
            + Markup(
                '<line class="interval" x1="{:.1f}" x2="{:.1f}" y1="{y:g}" y2="{y:g}">'
            ).format(NAMES_PX + dot.low * reach, NAMES_PX + dot.high * reach, y=y)
            + Markup("</line>")
            + Markup('<circle class="dot" cx="{:.1f}" cy="{:g}" r="5">').format(
                NAMES_PX + dot.value * reach, y
            )
            + Markup("<title>{}: {:.0%} ({:.0%}-{:.0%})</title></circle>").format(
                dot.name, dot.value, dot.low, dot.high
            )
        )
    return _svg(title, description, WIDTH, height, body)


def _squeezed(text: str, width: int) -> Markup:
    """Return the attributes that keep a text within a width; none if it is short enough."""
    wide = sum(LETTER_PX if ord(letter) < FIRST_WIDE else 2 * LETTER_PX for letter in text)
    if wide <= width:
        return Markup("")
    return Markup(' textLength="{}" lengthAdjust="spacingAndGlyphs"').format(width)


def _svg(title: str, description: str, width: int, height: int, body: Sequence[Markup]) -> Markup:
    number = next(_numbers)  # ids of one page must differ
    head = Markup(
        '<svg class="chart" viewBox="0 0 {w} {h}" role="img"'
        ' aria-labelledby="chart-{n}-title chart-{n}-text">'
        '<title id="chart-{n}-title">{title}</title><desc id="chart-{n}-text">{text}</desc>'
    ).format(w=width, h=height, n=number, title=title, text=description)
    return head + Markup("").join(body) + Markup("</svg>")


def _axis(top: float) -> Markup:
    drawn = Markup("")
    for half in range(3):
        y = HEIGHT - BOTTOM - half / 2 * (HEIGHT - TOP - BOTTOM)
        drawn += Markup('<line class="grid" x1="{}" x2="{}" y1="{y:g}" y2="{y:g}"></line>').format(
            LEFT, WIDTH, y=y
        ) + Markup('<text class="end" x="{}" y="{:g}">{:g}</text>').format(
            LEFT - 6, y + 4, top * half / 2
        )
    return drawn


def _labels(labels: Sequence[str], step: float) -> Markup:
    every = -(-len(labels) // MOST_LABELS) or 1
    return Markup("").join(
        Markup('<text class="middle" x="{:.1f}" y="{}">{}</text>').format(
            LEFT + (place + 0.5) * step, HEIGHT - 6, escape(label)
        )
        for place, label in enumerate(labels)
        if place % every == 0
    )


def _cell(share: float, cells: int) -> int:
    return min(max(int(share * cells), 0), cells - 1)


def _round_up(value: float) -> float:
    """Return the end of an axis: 1, 2 or 5 times a power of ten, and 2 at least."""
    end = 2.0
    while end < value:
        end *= 2.5 if str(end).startswith("2") else 2
    return end
