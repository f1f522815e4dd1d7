"""JSON from the network: measured before it is parsed, so that none is too deep or too much."""

import json
import re
from typing import Any, NoReturn

MOST_DEPTH = 16
MOST_PARTS = 100_000
"""Commas, colons and opening brackets: each may become an object in memory."""

_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
"""A string, also one that never ends: to look for its end from each quote would take hours."""

_BRACKET = re.compile(rb"[\[\]{}]")


def read_object(content: bytes) -> dict[str, Any]:
    """Return the object of a JSON text.

    Raises:
        ValueError: It is no object in UTF-8, names a key twice, is too deep or has too many parts,
            or holds what JSON cannot say: NaN, endless numbers, halves of characters.
    """
    # Strings as JSON has them, up to where it goes wrong; there the parser ends, too.
    bare = _STRING.sub(b"", content)
    if sum(bare.count(mark) for mark in (b",", b":", b"[", b"{")) > MOST_PARTS:
        raise ValueError(f"has more than {MOST_PARTS} parts")
    if _depth(bare) > MOST_DEPTH:
        raise ValueError(f"is nested more than {MOST_DEPTH} deep")
    parsed = json.loads(
        content.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse_constant
    )
    if not isinstance(parsed, dict):
        raise ValueError("is no JSON object")  # noqa: TRY004 - of a text, not of an argument
    return parsed


def _depth(bare: bytes) -> int:
    depth = deepest = 0
    for bracket in _BRACKET.findall(bare):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("names a key twice")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
