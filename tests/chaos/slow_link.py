"""A way to the broker on which acknowledgements take their time."""

import contextlib
import queue
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

PUBACK = 0x40
CHUNK = 65536


@dataclass
class SlowLink:
    """Passes everything on at once, but for acknowledgements of messages.

    Attributes:
        broker: URL of the broker behind it.
        each_s: How long each acknowledgement takes, one after the other.
    """

    broker: str
    each_s: float = 0.0
    acknowledged: int = 0
    _server: socket.socket = field(init=False, repr=False)
    _lines: list[socket.socket] = field(default_factory=list, init=False, repr=False)
    _until_s: float = field(default=0.0, init=False, repr=False)

    def __post_init__(self) -> None:
        """Listen on a free port."""
        self._server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """Return what a box connects to."""
        return f"mqtt://127.0.0.1:{self._server.getsockname()[1]}"

    @property
    def under_way(self) -> bool:
        """Return whether an acknowledgement is on its way to the box."""
        return time.monotonic() < self._until_s

    def close(self) -> None:
        """End all connections."""
        for one in (self._server, *self._lines):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                box, _ = self._server.accept()
                try:
                    broker = socket.create_connection(
                        ("127.0.0.1", urlsplit(self.broker).port or 0)
                    )
                except OSError:
                    box.close()  # no broker: as if nobody listened
                    continue
                self._lines += [box, broker]
                held: queue.Queue[bytes | None] = queue.Queue()
                lock = threading.Lock()
                for run, given in (
                    (self._up, (box, broker)),
                    (self._down, (box, broker, held, lock)),
                    (self._release, (box, held, lock)),
                ):
                    threading.Thread(target=run, args=given, daemon=True).start()

    def _up(self, box: socket.socket, broker: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while content := box.recv(CHUNK):
                broker.sendall(content)
        _end(broker)

    def _down(
        self,
        box: socket.socket,
        broker: socket.socket,
        held: "queue.Queue[bytes | None]",
        lock: threading.Lock,
    ) -> None:
        with contextlib.suppress(OSError):
            for packet in _packets(broker):
                if packet[0] & 0xF0 == PUBACK:
                    self._until_s = max(time.monotonic(), self._until_s) + self.each_s
                    held.put(packet)
                    continue
                with lock:
                    box.sendall(packet)
        held.put(None)
        _end(box)

    def _release(
        self, box: socket.socket, held: "queue.Queue[bytes | None]", lock: threading.Lock
    ) -> None:
        with contextlib.suppress(OSError):
            while (packet := held.get()) is not None:
                time.sleep(self.each_s)
                with lock:
                    box.sendall(packet)
                self.acknowledged += 1


def _packets(line: socket.socket) -> Iterator[bytes]:
    """Yield the MQTT packets that come, each whole."""
    heard = b""
    while True:
        while (length := _length(heard)) and len(heard) >= length:
            yield heard[:length]
            heard = heard[length:]
        more = line.recv(CHUNK)
        if not more:
            return
        heard += more


def _length(heard: bytes) -> int:
    """Return how long the first packet is, MQTT 5 section 1.5.5; 0 if that is not known yet."""
    value = 0
    for place, byte in enumerate(heard[1:5]):
        value |= (byte & 0x7F) << 7 * place
        if not byte & 0x80:
            return 2 + place + value
    return 0


def _end(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
