"""What may come in: so many messages at a time, none larger than its topic allows."""

import threading
from collections import Counter
from collections.abc import Mapping

from edge.delivery.sink import Received

RECEIVE_MAXIMUM = 32
"""Of MQTT 5: not yet acknowledged. Mosquitto 2.0 sends all it has when it sees the first one."""

MOST_MESSAGES = 1000
"""Taken off the network and not yet acknowledged."""

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
        self._overflowed = False
        self.refused: Counter[str] = Counter()
        """Messages that nobody has looked into, by reason."""
        self.deaf: tuple[str, ...] = ()
        """What the broker does not let the box listen to."""

    @property
    def leaves(self) -> tuple[str, ...]:
        """Return what is listened to."""
        return tuple(self._hears)

    def begin(self) -> None:
        """Forget what a connection before this one has brought: the broker sends it again."""
        with self._lock:
            self._messages = self._bytes = 0
            self._overflowed = False

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
                self._overflowed = True
                return False
            self._messages += 1
            self._bytes += size
            return True

    def took(self, received: Received) -> None:
        """Make room."""
        with self._lock:
            self._messages = max(self._messages - 1, 0)
            self._bytes = max(self._bytes - len(received.payload), 0)

    @property
    def lacks(self) -> bool:
        """Return whether all was taken that had room, and something had none.

        A broker says that again on the next connection, and not before.
        """
        with self._lock:
            return self._overflowed and not self._messages
