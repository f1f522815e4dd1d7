"""What the relay asks of a way to the platform."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The receiver has a message."""

    token: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The receiver will never take this message."""

    token: int
    reason: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The connection is gone.

    Attributes:
        too_large: The receiver said that a packet was too large.
    """

    reason: str
    too_large: bool = False


Event = Acknowledged | Refused | Lost


class Sink(Protocol):
    """One connection at a time to one receiver; used by one thread."""

    def connect(self) -> None:
        """Make one attempt to connect.

        Raises:
            DeliveryError: It failed; says why and what to do.
        """
        ...

    def publish(self, leaf: str, payload: bytes, content_type: str) -> int:
        """Send a message that will be acknowledged and return its token.

        Raises:
            DeliveryError: The connection is gone.
        """
        ...

    def tell(self, leaf: str, payload: bytes) -> None:
        """Send a message that may be lost."""
        ...

    def announce(self) -> None:
        """Say again how the box is, if that has changed."""
        ...

    def events(self, timeout_s: float) -> list[Event]:
        """Return what happened since the last call, waiting up to ``timeout_s`` for the first."""
        ...

    def max_bytes(self) -> int | None:
        """Return the largest payload the receiver takes, None if it did not say."""
        ...

    def close(self) -> None:
        """Say good-bye and disconnect."""
        ...
