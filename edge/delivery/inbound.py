"""What may come in: so many messages at a time, none larger than its topic allows."""

import threading
from collections import Counter
from collections.abc import Mapping

from edge.delivery.sink import Received

MOST_MESSAGES = 32
"""Taken off the network and not yet acknowledged; a broker of MQTT 5 is told so."""

MOST_BYTES = 24 * 1024 * 1024
"""Of all of them; also the largest packet that a broker of MQTT 5 may send at all."""

OVERSIZED, OVERFLOW, UNASKED = "oversized", "overflow", "unasked"


class Inbound:
    """Admission to the queue of one connection; used by the network's and the relay's thread."""

    def __init__(self, hears: Mapping[str, int]) -> None:
        """Prepare.

        Args:
            hears: Topics below the box's own, with the largest message of each.
        """
        self._hears = hears
        self._lock = threading.Lock()
        self._messages = 0
        self._bytes = 0
        self.refused: Counter[str] = Counter()
        """Messages that nobody has looked into, by reason."""

    @property
    def leaves(self) -> tuple[str, ...]:
        """Return what is listened to."""
        return tuple(self._hears)

    def begin(self) -> None:
        """Forget what a connection before this one has brought: the broker sends it again."""
        with self._lock:
            self._messages = self._bytes = 0

    def is_refused(self, received: Received) -> bool:
        """Return whether a message is never taken, so that the broker may forget it."""
        return len(received.payload) > self._hears.get(received.leaf, -1)

    def admits(self, received: Received) -> bool:
        """Count a message in and return True, or count it as refused."""
        size = len(received.payload)
        with self._lock:
            if self.is_refused(received):
                self.refused[OVERSIZED if received.leaf in self._hears else UNASKED] += 1
                return False
            if self._messages >= MOST_MESSAGES or self._bytes + size > MOST_BYTES:
                self.refused[OVERFLOW] += 1
                return False
            self._messages += 1
            self._bytes += size
            return True

    def took(self, received: Received) -> None:
        """Make room."""
        with self._lock:
            self._messages = max(self._messages - 1, 0)
            self._bytes = max(self._bytes - len(received.payload), 0)
