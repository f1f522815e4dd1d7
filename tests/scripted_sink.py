"""A receiver of the platform's that a test decides for, and messages to send it."""

import threading
from collections.abc import Callable
from functools import partial

from edge.delivery.sink import Acknowledged, Bell, Event, Lost, Received
from edge.errors import DeliveryError
from edge.store.journal import Journal
from tests.conftest import FakeClock
from tests.passages import a_passage


class ScriptedSink:
    """A receiver that a test decides for; it ends the relay's run when the test's work is done."""

    def __init__(self, stop: threading.Event, clock: FakeClock) -> None:
        self.stop, self.clock = stop, clock
        self.connections = 0
        self.refuse_logins = 0
        self.sent: list[bytes] = []
        self.told: list[str] = []
        self.taken: list[Received] = []
        self.limit: int | None = None
        self.closed = False
        self.answer: Callable[[int, bytes], Event | None] = lambda token, payload: Acknowledged(
            token
        )
        self._waiting: list[Event] = []
        self._token = 0
        self.idle_rounds = 0
        self.patience = 3
        self.says: list[Event] = []

    def connect(self) -> None:
        if self.refuse_logins:
            self.refuse_logins -= 1
            raise DeliveryError("mqtt://broker: nobody listens there")
        self.connections += 1
        self._waiting.clear()

    def publish(
        self, leaf: str, payload: bytes, content_type: str, *, correlation: bytes | None = None
    ) -> int:
        self._token += 1
        self.sent.append(payload)
        event = self.answer(self._token, payload)
        lost = any(isinstance(earlier, Lost) for earlier in self._waiting)
        if event is not None and not lost:  # a connection that is gone answers no more
            self._waiting.append(event)
        return self._token

    def announce(self) -> None:
        pass

    def tell(self, leaf: str, payload: bytes) -> None:
        self.told.append(leaf)

    def events(self, timeout_s: float, *, bell: Bell | None = None) -> list[Event]:
        self.clock.advance(timeout_s)
        events, self._waiting, self.says = [*self._waiting, *self.says], [], []
        self.idle_rounds = 0 if events else self.idle_rounds + 1
        if self.idle_rounds > self.patience:
            self.stop.set()
        return events

    def took(self, received: Received) -> None:
        self.taken.append(received)

    def max_bytes(self) -> int | None:
        return self.limit

    def close(self) -> None:
        self.closed = True


def a_day() -> threading.Event:
    """Return an event whose waits do not wait."""
    event = threading.Event()
    event.wait = lambda timeout=None: event.is_set()  # type: ignore[method-assign]
    return event


def write(journal: Journal, *payloads: bytes) -> None:
    """Record passages with these messages."""
    for payload in payloads:
        name = f"p{payload[:12].hex()}-{len(payload)}"
        journal.record_passage(a_passage(name), partial(always, payload))


def always(payload: bytes, seq: int) -> bytes:
    """Return a message, whatever its number."""
    return payload
