"""What the console is told of receivers beside the platform, and may do to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class TriedAlreadyError(Exception):
    """This receiver is being tried already."""


@dataclass(frozen=True, slots=True)
class WebhookState:
    """How one receiver does.

    Attributes:
        host: Where it is; the rest of its address may be a secret.
        waiting: Messages that it has not taken, as far as they were counted.
        delivered: Messages that it has ever taken.
        delivered_at: When it took the last one.
        failing_since: Since when it takes nothing; None while it does.
        error: Why.
        parked: How many messages it has refused.
        refusals: The latest of them, as (seq, reason).
    """

    name: str
    host: str
    kinds: tuple[str, ...]
    waiting: int
    delivered: int
    delivered_at: datetime | None
    failing_since: datetime | None
    error: str
    parked: int
    refusals: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a test message.

    Attributes:
        answer: The receiver's, or why there was none.
    """

    taken: bool
    answer: str


class Receivers(Protocol):
    """The receivers, in the order of the configuration."""

    def states(self) -> Sequence[WebhookState]:
        """Return how they do."""
        ...

    def test(self, name: str) -> Tried:
        """Send a test message.

        Raises:
            KeyError: There is none of this name.
            TriedAlreadyError: One is being sent.
        """
        ...
