"""What the relay asks of a way to the platform."""

from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Received:
    """A message of the platform.

    Attributes:
        leaf: Topic below the box's own.
        response_topic: Where an answer is wanted, a whole topic; None if it did not say.
        correlation: What is wanted back with it.
        retained: Whether the broker had kept it: nobody can say since when.
        token: What the sink knows it by.
    """

    leaf: str
    payload: bytes = field(repr=False)
    response_topic: str | None = None
    correlation: bytes | None = field(default=None, repr=False)
    retained: bool = False
    token: int = 0


Event = Acknowledged | Refused | Lost | Received


class Bell(Protocol):
    """Rings when there may be more to send."""

    def fileno(self) -> int:
        """Return what is readable once it has rung."""
        ...

    def arm(self) -> bool:
        """Ring from now on; return False where that cannot be had."""
        ...

    def hush(self) -> None:
        """Ring no more, and forget that it has rung."""
        ...


class Sink(Protocol):
    """One connection at a time to one receiver; used by one thread."""

    def connect(self) -> None:
        """Make one attempt to connect.

        Raises:
            DeliveryError: It failed; says why and what to do.
        """
        ...

    def publish(
        self, leaf: str, payload: bytes, content_type: str, *, correlation: bytes | None = None
    ) -> int:
        """Send a message that will be acknowledged and return its token.

        Args:
            leaf: Topic below the box's own.
            payload: The message.
            content_type: What it is.
            correlation: What the receiver knows its question by, where the protocol can say it.

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

    def events(self, timeout_s: float, *, bell: Bell | None = None) -> list[Event]:
        """Return what happened since the last call, waiting up to ``timeout_s`` for the first.

        Args:
            timeout_s: How long to wait.
            bell: Ends the waiting, too.
        """
        ...

    def took(self, received: Received) -> None:
        """Acknowledge a message: it is on the box's disk, or refused for good.

        Raises:
            DeliveryError: The connection must be made again to hear the rest.
        """
        ...

    def max_bytes(self) -> int | None:
        """Return the largest payload the receiver takes, None if it did not say."""
        ...

    def close(self) -> None:
        """Say good-bye and disconnect."""
        ...
