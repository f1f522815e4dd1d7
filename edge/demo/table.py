"""Messages as rows of a table, as a terminal shows them."""

from typing import Any
from unicodedata import east_asian_width

Message = dict[str, Any]

PASSAGES = {
    "time": 8,
    "decision": 9,
    "resident": 9,
    "similarity": 10,
    "margin": 6,
    "frames": 6,
    "note": 4,
}
INCIDENTS = {
    "time": 8,
    "action": 7,
    "type": 13,
    "code": 17,
    "severity": 8,
    "stage": 7,
    "dwell": 5,
    "confidence": 10,
    "rests on": 17,
    "note": 4,
}
"""Columns and how wide they are."""


def heading(columns: dict[str, int]) -> str:
    """Return a table's first two lines."""
    names = [_filled(name, width) for name, width in columns.items()]
    return f"{'  '.join(names).rstrip()}\n{'  '.join('-' * width for width in columns.values())}"


def passage_row(message: Message) -> str:
    """Return the row of a passage."""
    notes = list(message["doubts"])
    if message["persons"] > 1:
        notes.append(f"{message['persons']} persons on one authorisation")
    if message["action"] == "updated":
        notes.append(f"revision {message['revision']}")
    return _row(
        PASSAGES,
        message["decided_at"][11:19],
        message["decision"],
        message["resident_id"] or "-",
        _number(message["similarity"]),
        _number(message["margin"]),
        str(message["frames"]),
        ", ".join(notes),
    )


def incident_row(message: Message) -> str:
    """Return the row of an incident."""
    basis, category = message["basis"], message["category"]
    notes = [message["reason"]] if message["reason"] else []
    notes += [f"without {name}" for name in basis["missing"]]
    return _row(
        INCIDENTS,
        message["observed_at"][11:19],
        message["action"],
        message["type"],
        f"{category['code'] or '-'} {category['name']}",
        message["severity"],
        message["stage"],
        f"{message['dwell_s']:.0f} s",
        f"{message['confidence']:.2f}",
        ", ".join(basis["evidence"]),
        ", ".join(notes),
    )


def _row(columns: dict[str, int], *cells: str) -> str:
    filled = (_filled(cell, width) for cell, width in zip(cells, columns.values(), strict=True))
    return "  ".join(filled).rstrip()


def _filled(cell: str, width: int) -> str:
    """Return a cell with blanks up to its column's end: a Chinese character is two wide."""
    wide = sum(east_asian_width(character) in "WF" for character in cell)
    return cell.ljust(width - wide)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
