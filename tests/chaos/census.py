"""The platform's side of an experiment: what was heard, held against what the box wrote."""

import json
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.chaos.experiment import Figure, exactly, told

Key = tuple[str, int]
"""Id and revision: what a receiver knows a message by."""

NUMBERED = ("passages", "incidents")
OPEN = {"opened": True, "updated": True, "cleared": False, "withdrawn": False}
SAME_PLACE = 0.3
"""Boxes that overlap by so much of both are about one thing."""


@dataclass
class Census:
    """Keeps one row per id and revision, as docs/mqtt.md advises, and counts what came again."""

    kept: dict[Key, bytes] = field(default_factory=dict)
    raw: int = 0
    changed: int = 0
    """Repeats that did not say the same."""
    stills: int = 0
    health: dict[str, Any] = field(default_factory=dict)
    heard: threading.Condition = field(default_factory=threading.Condition)

    def take(self, topic: str, payload: bytes) -> None:
        """Hear a message."""
        kind = topic.split("/")[3]
        with self.heard:
            if kind in NUMBERED:
                said = json.loads(payload)
                self.raw += 1
                first = self.kept.setdefault((said["id"], said["revision"]), payload)
                self.changed += first != payload
            elif kind == "evidence":
                self.stills += 1
            elif kind == "health":
                self.health = json.loads(payload)
            self.heard.notify_all()

    @property
    def repeats(self) -> int:
        """Return how many messages came that were known."""
        return self.raw - len(self.kept)

    def wait_for_next(self, within_s: float) -> bool:
        """Return when one more numbered message has come, whether or not one has."""
        with self.heard:
            before = self.raw
            return self.heard.wait_for(lambda: self.raw > before, within_s)

    def wait_for(self, count: int, within_s: float) -> bool:
        """Return when so many different messages are known, and whether they are."""
        with self.heard:
            return self.heard.wait_for(lambda: len(self.kept) >= count, within_s)

    def messages(self) -> list[dict[str, Any]]:
        """Return what was kept, in the order in which it first came."""
        with self.heard:
            return [json.loads(payload) for payload in self.kept.values()]


def journal_of(home: Path) -> list[tuple[int, bytes]]:
    """Return every numbered message that a box has written down, by number."""
    line = sqlite3.connect(f"file:{home / 'journal.db'}?mode=ro", uri=True, timeout=10.0)
    try:
        found = line.execute(
            "SELECT seq, payload FROM passages UNION ALL SELECT seq, payload FROM incidents"
            " ORDER BY seq"
        ).fetchall()
    finally:
        line.close()
    return [(seq, bytes(payload)) for seq, payload in found]


def held_against(census: Census, journal: Sequence[tuple[int, bytes]]) -> Iterator[Figure]:
    """Yield what is lost, repeated, missing or opened twice."""
    written = {_key(payload): payload for _, payload in journal}
    numbers = [seq for seq, _ in journal]
    messages = census.messages()
    heard = Counter(one["seq"] for one in messages)
    yield told("messages in the journal", len(journal))
    yield exactly("numbers missing in the journal", _gaps(numbers), 0)
    yield exactly("messages lost", len(written.keys() - census.kept.keys()), 0)
    yield exactly("messages heard that the journal does not have", _unknown(census, written), 0)
    yield exactly("numbers missing at the subscriber", _gaps(sorted(heard)), 0)
    yield exactly("duplicates after the receiver's rule", heard.total() - len(heard), 0)
    yield exactly("repeats that said something else", census.changed, 0)
    yield told("repeats on the wire, known by id and revision", census.repeats)
    yield told("incidents", len({one["id"] for one in messages if "type" in one}))
    yield exactly("incidents open twice at one place", opened_twice(messages), 0)


def opened_twice(messages: Sequence[dict[str, Any]]) -> int:
    """Return how often an incident opened while another of its type was open at its place."""
    incidents = sorted((one for one in messages if "type" in one), key=lambda one: int(one["seq"]))
    open_now: dict[str, dict[str, Any]] = {}
    twice = 0
    for one in incidents:
        if one["action"] == "opened":
            twice += sum(_same_place(one, other) for other in open_now.values())
        if OPEN.get(one["action"], one["id"] in open_now):
            open_now[one["id"]] = one
        else:
            open_now.pop(one["id"], None)
    return twice


def _same_place(one: dict[str, Any], other: dict[str, Any]) -> bool:
    if any(one[name] != other[name] for name in ("camera_id", "type", "zone_id")):
        return False
    if one["bbox"] is None or other["bbox"] is None:
        return True
    (a1, b1, a2, b2), (c1, d1, c2, d2) = one["bbox"], other["bbox"]
    common = max(min(a2, c2) - max(a1, c1), 0.0) * max(min(b2, d2) - max(b1, d1), 0.0)
    union = (a2 - a1) * (b2 - b1) + (c2 - c1) * (d2 - d1) - common
    return bool(common >= SAME_PLACE * union)


def _gaps(numbers: Sequence[int]) -> int:
    """Return how many numbers from 1 to the last are absent."""
    return max(numbers, default=0) - len(set(numbers))


def _unknown(census: Census, written: dict[Key, bytes]) -> int:
    return sum(written.get(key) != payload for key, payload in census.kept.items())


def _key(payload: bytes) -> Key:
    said = json.loads(payload)
    return said["id"], said["revision"]
