"""From the outbox to the platform: in order, at least once, while there is a connection."""

import contextlib
import logging
import random
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event as Flag
from typing import Protocol

from edge.clock import Clock
from edge.delivery.flight import Flight
from edge.delivery.patience import wait_s
from edge.delivery.receipts import RECEIPTS_LEAF, ReceiptDesk
from edge.delivery.rest import LOOK_EVERY_S, Rest
from edge.delivery.settling import Settling
from edge.delivery.sink import Acknowledged, Bell, Lost, Received, Refused, Sink
from edge.domain.lane import Lane
from edge.domain.receipt import Receipt, Span
from edge.errors import DeliveryError, StoreError
from edge.store.message import Message
from edge.store.outbox import Sent, Tended

log = logging.getLogger(__name__)

DROPS_TO_PARK = 5
"""The connection broke this often right after a message was sent, alone: the message does it."""

AT_ONCE_S = 2.0
LARGEST_BYTES = 256 * 1024 * 1024
"""What an MQTT packet can carry at all."""

SETTLED_WINDOWS = 4
"""Windows of acknowledgements that are written down together; a crash has them sent again."""

TEND_EVERY_S = 1.0
LATEST = 1000
FEW_FAILURES = 4
TAKE_AGAIN_S = 1.0
"""After the disk has not taken what the platform said."""

HEALTH_LEAF = "health"


class Queue(Protocol):
    """The outbox, as the relay needs it."""

    def changed(self) -> bool:
        """Return whether messages may have come since the last call."""
        ...

    def begin(self) -> None:
        """Begin with a new connection."""
        ...

    def next(self, sent: Sent, limit: int) -> list[Message]:
        """Return messages that are to be sent next."""
        ...

    def settle(self, messages: Sequence[Message], cursors: Mapping[Lane, int]) -> None:
        """Note that messages were acknowledged, and how far all of a lane were."""
        ...

    def dropped(self, message: Message) -> None:
        """Count that the connection broke over this message."""
        ...

    def park(self, message: Message, reason: str) -> None:
        """Put a message aside."""
        ...

    def failed(self, reason: str) -> None:
        """Note why nothing is taken."""
        ...

    def tend(self, *, stills_room: int) -> Tended:
        """Do what time has brought."""
        ...

    def receipted(self, receipts: Sequence[Receipt]) -> list[int]:
        """Settle what the platform has, and return which."""
        ...

    def demanded(self, spans: Sequence[Span], *, most: int) -> int:
        """Let what the platform misses be sent again; return how many messages that are."""
        ...


@dataclass(slots=True)
class RelayState:
    """What health tells of the relay. Written by its thread, read by others.

    Attributes:
        latest: ``seq`` and moment of the last messages that were acknowledged.
    """

    connected: bool = False
    error: str = ""
    delivered: int = 0
    parked: int = 0
    connections: int = 0
    latest: deque[tuple[int, datetime]] = field(default_factory=lambda: deque(maxlen=LATEST))


@dataclass(frozen=True, slots=True)
class Terms:
    """How a relay works.

    Attributes:
        window: Messages sent ahead of their acknowledgement.
        health_every_s: How often health is told.
        stills_room: Bytes that pictures may take while they wait.
    """

    window: int = 16
    health_every_s: float = 30.0
    stills_room: int = 2 * 1000**3


