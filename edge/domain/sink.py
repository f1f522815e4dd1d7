"""How one way out of the box does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from edge.domain.lane import Lane


@dataclass(frozen=True, slots=True)
class SinkState:
    """How far a sink has been told, and how it does.

    Attributes:
        name: ``mqtt``, ``webhook:NAME`` or ``files:NAME``.
        waiting: Numbered messages it has not had, by lane; also those that are sent again.
        loose: Pictures and answers that wait beside them; for the platform alone.
        awaiting: Sent, but the platform's receipt has not come.
        parked: How many were put aside.
        refusals: The latest of them, as (seq, reason); without a number for a loose one.
        oldest_at: When what has waited longest was made; None if nothing waits.
        given_up: Pictures that were dropped for want of room.
        delivered_at: When it last took a message; None if it never did.
        failing_since: Since when it takes nothing; None while it does.
        error: Why.
    """

    name: str
    waiting: Mapping[Lane, int] = field(default_factory=dict)
    loose: int = 0
    awaiting: int = 0
    parked: int = 0
    refusals: tuple[tuple[int | None, str], ...] = ()
    oldest_at: datetime | None = None
    given_up: int = 0
    delivered: int = 0
    delivered_at: datetime | None = None
    failing_since: datetime | None = None
    error: str = ""

    @property
    def depth(self) -> int:
        """Return how many messages wait in all."""
        return sum(self.waiting.values()) + self.loose
