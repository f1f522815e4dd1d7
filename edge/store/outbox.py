"""What the platform has still to be told: numbered messages by lane, and what goes with them."""

import heapq
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from edge.clock import Clock
from edge.domain.lane import Lane
from edge.domain.receipt import Receipt, Span
from edge.store.database import flushed_later, open_database, transaction
from edge.store.journal import MIGRATIONS
from edge.store.loose import forget, give_up_stills, loose, loose_of_all, stills_bytes
from edge.store.message import Message, Parked, Place
from edge.store.receipts import (
    any_late,
    await_receipts,
    expect_no_receipts,
    send_late_again,
    send_missing_again,
    settle_receipts,
)
from edge.store.sinks import (
    MQTT,
    TOLD_REFUSALS,
    depth,
    note_delivered,
    note_failed,
    note_given_up,
    note_well,
)
from edge.store.spine import ahead, move_cursor, put_aside, strays


@dataclass(slots=True)
class Sent:
    """How far one connection has sent.

    Attributes:
        numbered: Last ``seq`` by lane.
        loose: Last position by lane.
        in_flight: ``seq`` of numbered messages that are not acknowledged yet.
        idle: Lanes in which nothing was left to send when they were looked at.
    """

    numbered: dict[Lane, int] = field(default_factory=dict)
    loose: dict[Lane, int] = field(default_factory=dict)
    in_flight: set[int] = field(default_factory=set)
    idle: set[Lane] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Tended:
    """What time has brought.

    Attributes:
        again: Messages whose receipt did not come, which are sent again.
        given_up: Pictures that were dropped for want of room.
    """

    again: int = 0
    given_up: int = 0


