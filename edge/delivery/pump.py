"""The network of an MQTT client, on the thread of whoever uses it.

With a thread of its own the library is woken for every message that is sent and wakes the relay for
every acknowledgement: two threads that hand one interpreter's lock to each other took as much
processor time as all the rest of delivering.
"""

import contextlib
import select
import socket
import ssl
import time
from typing import Any, Protocol

from edge.delivery.sink import Bell

CORK: int | None = getattr(socket, "TCP_CORK", None)
"""Only Linux has it: what is sent while it is set goes out together when it is taken off."""

MISC_EVERY_S = 0.5
"""How often a client looks whether it has to ping."""


class Client(Protocol):
    """What is driven."""

    def socket(self) -> Any:
        """Return the connection, plain or encrypted; None if there is none."""
        ...

    def want_write(self) -> bool:
        """Return whether something waits to be sent."""
        ...

    def loop_read(self) -> object:
        """Take what has come."""
        ...

    def loop_write(self) -> object:
        """Send what waits."""
        ...

    def loop_misc(self) -> object:
        """Ping if it is time to, and find out that nobody answers."""
        ...


class Pump:
    """Drives one client."""

    def __init__(self, client: Client) -> None:
        """Prepare; ``client`` connects by itself."""
        self._client = client
        self._misc_s = 0.0
        self._held: socket.socket | None = None

    def hold(self) -> None:
        """Let what is sent from now on go out together, at the next turn."""
        connection: socket.socket | None = self._client.socket()
        if self._held is None and connection is not None:
            self._held = connection
            _cork(connection, on=True)

    def turn(self, timeout_s: float, *, bell: Bell | None = None) -> bool:
        """Wait up to ``timeout_s`` until something can be read or sent, and do that.

        Args:
            timeout_s: How long to wait.
            bell: Ends the waiting, too.

        Returns:
            Whether the bell has rung.
        """
        held, self._held = self._held, None
        if held is not None:
            _cork(held, on=False)
        connection: socket.socket | None = self._client.socket()
        if connection is None:
            time.sleep(timeout_s)  # nothing will come, and nobody is to ask without a pause
            return False
        # What is decrypted already does not show on the network.
        decrypted = isinstance(connection, ssl.SSLSocket) and connection.pending() > 0
        writing = self._client.want_write()
        poll = select.poll()
        poll.register(connection, select.POLLIN | (select.POLLOUT if writing else 0))
        if bell is not None:
            poll.register(bell, select.POLLIN)
        ready = dict(poll.poll(0 if decrypted else timeout_s * 1e3))
        rung = bell is not None and bell.fileno() in ready
        happened = ready.get(connection.fileno(), 0)
        if decrypted or happened & ~select.POLLOUT:
            self._client.loop_read()
        if happened & select.POLLOUT:
            self._client.loop_write()
        now_s = time.monotonic()
        if now_s >= self._misc_s:
            self._misc_s = now_s + MISC_EVERY_S
            self._client.loop_misc()
        return rung


def _cork(connection: socket.socket, *, on: bool) -> None:
    if CORK is not None:
        with contextlib.suppress(OSError):  # it is gone: who reads from it is told
            connection.setsockopt(socket.IPPROTO_TCP, CORK, int(on))
