"""What a sink beside the platform has still to be told, one message after the other."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from edge.clock import Clock
from edge.domain.lane import Lane
from edge.domain.subscription import TROUBLES, Subscription
from edge.store.database import flushed_later, open_database, transaction
from edge.store.journal import MIGRATIONS
from edge.store.sinks import note_delivered, note_failed, note_well
from edge.store.spine import cursor, move_cursor

STEP = 500
"""Messages of the journal looked at in one go, wanted or not."""

BATCH = 100
"""Letters handed out in one go."""

COUNTED = 5000
"""Messages looked at to say how many wait; more are not worth the time."""

_SAID = "json_extract(CASE WHEN json_valid(payload) THEN payload END, '$.alert')"

# What was told once is told to its end: a severity that falls, or an alert that is none any more.
_WANTED = f"""
SELECT i.seq, i.id, i.revision, i.payload, 'incidents' AS leaf, CASE
        WHEN i.action = 'reviewed' THEN 'reviews'
        WHEN i.type IN (SELECT value FROM json_each(:troubles)) THEN 'troubles'
        ELSE 'incidents' END AS kind
    FROM (SELECT value AS seq FROM json_each(:seqs)) m CROSS JOIN incidents i ON i.seq = m.seq
    WHERE :everything OR (kind IN (SELECT value FROM json_each(:kinds))
        AND (:cameras IS NULL OR i.camera_id IN (SELECT value FROM json_each(:cameras)))
        AND EXISTS (SELECT 1 FROM incidents so_far
            WHERE so_far.id = i.id AND so_far.revision <= i.revision
            AND so_far.severity IN (SELECT value FROM json_each(:severities))))