class Outbox:
    """The relay's connection to the journal."""

    def __init__(self, path: Path, clock: Clock, *, receipts_s: float | None = None) -> None:
        """Open the journal's file, made if absent; raises StoreError.

        Args:
            path: The file.
            clock: The box's.
            receipts_s: How long the platform's receipt of a message is waited for; None: the
                broker's acknowledgement is enough.
        """
        self._connection = open_database(path, MIGRATIONS)
        self._clock = clock
        self._receipts_s = receipts_s

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def changed(self) -> bool:
        """Return whether somebody else has written since the last call; costs microseconds."""
        return self._connection.changed()

    def next(self, sent: Sent, limit: int) -> list[Message]:
        """Return messages that are to be sent next: lane by lane, each in order.

        Args:
            sent: What the connection has sent already.
            limit: At most so many.
        """
        found: list[Message] = []
        for lane in Lane:
            if lane in sent.idle:
                continue
            found += self._numbered(lane, sent, limit - len(found))
            if len(found) < limit:
                after = sent.loose.get(lane, 0)
                found += loose(self._connection, lane, after=after, limit=limit - len(found))
            if len(found) == limit:
                return found
            sent.idle.add(lane)
        return found

    def waiting(self, *, limit: int, after: Place = (0, 0)) -> list[Message]:
        """Return what waits in the order it was made, whatever its lane.

        Args:
            limit: At most so many.
            after: ``place`` of the message before.
        """
        found = loose_of_all(self._connection, after=after, limit=limit)
        for lane in Lane:
            found += ahead(self._connection, MQTT, lane, after=after[0], limit=limit)
            found += strays(self._connection, MQTT, lane, after=after[0], limit=limit)
        return heapq.nsmallest(limit, found, key=lambda one: one.place)

    def settle(self, messages: Sequence[Message], cursors: Mapping[Lane, int]) -> None:
        """Note that messages were acknowledged.

        Args:
            messages: Which.
            cursors: By lane, the ``seq`` up to which there is nothing more to send.
        """
        # Lost in a power cut they are sent again, which receivers must bear; a flush to the disk
        # for each would cost the box more than that.
        with flushed_later(self._connection), transaction(self._connection):
            numbered = [one for one in messages if one.seq is not None]
            if self._receipts_s is not None:
                now = self._clock.utc().timestamp()
                await_receipts(self._connection, MQTT, numbered, now=now, wait=self._receipts_s)
            else:
                self._forget_strays(numbered)
            forget(self._connection, [one.position for one in messages if one.seq is None])
            for lane, seq in cursors.items():
                move_cursor(self._connection, MQTT, lane, seq)
            note_delivered(self._connection, MQTT, len(messages), self._clock.utc())

    def dropped(self, message: Message) -> None:
        """Count that the connection broke while this message was first in line."""
        with transaction(self._connection):
            if message.seq is None:
                self._connection.execute(
                    "UPDATE outbox SET drops = drops + 1 WHERE position = ?", (message.position,)
                )
            else:
                self._connection.execute(
                    "INSERT INTO strays (sink, seq, lane, state, drops) VALUES (?, ?, ?, 'again',"
                    " 1) ON CONFLICT DO UPDATE SET state = 'again', drops = drops + 1",
                    (MQTT, message.seq, message.lane),
                )

    def park(self, message: Message, reason: str) -> None:
        """Put a message aside, so that it does not block the rest."""
        with transaction(self._connection):
            if message.seq is None:
                self._connection.execute(
                    "UPDATE outbox SET parked_reason = ? WHERE position = ?",
                    (reason, message.position),
                )
            else:
                put_aside(self._connection, MQTT, message, reason)

    def failed(self, reason: str) -> None:
        """Note why the platform takes nothing."""
        with flushed_later(self._connection), transaction(self._connection):
            note_failed(self._connection, MQTT, reason, self._clock.utc())

    def receipted(self, receipts: Sequence[Receipt]) -> list[int]:
        """Settle what the platform has, and return which; what it cannot mean settles nothing."""
        with transaction(self._connection):
            return settle_receipts(self._connection, MQTT, receipts)

    def demanded(self, spans: Sequence[Span], *, most: int) -> int:
        """Let what the platform misses be sent again; return how many messages that are."""
        with transaction(self._connection):
            return send_missing_again(self._connection, MQTT, spans, most=most)

    def begin(self) -> None:
        """Begin with a connection that is well; without receipts nothing waits for one."""
        with flushed_later(self._connection), transaction(self._connection):
            note_well(self._connection, MQTT)
            if self._receipts_s is None:
                expect_no_receipts(self._connection, MQTT)

    def tend(self, *, stills_room: int) -> Tended:
        """Let late messages be sent again and keep pictures within their room."""
        again = given_up = 0
        now, wait = self._clock.utc().timestamp(), self._receipts_s
        if wait is not None and any_late(self._connection, MQTT, now=now, wait=wait):
            with flushed_later(self._connection), transaction(self._connection):
                again = send_late_again(self._connection, MQTT, now=now, wait=wait)
        if stills_bytes(self._connection) > stills_room:
            with flushed_later(self._connection), transaction(self._connection):
                given_up = give_up_stills(self._connection, stills_room)
                note_given_up(self._connection, MQTT, given_up)
        return Tended(again, given_up)

    def depth(self) -> int:
        """Return how many messages wait."""
        return depth(self._connection, MQTT)

    def parked(self) -> list[Parked]:
        """Return the messages that were put aside last."""
        numbered = self._connection.execute(
            "SELECT seq, reason FROM strays WHERE sink = ? AND state = 'parked'"
            " ORDER BY seq DESC LIMIT ?",
            (MQTT, TOLD_REFUSALS),
        ).fetchall()
        others = self._connection.execute(
            "SELECT leaf, parked_reason FROM outbox WHERE parked_reason IS NOT NULL"
            " ORDER BY position DESC LIMIT ?",
            (TOLD_REFUSALS,),
        ).fetchall()
        return [
            *(Parked(row["seq"], "", row["reason"]) for row in reversed(numbered)),
            *(Parked(None, row["leaf"], row["parked_reason"]) for row in reversed(others)),
        ]

    def _numbered(self, lane: Lane, sent: Sent, limit: int) -> list[Message]:
        again = strays(self._connection, MQTT, lane, besides=sent.in_flight, limit=limit)
        after = sent.numbered.get(lane, 0)
        new = ahead(self._connection, MQTT, lane, after=after, limit=limit)
        return heapq.nsmallest(limit, [*again, *new], key=lambda one: one.place)

    def _forget_strays(self, messages: Collection[Message]) -> None:
        self._connection.executemany(
            "DELETE FROM strays WHERE sink = ? AND seq = ?", [(MQTT, one.seq) for one in messages]
        )
