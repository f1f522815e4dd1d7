"""What the broker has acknowledged, on its way to the disk; one that fails costs no connection."""

import logging
from collections.abc import Mapping, Sequence
from typing import Protocol

from edge.clock import Clock
from edge.domain.lane import Lane
from edge.errors import StoreError
from edge.store.message import Message

log = logging.getLogger(__name__)

AGAIN_S = 1.0
"""Between two attempts to write while the disk takes nothing."""


class Book(Protocol):
    """The outbox, as far as it is written to for every message."""

    def begin(self) -> None:
        """Begin with a connection that is well."""
        ...

    def settle(self, messages: Sequence[Message], cursors: Mapping[Lane, int]) -> None:
        """Note that messages were taken."""
        ...


class Settling:
    """Writes down what one connection has brought; used by the relay's thread.

    While it cannot, the connection stays, so that health goes out and says so; nothing more is
    sent, as it would have to be sent again.
    """

    def __init__(self, book: Book, clock: Clock) -> None:
        """Prepare; ``begin`` is called for every connection."""
        self._book = book
        self._clock = clock
        self._begun = False
        self._messages: list[Message] = []
        self._cursors: dict[Lane, int] = {}
        self._due_s = 0.0
        self._failing = False

    def begin(self) -> None:
        """Begin with a new connection: what an earlier one had acknowledged is sent again."""
        self._begun = False
        self._messages, self._cursors = [], {}
        self._due_s = 0.0

    @property
    def open(self) -> bool:
        """Return whether everything is on the disk, so that more may be sent."""
        return self._begun and not self._messages

    def owe(self, messages: Sequence[Message], cursors: Mapping[Lane, int]) -> None:
        """Take what was acknowledged."""
        self._messages += messages
        self._cursors |= cursors

    def pay(self) -> list[Message]:
        """Write down what is owed, and return it; nothing while the disk does not take it."""
        if self.open or self._clock.mono_s() < self._due_s:
            return []
        try:
            if not self._begun:
                self._book.begin()
                self._begun = True
            if self._messages:
                self._book.settle(self._messages, self._cursors)
        except StoreError as error:
            self.failed(error)
            return []
        if self._failing:
            log.info("what was delivered is written down again")
        self._failing = False
        paid, self._messages, self._cursors = self._messages, [], {}
        return paid

    def failed(self, error: StoreError) -> None:
        """Take note that the disk fails; said once, until it works again."""
        self._due_s = self._clock.mono_s() + AGAIN_S
        if not self._failing:
            log.error("nothing more is delivered until it can be written down: %s", error)
        self._failing = True

    @property
    def due(self) -> bool:
        """Return whether it is time to try the disk."""
        return self._clock.mono_s() >= self._due_s
