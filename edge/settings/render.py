"""Values as they are written into a configuration file."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from edge.settings.text import load_plain

SHORT = 84
"""A mapping that is no longer than this is written on one line."""

_SIMPLE = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
_DURATION = re.compile(r"\d+(\.\d+)?(ms|s|m|h|d)")


def inline(value: Any) -> str:
    """Return a value on one line."""
    if isinstance(value, Mapping):
        pairs = (f"{_text(str(key))}: {inline(one)}" for key, one in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(inline(one) for one in value) + "]"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float):
        # 1e-05 is a text to YAML 1.1, which wants a point.
        return format(Decimal(repr(value)), "f") if "e" in repr(value) else repr(value)
    return json.dumps(value)


def lines(value: Any, *, offset: int) -> list[str]:
    """Return a value on lines of its own, not indented; one line if it is short.

    Args:
        value: What to write.
        offset: How far a list's dashes stand to the right of its key.
    """
    if isinstance(value, Mapping) and value and not _fits(value):
        found: list[str] = []
        for key, one in value.items():
            found += entry(str(key), one, offset=offset)
        return found
    if isinstance(value, list | tuple) and any(isinstance(one, Mapping) for one in value):
        found = []
        for one in value:
            found += item(one, offset=offset)
        return found
    return [inline(value)]


def entry(key: str, value: Any, *, offset: int) -> list[str]:
    """Return a key and its value."""
    inner = lines(value, offset=offset)
    is_list = isinstance(value, list | tuple) and inner[0].startswith("- ")
    if not is_list and len(inner) == 1 and (not isinstance(value, Mapping) or _fits(value)):
        return [f"{_text(key)}: {inner[0]}"]
    indent = " " * (offset if is_list else 2)
    return [f"{_text(key)}:", *(indent + line for line in inner)]


def item(value: Any, *, offset: int) -> list[str]:
    """Return one item of a list."""
    first, *rest = lines(value, offset=offset)
    return [f"- {first}", *("  " + line for line in rest)]


def _fits(value: Mapping[str, Any]) -> bool:
    """Return whether a mapping is better on one line: it is short, and no thing of its own."""
    if not value or "id" in value:
        return not value
    nested = any(
        isinstance(one, Mapping) or (isinstance(one, list | tuple) and _holds_mappings(one))
        for one in value.values()
    )
    return not nested and len(inline(value)) <= SHORT


def _holds_mappings(value: Any) -> bool:
    return any(isinstance(one, Mapping) for one in value)


def _text(value: str) -> str:
    if (_SIMPLE.fullmatch(value) or _DURATION.fullmatch(value)) and load_plain(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)
