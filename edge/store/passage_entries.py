"""Passages into the journal, many at a time: rows, numbers and messages."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from edge.domain.lane import Lane
from edge.domain.passage import Passage
from edge.store.outgoing import Still, enlist, next_seqs
from edge.store.spine import lane_of_first

_KNOWN = "SELECT 1 FROM passages WHERE id = ? AND revision = ?"
_INSERT = "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class PassageEntry:
    """A passage on its way into the journal.

    Attributes:
        passage: What to write.
        render: Makes the payload, given the ``seq`` it will carry.
        stills: Pictures that follow the message.
        lane: What it goes before; a later revision goes with the first.
    """

    passage: Passage
    render: Callable[[int], bytes]
    stills: Sequence[Still] = ()
    lane: Lane = Lane.PASSAGE


class Enlisted(NamedTuple):
    """Where a passage's message is."""

    lane: Lane
    seq: int


def write_passages(
    connection: sqlite3.Connection, entries: Sequence[PassageEntry]
) -> list[Enlisted | None]:
    """Write passages and their messages, inside a transaction.

    Returns:
        Where each message is, None for an id and revision that is in the journal already.
    """
    new = list(_new(connection, entries))
    if not any(new):
        return [None] * len(entries)
    written = [one for one, is_new in zip(entries, new, strict=True) if is_new]
    seqs = next_seqs(connection, len(written))
    rows = [_row(one.passage, seq, one.render(seq)) for one, seq in zip(written, seqs, strict=True)]
    connection.executemany(_INSERT, rows)
    told = list(map(Enlisted, _lanes(connection, written), seqs))
    enlist(connection, *told)
    following = iter(told)
    return [next(following) if is_new else None for is_new in new]


def _new(connection: sqlite3.Connection, entries: Sequence[PassageEntry]) -> Iterator[bool]:
    """Yield of each passage whether it is neither in the journal nor among those before it."""
    before: set[tuple[str, int]] = set()
    for one in entries:
        name = (one.passage.id, one.passage.revision)
        yield name not in before and connection.execute(_KNOWN, name).fetchone() is None
        before.add(name)


def _lanes(connection: sqlite3.Connection, entries: Sequence[PassageEntry]) -> list[Lane]:
    """Return what each passage goes before: all revisions are in the lane of the first."""
    of_first: dict[str, Lane] = {}
    for one in entries:
        passage = one.passage
        if passage.id not in of_first:
            first = lane_of_first(connection, passage.id) if passage.revision > 1 else None
            of_first[passage.id] = one.lane if first is None else first
    return [of_first[one.passage.id] for one in entries]


def _row(passage: Passage, seq: int, payload: bytes) -> tuple[Any, ...]:
    return (
        passage.id,
        passage.revision,
        seq,
        passage.camera_id,
        passage.direction,
        passage.decision,
        passage.resident_id,
        passage.likeness.similarity if passage.likeness else None,
        passage.decided_at.isoformat(timespec="milliseconds"),
        payload,
    )
