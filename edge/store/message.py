"""A message on its way out of the box."""

from dataclasses import dataclass, field

from edge.domain.lane import Lane

Place = tuple[int, int]
"""``seq`` and position: the order in which messages were made."""


@dataclass(frozen=True, slots=True)
class Message:
    """One waiting message.

    Attributes:
        seq: The box's count of messages; None for a loose one: a picture, an answer.
        position: Place of a loose message among its like; 0 for a numbered one.
        follows: ``seq`` of the message that a loose one was made after.
        leaf: Topic below the box's own.
        id: Of the incident or passage; empty for a loose message.
        stray: Whether it is behind the sink's cursor: being sent again, it moves none.
        drops: How often the connection broke while it was being sent first in line.
        correlation: What the receiver knows its question by.
    """

    lane: Lane
    seq: int | None
    leaf: str
    content_type: str
    payload: bytes = field(repr=False)
    position: int = 0
    follows: int = 0
    id: str = ""
    revision: int = 0
    stray: bool = False
    drops: int = 0
    correlation: bytes | None = field(default=None, repr=False)

    @property
    def place(self) -> Place:
        """Return where it comes in the order of all."""
        return (self.follows if self.seq is None else self.seq), self.position

    @property
    def name(self) -> str:
        """Return what a log calls it."""
        return self.leaf if self.seq is None else f"seq={self.seq}"


@dataclass(frozen=True, slots=True)
class Parked:
    """A message that was put aside, and why."""

    seq: int | None
    leaf: str
    reason: str
