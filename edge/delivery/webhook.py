"""Letters to a receiver of webhooks: one request each, signed, and what its answer means."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Protocol

from edge.clock import Clock
from edge.delivery.courier import Carried
from edge.delivery.post import REFUSALS, Answer
from edge.delivery.signature import SIGNATURE, signed
from edge.domain.subscription import Subscription
from edge.errors import DeliveryError
from edge.store.letters import Letter

log = logging.getLogger(__name__)

LONGEST_ASKED_WAIT_S = 900.0
"""A receiver that asks for more by Retry-After is asked again after this."""

OK, REDIRECTS, FAULTS = 200, 300, 500
TRY_AGAIN = frozenset((408, 429))
"""Refusals of the moment and not of the message: too slow, too many."""


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


class WebhookCarrier:
    """Carries letters to one receiver; see ``Carrier``."""

    batch = 1

    def __init__(self, receiver: Receiver, way: Way, *, clock: Clock, agent: str) -> None:
        """Prepare a carrier.

        Args:
            receiver: Whom it serves.
            way: How to reach it.
            clock: For signatures.
            agent: What the box calls itself.
        """
        self._receiver = receiver
        self._way = way
        self._clock = clock
        self._agent = agent

    def carry(self, letters: Sequence[Letter]) -> Carried:
        """Make one attempt to send a letter."""
        letter = letters[0]
        key = f"{letter.id}.{letter.revision}"
        try:
            answer = self.attempt(letter.payload, kind=letter.kind, key=key)
        except DeliveryError as error:
            return Carried(later=str(error))
        if OK <= answer.status < REDIRECTS:
            return Carried(taken=1)
        if REFUSALS <= answer.status < FAULTS and answer.status not in TRY_AGAIN:
            # What the receiver says may repeat the message, which is nothing for a log.
            log.error("webhook=%s seq=%s parked: %s", self._name, letter.seq, _why(answer))
            return Carried(refused=told(answer))
        return Carried(later=_why(answer), asked_s=self._asked_s(answer))

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