class Relay:
    """Runs in one thread; everything it needs to know is in the outbox."""

    def __init__(
        self,
        outbox: Queue,
        sink: Sink,
        terms: Terms,
        *,
        health: Callable[[], bytes],
        clock: Clock,
        inbox: Callable[[Received], None] = lambda _: None,
        claim: Callable[[], AbstractContextManager[None]] = nullcontext,
        bell: Callable[[], AbstractContextManager[Bell | None]] = nullcontext,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        """Prepare a relay.

        Args:
            outbox: Where messages wait.
            sink: Where they go.
            terms: How.
            health: Makes the health message.
            clock: For back-off and health.
            inbox: Takes the platform's commands onto the disk; while it raises StoreError, they
                are kept and not acknowledged.
            claim: Keeps other processes from serving the platform; raises StoreError if one does.
            bell: Gives what rings when somebody writes to the outbox; without, it is looked at
                often.
            uniform: Source of jitter.
        """
        self._outbox = outbox
        self._sink = sink
        self._terms = terms
        self._health = health
        self._clock = clock
        self._inbox = inbox
        self._claim = claim
        self._heard: deque[Received] = deque()
        self._again_s = 0.0
        self._bell = bell
        self._rest = Rest()
        self._uniform = uniform
        self._health_due_s = 0.0
        self._tend_due_s = 0.0
        self._look_due_s = 0.0
        self._settling = Settling(outbox, clock)
        self.receipts = ReceiptDesk(outbox, clock)
        self.state = RelayState()

    def run(self, stop: Flag, *, drain_s: float = 1.5) -> None:
        """Deliver until ``stop`` is set, connecting again whenever the connection is lost.

        Args:
            stop: Ends the work, after what still waits has been sent.
            drain_s: Longest time for that; what remains stays in the outbox.
        """
        while not stop.is_set():
            try:
                with self._claim(), self._bell() as bell:
                    self._rest = Rest(bell)
                    self._serve(stop, drain_s)
            except StoreError as error:
                self._failed(str(error))
                stop.wait(wait_s(FEW_FAILURES, self._uniform))

    def _serve(self, stop: Flag, drain_s: float) -> None:
        failures = 0
        while not stop.is_set():
            self._tend(Flight())
            try:
                self._sink.connect()
            except DeliveryError as error:
                failures += 1
                self._failed(str(error))
                stop.wait(wait_s(failures, self._uniform))
                continue
            failures = 0
            self.state.connected, self.state.error = True, ""
            self.state.connections += 1
            log.info("broker connected")
            try:
                lost = self._deliver(stop, drain_s)
            except StoreError as error:
                # What was acknowledged but not settled is sent again: the receiver knows its key.
                lost = str(error)
            self.state.connected = False
            self._rest.end()  # while nobody can be told, writes need not ring
            if lost is not None:
                self._failed(f"connection given up: {lost}")
                stop.wait(wait_s(1, self._uniform))
        self._sink.close()

    def _failed(self, reason: str) -> None:
        if reason != self.state.error:  # said once, not at every attempt
            log.warning("broker: %s", reason)
            self.state.error = reason
            with contextlib.suppress(StoreError):  # the log has it
                self._outbox.failed(reason)

    def _deliver(self, stop: Flag, drain_s: float) -> str | None:
        """Deliver on one connection; return why it was lost, None if all was sent at the stop."""
        flight = Flight()
        self._heard.clear()  # the broker sends again what was not acknowledged
        self.receipts.begin()
        self._settling.begin()
        deadline_s: float | None = None
        self._health_due_s = self._clock.mono_s()
        while True:
            try:
                self._pay()
                self._fill(flight)
                if stop.is_set():
                    deadline_s = deadline_s or self._clock.mono_s() + drain_s
                    if not flight.by_token or self._clock.mono_s() >= deadline_s:
                        return None
                self._tell_health()
                lost = self._hear(flight)
                self._take(flight)
                self._tend(flight)
            except DeliveryError as error:
                return str(error)
            if lost is not None:
                self._blame(flight, lost)
                return lost.reason

    def _fill(self, flight: Flight) -> None:
        """Send as many waiting messages as the window has room for."""
        if not self._settling.open or not self._settling.due:
            return
        try:
            self._send_more(flight)
        except StoreError as error:
            flight.look_again()  # what was read and could not be put aside is read again
            self._settling.failed(error)

    def _send_more(self, flight: Flight) -> None:
        if self._looks(flight) and self._outbox.changed():
            self._rest.end()
            flight.look_again()
        while len(flight.by_token) < self._terms.window and not flight.has_suspect:
            if flight.more and not flight.ahead:
                batch = self._outbox.next(flight.sent, self._terms.window)
                flight.ahead.extend(batch)
                flight.more = len(batch) == self._terms.window
            if not flight.ahead or (flight.ahead[0].drops and flight.by_token):
                return  # a suspect goes alone: after the others, before the rest
            self._send(flight, flight.ahead.popleft())

    def _looks(self, flight: Flight) -> bool:
        """Return whether to look for what is new; not at every message while there are enough."""
        now_s = self._clock.mono_s()
        if flight.ahead and now_s < self._look_due_s:
            return False
        self._look_due_s = now_s + LOOK_EVERY_S
        return True

    def _send(self, flight: Flight, message: Message) -> None:
        limit = min(self._sink.max_bytes() or LARGEST_BYTES, LARGEST_BYTES)
        if len(message.payload) > limit:
            self._park(message, f"{len(message.payload)} bytes; the broker takes {limit}")
            flight.pass_by(message)
            return
        token = self._sink.publish(
            message.leaf, message.payload, message.content_type, correlation=message.correlation
        )
        flight.put(token, message)
        flight.sent_s = self._clock.mono_s()

    def _hear(self, flight: Flight) -> Lost | None:
        """Take in acknowledgements; return the loss of the connection if that is what came."""
        lost: Lost | None = None
        events = self._rest.events(self._sink)
        for event in events:
            match event:
                case Acknowledged(token) if token in flight.by_token:
                    flight.acknowledged.append(flight.take(token))
                case Refused(token, reason) if token in flight.by_token:
                    self._park(flight.take(token), reason)
                case Received():
                    self._heard.append(event)
                case Lost():
                    lost = event
                case _:
                    pass  # the status message has a token of its own
        # Many at once while many are sent: writing down costs more than sending. Before anything
        # that was heard, which may be about them.
        if (
            lost
            or self._heard
            or not events
            or flight.settles(SETTLED_WINDOWS * self._terms.window)
        ):
            settled, flight.acknowledged = flight.acknowledged, []
            if settled:
                self._settling.owe(settled, flight.cursors())
                self._pay()
        return lost

    def _pay(self) -> None:
        """Write down what was acknowledged, as soon as the disk takes it."""
        settled = self._settling.pay()
        if not settled:
            return
        seqs = [one.seq for one in settled if one.seq is not None]
        self.receipts.settled(seqs)
        self.state.delivered += len(settled)
        now = self._clock.utc()
        self.state.latest.extend((seq, now) for seq in seqs)

    def _take(self, flight: Flight) -> None:
        """Hand on what the platform has said, in order."""
        while self._heard and self._clock.mono_s() >= self._again_s:
            try:
                received = self._heard[0]
                if received.leaf != RECEIPTS_LEAF:
                    self._inbox(received)
                elif self.receipts.take(received, flight):
                    flight.look_again()
            except StoreError as error:
                log.warning("%s; what the platform says waits", error)
                self._again_s = self._clock.mono_s() + TAKE_AGAIN_S
                return
            self._sink.took(self._heard.popleft())

    def _tend(self, flight: Flight) -> None:
        """Do what time has brought, now and then."""
        now_s = self._clock.mono_s()
        if now_s < self._tend_due_s:
            return
        self._tend_due_s = now_s + TEND_EVERY_S
        try:
            tended = self._outbox.tend(stills_room=self._terms.stills_room)
        except StoreError as error:
            log.debug("%s", error)  # whoever writes says it
            return
        if tended.again:
            flight.look_again()
        if tended.given_up:
            log.warning("%s pictures were given up: they waited for too long", tended.given_up)

    def _blame(self, flight: Flight, lost: Lost) -> None:
        """Find out whether a message breaks the connection, so that it cannot block the rest."""
        if not flight.by_token:
            return
        first = next(iter(flight.by_token.values()))
        alone = len(flight.by_token) == 1
        if lost.too_large and alone:
            self._park(first, "the broker says that it is too large")
        elif self._clock.mono_s() - flight.sent_s <= AT_ONCE_S:
            if alone and first.drops + 1 >= DROPS_TO_PARK:
                self._park(first, f"the broker broke the connection {DROPS_TO_PARK} times over it")
            elif lost.too_large:
                largest = max(flight.by_token.values(), key=lambda message: len(message.payload))
                self._outbox.dropped(largest)
            else:
                self._outbox.dropped(first)

    def _park(self, message: Message, reason: str) -> None:
        log.error("%s parked: %s", message.name, reason)
        self._outbox.park(message, reason)
        self.state.parked += 1

    def _tell_health(self) -> None:
        now_s = self._clock.mono_s()
        if now_s >= self._health_due_s:
            self._health_due_s = now_s + self._terms.health_every_s
            self._sink.announce()
            self._sink.tell(HEALTH_LEAF, self._health())
