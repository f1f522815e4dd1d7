"""Shapes and words of a drawing, as far as a chart needs them."""

from xml.etree import ElementTree

LETTER_EM, NARROW_EM = 0.6, 0.33
NARROW = frozenset("iljtfI.,:;'|!()[] ")
"""Widths of letters in the fonts of browsers, rather too wide than too narrow."""


class Drawing:
    """A drawing of fixed width that grows downwards."""

    def __init__(self, width: float, style: str, title: str) -> None:
        """Begin.

        Args:
            width: In pixels.
            style: CSS for the classes that shapes are given.
            title: What it shows, for those who do not see it.
        """
        self._width = width
        self._root = ElementTree.Element("svg", xmlns="http://www.w3.org/2000/svg", role="img")
        ElementTree.SubElement(self._root, "title").text = title
        ElementTree.SubElement(self._root, "style").text = style
        self._ground = ElementTree.SubElement(self._root, "rect", {"class": "ground"})

    def text(self, x: float, y: float, words: str, look: str, *, hint: str = "") -> None:
        """Write words from ``x`` on, or to it where the look's ``text-anchor`` says so.

        Args:
            x: Of the words.
            y: Of their baseline.
            words: One line.
            look: Classes.
            hint: Shown when somebody points at it.
        """
        made = self._add("text", look, x=x, y=y)
        made.text = words
        if hint:
            ElementTree.SubElement(made, "title").text = hint

    def bar(self, x: float, y: float, size: tuple[float, float], look: str) -> None:
        """Fill a rectangle from its upper left corner."""
        self._add("rect", look, x=x, y=y, width=max(size[0], 0.0), height=size[1], rx=2)

    def line(self, start: tuple[float, float], end: tuple[float, float], look: str) -> None:
        """Draw a straight line."""
        self._add("line", look, x1=start[0], y1=start[1], x2=end[0], y2=end[1])

    def shape(self, points: list[tuple[float, float]], look: str) -> None:
        """Fill a polygon."""
        made = self._add("polygon", look)
        made.set("points", " ".join(f"{x:.1f},{y:.1f}" for x, y in points))

    def ended(self, height: float) -> str:
        """Return the text of the file."""
        size = {"width": f"{self._width:g}", "height": f"{height:g}"}
        for one in (self._root, self._ground):
            for key, value in size.items():
                one.set(key, value)
        self._root.set("viewBox", f"0 0 {self._width:g} {height:g}")
        ElementTree.indent(self._root)
        return ElementTree.tostring(self._root, encoding="unicode") + "\n"

    def _add(self, kind: str, look: str, **places: float) -> ElementTree.Element:
        told = {key: f"{value:.1f}" for key, value in places.items()}
        return ElementTree.SubElement(self._root, kind, {"class": look, **told})


def width_of(words: str, size_px: float) -> float:
    """Return about how wide words are."""
    return sum(NARROW_EM if letter in NARROW else LETTER_EM for letter in words) * size_px


def shortened(words: str, size_px: float, most_px: float) -> str:
    """Return words that are not wider than that; what is left out becomes an ellipsis."""
    if width_of(words, size_px) <= most_px:
        return words
    kept = words
    while kept and width_of(f"{kept}…", size_px) > most_px:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"
