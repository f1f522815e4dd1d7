"""What the platform says of the box's messages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Receipt:
    """The platform has this message."""

    id: str
    revision: int
    seq: int


@dataclass(frozen=True, slots=True)
class Span:
    """Numbers that are missing, both ends among them."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Receipts:
    """What one message of the platform says."""

    receipts: tuple[Receipt, ...] = ()
    missing: tuple[Span, ...] = ()
