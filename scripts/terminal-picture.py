"""Draw a terminal's text as an SVG picture: ``make demo | scripts/terminal-picture.py OUT.svg``."""

import sys
from html import escape
from itertools import groupby
from pathlib import Path
from unicodedata import east_asian_width

LINE_PX = 20
MARGIN_PX = 18
CHAR_PX = 8.45
FONTS = "DejaVu Sans Mono, Menlo, Noto Sans Mono CJK SC, PingFang SC, Microsoft YaHei, monospace"
COLOURS = {
    "resident": "#7bd88f",
    "stranger": "#ff6b6b",
    "watchlist": "#d58cff",
    "unsure": "#ffc857",
    "opened": "#ff6b6b",
    "updated": "#ffc857",
    "cleared": "#7bd88f",
    "withdrawn": "#8fb8ff",
}


def main() -> None:
    """Read text from standard input and write the picture."""
    lines = [line.rstrip() for line in sys.stdin.read().splitlines()]
    width = round(2 * MARGIN_PX + CHAR_PX * max(_columns(line) for line in lines))
    height = 2 * MARGIN_PX + LINE_PX * len(lines)
    rows = [
        f'<text x="{MARGIN_PX}" y="{MARGIN_PX + LINE_PX * (row + 0.75):.0f}"'
        f' fill="{_colour(line)}">{_spans(line)}</text>'
        for row, line in enumerate(lines)
    ]
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}" role="img">'
        f'<rect width="{width}" height="{height}" rx="8" fill="#15181e"/>'
        f'<g font-family="{FONTS}" font-size="14">' + "".join(rows) + "</g></svg>\n"
    )
    Path(sys.argv[1]).write_text(picture, encoding="utf-8")


def _spans(line: str) -> str:
    """Return a line's text; Chinese comes from another font, so what follows is put in place."""
    spans, column = [], 0
    for wide, run in groupby(line, _is_wide):
        # Browsers no longer keep a run of ordinary spaces.
        text = "".join(run).replace(" ", "\N{NO-BREAK SPACE}")
        place = f' x="{MARGIN_PX + CHAR_PX * column:.1f}"' if column or wide else ""
        spans.append(f"<tspan{place}>{escape(text)}</tspan>" if place else escape(text))
        column += _columns(text)
    return "".join(spans)


def _columns(text: str) -> int:
    return len(text) + sum(map(_is_wide, text))


def _is_wide(character: str) -> bool:
    return east_asian_width(character) in "WF"


def _colour(line: str) -> str:
    words = line.split()
    if len(words) > 1 and words[1] in COLOURS:
        return COLOURS[words[1]]
    return "#e6e6e6"


main()
