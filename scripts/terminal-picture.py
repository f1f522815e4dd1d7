"""Draw a terminal's text as an SVG picture: ``make demo | scripts/terminal-picture.py OUT.svg``."""

import sys
from html import escape
from pathlib import Path

LINE_PX = 20
MARGIN_PX = 18
CHAR_PX = 8.45
COLOURS = {
    "resident": "#7bd88f",
    "stranger": "#ff6b6b",
    "watchlist": "#d58cff",
    "unsure": "#ffc857",
}


def main() -> None:
    """Read text from standard input and write the picture."""
    lines = [line.rstrip() for line in sys.stdin.read().splitlines()]
    width = round(2 * MARGIN_PX + CHAR_PX * max(len(line) for line in lines))
    height = 2 * MARGIN_PX + LINE_PX * len(lines)
    rows = [
        f'<text x="{MARGIN_PX}" y="{MARGIN_PX + LINE_PX * (row + 0.75):.0f}"'
        f' fill="{_colour(line)}">{escape(line)}</text>'
        for row, line in enumerate(lines)
    ]
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}" role="img">'
        f'<rect width="{width}" height="{height}" rx="8" fill="#15181e"/>'
        '<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14"'
        ' xml:space="preserve">' + "".join(rows) + "</g></svg>\n"
    )
    Path(sys.argv[1]).write_text(picture, encoding="utf-8")


def _colour(line: str) -> str:
    words = line.split()
    if len(words) > 1 and words[1] in COLOURS:
        return COLOURS[words[1]]
    return "#e6e6e6"


main()
