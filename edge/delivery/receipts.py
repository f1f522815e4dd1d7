"""Takes in what the platform says that it has, and what it wants again."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from edge.clock import Clock
from edge.delivery.flight import Flight
from edge.delivery.sink import Received
from edge.domain.receipt import Receipt, Receipts, Span
from edge.wire.receipts import read_receipts

log = logging.getLogger(__name__)

RECEIPTS_LEAF = "receipts"
MOST_AGAIN = 10_000
AGAIN_PER_S = 20.0
"""Messages that may be asked for again: so many at once, and as many more as time passes."""


class Store(Protocol):
    """What a desk writes to."""

    def receipted(self, receipts: Sequence[Receipt]) -> list[int]:
        """Settle what the platform has, and return which."""
        ...

    def demanded(self, spans: Sequence[Span], *, most: int) -> int:
        """Let what the platform misses be sent again; return how many messages that are."""
        ...


@dataclass(slots=True)
class Heard:
    """What came to the topic of receipts since the service began.

    Attributes:
        settled: Messages that the platform has said it has.
        unknown: Receipts that name no message that waits for one.
        malformed: Messages that are none, or that a broker had kept.
        again: Messages that were asked for again and are sent.
    """

    settled: int = 0
    unknown: int = 0
    malformed: int = 0
    again: int = 0


class ReceiptDesk:
    """Used by the relay's thread."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """Prepare a desk.

        Args:
            store: The outbox.
            clock: The box's.
        """
        self._store = store
        self._clock = clock
        self._early: dict[int, Receipt] = {}
        self._may_ask = float(MOST_AGAIN)
        self._asked_s = clock.mono_s()
        self.heard = Heard()

    def begin(self) -> None:
        """Begin with a new connection."""
        self._early.clear()

    def take(self, received: Received, flight: Flight) -> bool:
        """Take in a message; return whether something is to be sent again.

        Raises:
            StoreError: It could not be written down; it is to be given again.
        """
        try:
            said = _read(received)
        except ValueError as error:
            log.debug("receipts: %s", error)
            self.heard.malformed += 1
            return False
        known = [one for one in said.receipts if not self._is_early(one, flight)]
        settled = self._store.receipted(known) if known else []
        self.heard.settled += len(settled)
        self.heard.unknown += len(known) - len(settled)
        return bool(said.missing) and self._ask(said.missing)

    def settled(self, seqs: Sequence[int]) -> None:
        """Settle messages whose receipt came before the broker's acknowledgement."""
        early = [self._early.pop(seq) for seq in seqs if seq in self._early]
        if early:
            self.heard.settled += len(self._store.receipted(early))

    def _is_early(self, one: Receipt, flight: Flight) -> bool:
        message = flight.of_seq(one.seq)
        if message is None or (message.id, message.revision) != (one.id, one.revision):
            return False
        self._early[one.seq] = one
        return True

    def _ask(self, spans: Sequence[Span]) -> bool:
        now_s = self._clock.mono_s()
        self._may_ask = min(self._may_ask + (now_s - self._asked_s) * AGAIN_PER_S, MOST_AGAIN)
        self._asked_s = now_s
        count = self._store.demanded(spans, most=int(self._may_ask))
        self._may_ask -= count
        self.heard.again += count
        if count:
            log.info("%s messages are sent again: the platform misses them", count)
        return count > 0


def _read(received: Received) -> Receipts:
    if received.retained:
        raise ValueError("was kept by the broker; publish receipts without retain")
    return read_receipts(received.payload)