UNION ALL
SELECT p.seq, p.id, p.revision, p.payload, 'passages' AS leaf, 'alerts' AS kind
    FROM (SELECT value AS seq FROM json_each(:seqs)) m CROSS JOIN passages p ON p.seq = m.seq
    WHERE :everything OR ('alerts' IN (SELECT value FROM json_each(:kinds))
        AND (:cameras IS NULL OR p.camera_id IN (SELECT value FROM json_each(:cameras)))
        AND EXISTS (SELECT 1 FROM
            (SELECT CAST(so_far.payload AS TEXT) AS payload FROM passages so_far
                WHERE so_far.id = p.id AND so_far.revision <= p.revision)
            WHERE {_SAID} = 1))
ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message for one sink.

    Attributes:
        kind: As receivers choose it: a ``Kind``.
        id: Of the incident or passage; with ``revision`` the receiver's key.
        payload: The message, as it goes to the platform.
        leaf: ``incidents`` or ``passages``.
        stray: Whether it is sent out of line, which moves no cursor.
    """

    lane: Lane
    seq: int
    kind: str
    id: str
    revision: int
    payload: bytes = field(repr=False)
    leaf: str
    stray: bool = False


class Letters:
    """One sink's connection to the journal, used by one thread."""

    def __init__(
        self, path: Path, clock: Clock, sink: str, wanted: Subscription | None = None
    ) -> None:
        """Open the journal's file, made if absent; raises StoreError.

        Args:
            path: The file.
            clock: The box's.
            sink: Its name.
            wanted: What it wants; None for everything.
        """
        self._connection = open_database(path, MIGRATIONS)
        self._clock = clock
        self._sink = sink
        self._asked = _asked(wanted)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def changed(self) -> bool:
        """Return whether somebody else has written since the last call; costs microseconds."""
        return self._connection.changed()

    def next(self) -> list[Letter]:
        """Return letters that wait: of the first lane that has any, in order.

        What the sink does not want is passed over for good. An empty list means that nothing
        waits.

        Raises:
            StoreError: The journal cannot be used.
        """
        return next((found for lane in Lane if (found := self.of_lane(lane))), [])

    def of_lane(self, lane: Lane) -> list[Letter]:
        """Return letters of a lane that wait, in order; first those that are sent again."""
        return self._again(lane) or self._new(lane)

    def settle(self, letters: Sequence[Letter]) -> None:
        """Note that the sink has taken letters."""
        # Lost in a power cut they are sent again, which receivers must bear; a flush to the disk
        # for each would cost the box more than that.
        with flushed_later(self._connection), transaction(self._connection):
            for one in letters:
                self._pass(one)
            note_delivered(self._connection, self._sink, len(letters), self._clock.utc())

    def park(self, letter: Letter, reason: str) -> None:
        """Put a letter aside that the sink will never take."""
        with transaction(self._connection):
            self._pass(letter)
            # Not for a sink that has been removed from the configuration meanwhile.
            self._connection.execute(
                "INSERT INTO strays (sink, seq, lane, state, reason) SELECT name, ?, ?, 'parked',"
                " ? FROM sinks WHERE name = ?",
                (letter.seq, letter.lane, reason, self._sink),
            )
            note_well(self._connection, self._sink)

    def failed(self, reason: str) -> None:
        """Note why the sink takes nothing."""
        with flushed_later(self._connection), transaction(self._connection):
            note_failed(self._connection, self._sink, reason, self._clock.utc())

    def waiting(self) -> int:
        """Return how many letters wait, as far as it is worth counting."""
        (again,) = self._connection.execute(
            "SELECT count(*) FROM strays WHERE sink = ? AND state = 'again'", (self._sink,)
        ).fetchone()
        new = 0
        for lane in Lane:
            seqs = self._seqs(lane, COUNTED)
            (count,) = self._connection.execute(
                f"SELECT count(*) FROM ({_WANTED})", {**self._asked, "seqs": json.dumps(seqs)}
            ).fetchone()
            new += int(count)
        return int(again) + new

    def _pass(self, letter: Letter) -> None:
        self._connection.execute(
            "DELETE FROM strays WHERE sink = ? AND seq = ?", (self._sink, letter.seq)
        )
        if not letter.stray:
            move_cursor(self._connection, self._sink, letter.lane, letter.seq)

    def _new(self, lane: Lane) -> list[Letter]:
        while seqs := self._seqs(lane, STEP):
            found = self._said(lane, seqs, wanted=True)
            if found:
                return found[:BATCH]
            with flushed_later(self._connection), transaction(self._connection):
                move_cursor(self._connection, self._sink, lane, seqs[-1])
        return []

    def _seqs(self, lane: Lane, limit: int) -> list[int]:
        rows = self._connection.execute(
            "SELECT seq FROM messages m WHERE lane = ?2 AND seq > ?3 AND NOT EXISTS"
            " (SELECT 1 FROM strays s WHERE s.sink = ?1 AND s.seq = m.seq) AND EXISTS"
            " (SELECT 1 FROM sinks WHERE name = ?1) ORDER BY seq LIMIT ?4",
            (self._sink, lane, cursor(self._connection, self._sink, lane), limit),
        ).fetchall()
        return [row["seq"] for row in rows]

    def _again(self, lane: Lane) -> list[Letter]:
        rows = self._connection.execute(
            "SELECT seq FROM strays WHERE sink = ? AND state = 'again' AND lane = ?"
            " ORDER BY seq LIMIT ?",
            (self._sink, lane, BATCH),
        ).fetchall()
        return self._said(lane, [row["seq"] for row in rows], wanted=False)

    def _said(self, lane: Lane, seqs: list[int], *, wanted: bool) -> list[Letter]:
        if not seqs:
            return []
        asked = self._asked if wanted else _asked(None)
        rows = self._connection.execute(_WANTED, {**asked, "seqs": json.dumps(seqs)}).fetchall()
        return [_letter(row, lane, stray=not wanted) for row in rows]


def _asked(wanted: Subscription | None) -> dict[str, object]:
    if wanted is None:
        wanted, everything = Subscription(frozenset()), True
    else:
        everything = False
    return {
        "everything": everything,
        "kinds": json.dumps(sorted(wanted.kinds)),
        "troubles": json.dumps(TROUBLES),
        "severities": json.dumps(wanted.severities),
        "cameras": None if wanted.cameras is None else json.dumps(sorted(wanted.cameras)),
    }


def _letter(row: sqlite3.Row, lane: Lane, *, stray: bool) -> Letter:
    return Letter(
        lane,
        row["seq"],
        row["kind"],
        row["id"],
        row["revision"],
        row["payload"],
        row["leaf"],
        stray,
    )
