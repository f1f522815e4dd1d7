"""From the journal to one receiver beside the platform: in order, at least once, signed."""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from threading import Event as Flag
from typing import Protocol

from edge.clock import Clock
from edge.delivery.patience import wait_s
from edge.delivery.post import REFUSALS, Answer
from edge.delivery.signature import SIGNATURE, signed
from edge.domain.subscription import Subscription
from edge.errors import DeliveryError, StoreError
from edge.store.webhooks import Letter

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.25
"""How often new messages are looked for; asking costs microseconds."""

LONGEST_WAIT_S = 300.0
LONGEST_ASKED_WAIT_S = 900.0
"""A receiver that asks for more by Retry-After is asked again after this."""

OK, REDIRECTS, FAULTS = 200, 300, 500
TRY_AGAIN = frozenset((408, 429))
"""Refusals of the moment and not of the message: too slow, too many."""


class Letters(Protocol):
    """What waits for receivers, as a courier needs it."""

    def changed(self) -> bool:
        """Return whether letters may have come since the last call."""
        ...

    def next(self, name: str, wanted: Subscription) -> list[Letter]:
        """Return letters that wait, in order; empty if none does."""
        ...

    def settle(self, name: str, letter: Letter) -> None:
        """Note that the receiver has taken a letter."""
        ...

    def park(self, name: str, letter: Letter, reason: str) -> None:
        """Put a letter aside."""
        ...

    def failed(self, name: str, reason: str) -> None:
        """Note why the receiver takes nothing."""
        ...


class Way(Protocol):
    """How a message gets to the receiver."""

    def send(self, body: bytes, headers: dict[str, str]) -> Answer:
        """Make one attempt; raises DeliveryError if there was no answer."""
        ...


@dataclass(frozen=True, slots=True)
class Receiver:
    """One receiver.

    Attributes:
        secret: What it knows the box's messages by.
    """

    name: str
    secret: str
    wanted: Subscription

    def __repr__(self) -> str:
        return f"Receiver({self.name})"


class Courier:
    """Serves one receiver in one thread, so that no receiver waits for another."""

    def __init__(
        self,
        receiver: Receiver,
        letters: Letters,
        way: Way,
        *,
        clock: Clock,
        agent: str,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        """Prepare a courier.

        Args:
            receiver: Whom it serves.
            letters: What waits for it.
            way: How to reach it.
            clock: For signatures.
            agent: What the box calls itself.
            uniform: Source of jitter.
        """
        self._receiver = receiver
        self._letters = letters
        self._way = way
        self._clock = clock
        self._agent = agent
        self._uniform = uniform
        self._behind = True
        self._failures = 0
        self._error = ""

    def run(self, stop: Flag) -> None:
        """Deliver until ``stop`` is set; what was not taken until then waits in the journal."""
        while not stop.is_set():
            try:
                self._behind = self._letters.changed() or self._behind
                pause_s = self._deliver(stop) if self._behind else LOOK_EVERY_S
            except StoreError as error:
                # What was taken but not settled is sent again: the receiver knows its key.
                pause_s = self._failed(str(error))
            if pause_s:
                stop.wait(pause_s)

    def _deliver(self, stop: Flag) -> float:
        """Send what waits until one fails; return how long to pause."""
        letters = self._letters.next(self._name, self._receiver.wanted)
        self._behind = bool(letters)
        for letter in letters:
            if stop.is_set():
                break
            try:
                answer = self.attempt(letter.payload, kind=letter.kind, key=_key(letter))
            except DeliveryError as error:
                if stop.is_set():
                    break  # broken off: that is not the receiver's fault
                return self._gives_up(str(error))
            if not self._hears(letter, answer):
                return self._gives_up(_why(answer), self._asked_s(answer))
        return 0.0

    def _hears(self, letter: Letter, answer: Answer) -> bool:
        """Settle a letter or put it aside; return False if it is to be sent again."""
        if OK <= answer.status < REDIRECTS:
            self._letters.settle(self._name, letter)
        elif REFUSALS <= answer.status < FAULTS and answer.status not in TRY_AGAIN:
            # What the receiver says may repeat the message, which is nothing for a log.
            log.error("webhook=%s seq=%s parked: %s", self._name, letter.seq, _why(answer))
            self._letters.park(self._name, letter, told(answer))
        else:
            return False
        if self._error:
            log.info("webhook=%s takes messages again", self._name)
        self._failures, self._error = 0, ""
        return True

    def attempt(self, body: bytes, *, kind: str, key: str) -> Answer:
        """Send one message, signed now; raises DeliveryError."""
        at_s = int(self._clock.utc().timestamp())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": self._agent,
            "Gridwatch-Webhook": self._name,
            "Gridwatch-Kind": kind,
            "Idempotency-Key": key,
            SIGNATURE: signed(body, secret=self._receiver.secret, at_s=at_s),
        }
        return self._way.send(body, headers)

    @property
    def _name(self) -> str:
        return self._receiver.name

    def _gives_up(self, reason: str, asked_s: float = 0.0) -> float:
        self._letters.failed(self._name, reason)
        return max(self._failed(reason), asked_s)

    def _failed(self, reason: str) -> float:
        """Return how long to wait."""
        if reason != self._error:  # said once, not at every attempt
            log.warning("webhook=%s %s", self._name, reason)
        self._error = reason
        self._failures += 1
        return wait_s(self._failures, self._uniform, longest_s=LONGEST_WAIT_S)

    def _asked_s(self, answer: Answer) -> float:
        """Return what Retry-After asks for, within bounds; 0 if it asks for nothing."""
        asked = answer.retry_after.strip()
        try:
            if asked.isascii() and asked.isdecimal():
                wanted_s = float(asked)
            else:
                until = parsedate_to_datetime(asked)
                until = until if until.tzinfo else until.replace(tzinfo=UTC)
                wanted_s = (until - self._clock.utc()).total_seconds()
        except (ValueError, OverflowError):
            return 0.0
        return min(max(wanted_s, 0.0), LONGEST_ASKED_WAIT_S)


def told(answer: Answer) -> str:
    """Return an answer in words, with the receiver's own."""
    return f"{_why(answer)}: {answer.said}" if answer.said else _why(answer)


def _why(answer: Answer) -> str:
    if REDIRECTS <= answer.status < REFUSALS:
        return f"answered {answer.status}; redirects are not followed, give the address itself"
    return f"answered {answer.status}"


def _key(letter: Letter) -> str:
    return f"{letter.id}.{letter.revision}"
