"""What the platform says that it has, and what it misses."""

import sqlite3
from collections.abc import Sequence

from edge.domain.lane import Lane
from edge.domain.receipt import Receipt, Span
from edge.store.message import Message
from edge.store.spine import cursor

MOST_AGAIN = 10_000
"""Messages that wait because they were asked for again; more are to be asked for later."""

LONGER_UP_TO = 32
"""Times the first wait: a platform that never answers is asked less and less often."""

BATCH = 500


def await_receipts(
    connection: sqlite3.Connection,
    sink: str,
    messages: Sequence[Message],
    *,
    now: float,
    wait: float,
) -> None:
    """Note that messages were sent and their receipts are to come; inside a transaction.

    Args:
        connection: The journal's.
        sink: Its name.
        messages: Numbered ones.
        now: Seconds since 1970.
        wait: Seconds until they are sent again for the first time; twice that for the second.
    """
    connection.executemany(
        "INSERT INTO strays (sink, seq, lane, state, sent, due) VALUES (?1, ?2, ?3, 'awaiting', 1,"
        " ?4 + ?5) ON CONFLICT DO UPDATE SET state = 'awaiting', drops = 0, reason = '',"
        f" due = ?4 + ?5 * min(1 << min(sent, 20), {LONGER_UP_TO}), sent = sent + 1",
        [(sink, one.seq, one.lane, now, wait) for one in messages],
    )


def settle_receipts(
    connection: sqlite3.Connection, sink: str, receipts: Sequence[Receipt]
) -> list[int]:
    """Settle what the platform has, and return which; inside a transaction.

    A receipt that names no message that was sent, or another one than the number has, is none.
    """
    settled = []
    for one in receipts:
        # In any state: what waits to be sent again, or was put aside, may have come all the same.
        if (
            _is(connection, one)
            and connection.execute(
                "DELETE FROM strays WHERE sink = ? AND seq = ?", (sink, one.seq)
            ).rowcount
        ):
            settled.append(one.seq)
    return settled


def any_late(connection: sqlite3.Connection, sink: str, *, now: float, wait: float) -> bool:
    """Return whether a message's receipt did not come in time."""
    row = connection.execute(
        "SELECT 1 FROM strays WHERE sink = ? AND state = 'awaiting' AND (due <= ? OR due > ?)",
        (sink, now, now + wait * LONGER_UP_TO),
    ).fetchone()
    return row is not None


def send_late_again(connection: sqlite3.Connection, sink: str, *, now: float, wait: float) -> int:
    """Let messages be sent again whose receipt did not come in time; inside a transaction.

    A time farther ahead than any wait is one of a clock that was wrong.
    """
    return connection.execute(
        "UPDATE strays SET state = 'again', due = NULL WHERE sink = ?1 AND seq IN (SELECT seq FROM"
        " strays WHERE sink = ?1 AND state = 'awaiting' AND (due <= ?2 OR due > ?3) ORDER BY due"
        " LIMIT ?4)",
        (sink, now, now + wait * LONGER_UP_TO, BATCH),
    ).rowcount


def send_missing_again(
    connection: sqlite3.Connection, sink: str, spans: Sequence[Span], *, most: int
) -> int:
    """Let messages be sent again that the platform misses, and return how many.

    Inside a transaction. They come after all else, as they are old: no flood of them delays an
    alert. What has not been sent yet, or was put aside, stays as it is.

    Args:
        connection: The journal's.
        sink: Its name.
        spans: What is missing.
        most: No more messages than that.
    """
    (waiting,) = connection.execute(
        "SELECT count(*) FROM strays WHERE sink = ? AND state = 'again'", (sink,)
    ).fetchone()
    room = min(most, MOST_AGAIN - int(waiting))
    count = 0
    for span in spans:
        for lane in Lane:
            last = min(span.last, cursor(connection, sink, lane))
            count += connection.execute(
                "INSERT INTO strays (sink, seq, lane, state)"
                " SELECT ?1, seq, ?2, 'again' FROM messages"
                " WHERE lane = ?3 AND seq BETWEEN ?4 AND ?5 AND NOT EXISTS (SELECT 1 FROM strays s"
                " WHERE s.sink = ?1 AND s.seq = messages.seq AND s.state <> 'awaiting')"
                " ORDER BY seq LIMIT ?6"
                " ON CONFLICT DO UPDATE SET state = 'again', lane = ?2, due = NULL",
                (sink, Lane.UPKEEP, lane, span.first, last, max(room - count, 0)),
            ).rowcount
    return count


def expect_no_receipts(connection: sqlite3.Connection, sink: str) -> None:
    """Settle what waits for a receipt: none are expected any more; inside a transaction."""
    connection.execute("DELETE FROM strays WHERE sink = ? AND state = 'awaiting'", (sink,))


def _is(connection: sqlite3.Connection, receipt: Receipt) -> bool:
    row = connection.execute(
        "SELECT 1 FROM incidents WHERE id = ?1 AND revision = ?2 AND seq = ?3"
        " UNION ALL SELECT 1 FROM passages WHERE id = ?1 AND revision = ?2 AND seq = ?3",
        (receipt.id, receipt.revision, receipt.seq),
    ).fetchone()
    return row is not None
