"""Is every number that the box has given accounted for, at every sink?"""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from edge.domain.receipt import Span
from edge.store.database import open_database
from edge.store.journal import MIGRATIONS
from edge.store.message import Message
from edge.store.spine import said_of

STEP = 500

_GAPS = """
SELECT before + 1 AS first, seq - 1 AS last FROM
    (SELECT seq, lag(seq, 1, 0) OVER (ORDER BY seq) AS before FROM
        (SELECT seq FROM messages UNION ALL
            SELECT value + 1 FROM counters WHERE name = 'seq'))
WHERE seq > before + 1
"""

_SILENT = """
SELECT seq FROM messages m WHERE NOT EXISTS (SELECT 1 FROM incidents i WHERE i.seq = m.seq)
    AND NOT EXISTS (SELECT 1 FROM passages p WHERE p.seq = m.seq) ORDER BY seq
"""

_STATES = """
SELECT coalesce(s.state, CASE WHEN c.seq IS NULL THEN 'unknown'
        WHEN m.seq <= c.seq THEN 'settled' ELSE 'waiting' END) AS state, count(*) AS count
FROM messages m
LEFT JOIN cursors c ON c.sink = :sink AND c.lane = m.lane
LEFT JOIN strays s ON s.sink = :sink AND s.seq = m.seq
GROUP BY 1
"""

_UNKNOWN = """
SELECT m.seq FROM messages m
LEFT JOIN cursors c ON c.sink = :sink AND c.lane = m.lane
LEFT JOIN strays s ON s.sink = :sink AND s.seq = m.seq
WHERE CASE WHEN s.state IS NULL THEN c.seq IS NULL
    ELSE s.state NOT IN ('again', 'awaiting', 'parked') END
ORDER BY m.seq
"""


@dataclass(frozen=True, slots=True)
class Account:
    """What became of all messages at one sink.

    Attributes:
        settled: It has them, or does not want them, or was not there yet.
        waiting: They are to be sent, for the first time or again.
        unknown: Nobody can say; there should be none.
    """

    sink: str
    settled: int
    waiting: int
    awaiting: int
    parked: int
    unknown: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class GapAudit:
    """All numbers, accounted for.

    Attributes:
        last: The number that was given last.
        missing: Numbers that no message has.
        silent: Numbers of messages whose content is lost.
        accounts: Of every sink.
    """

    last: int
    missing: tuple[Span, ...]
    silent: tuple[Span, ...]
    accounts: tuple[Account, ...]

    @property
    def clean(self) -> bool:
        """Return whether nothing is amiss."""
        return not (self.missing or self.silent or any(one.unknown for one in self.accounts))


def audit_gaps(path: Path) -> GapAudit:
    """Account for every number of a journal; raises StoreError."""
    connection = open_database(path, MIGRATIONS)
    try:
        (last,) = connection.execute("SELECT value FROM counters WHERE name = 'seq'").fetchone()
        sinks = connection.execute("SELECT name FROM sinks ORDER BY name <> 'mqtt', name")
        return GapAudit(
            last,
            tuple(Span(row["first"], row["last"]) for row in connection.execute(_GAPS)),
            tuple(spans(row["seq"] for row in connection.execute(_SILENT))),
            tuple(_account(connection, row["name"]) for row in sinks.fetchall()),
        )
    finally:
        connection.close()


def messages_of(path: Path, wanted: Iterable[Span]) -> Iterator[Message]:
    """Yield messages by their numbers, in order, to be handed on; raises StoreError."""
    connection = open_database(path, MIGRATIONS)
    try:
        for span in wanted:
            after = span.first - 1
            while found := said_of(connection, after=after, until=span.last, limit=STEP):
                yield from found
                after = found[-1].seq or span.last
    finally:
        connection.close()


def parked_spans(path: Path, sink: str) -> list[Span]:
    """Return the numbers that a sink has refused; raises StoreError."""
    connection = open_database(path, MIGRATIONS)
    try:
        rows = connection.execute(
            "SELECT seq FROM strays WHERE sink = ? AND state = 'parked' ORDER BY seq", (sink,)
        ).fetchall()
    finally:
        connection.close()
    return list(spans(row["seq"] for row in rows))


def spans(seqs: Iterable[int]) -> Iterator[Span]:
    """Yield runs of numbers that follow each other; they come in order."""
    first = last = 0
    for seq in seqs:
        if last and seq == last + 1:
            last = seq
            continue
        if last:
            yield Span(first, last)
        first = last = seq
    if last:
        yield Span(first, last)


def _account(connection: sqlite3.Connection, sink: str) -> Account:
    rows = connection.execute(_STATES, {"sink": sink}).fetchall()
    count = {row["state"]: int(row["count"]) for row in rows}
    unknown = connection.execute(_UNKNOWN, {"sink": sink})
    return Account(
        sink,
        settled=count.get("settled", 0),
        waiting=count.get("waiting", 0) + count.get("again", 0),
        awaiting=count.get("awaiting", 0),
        parked=count.get("parked", 0),
        unknown=tuple(spans(row["seq"] for row in unknown)),
    )
