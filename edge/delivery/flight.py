"""Messages that were sent on one connection and are not acknowledged yet."""

from collections import deque
from dataclasses import dataclass, field

from edge.domain.lane import Lane
from edge.store.message import Message
from edge.store.outbox import Sent


@dataclass(slots=True)
class Flight:
    """What one connection has sent; used by one thread.

    Attributes:
        sent: How far.
        sent_s: When the last message was.
        more: Whether more may wait.
        by_token: Not acknowledged yet, oldest first.
        acknowledged: And not yet written down.
        ahead: Read from the outbox and not sent yet.
    """

    sent: Sent = field(default_factory=Sent)
    sent_s: float = 0.0
    more: bool = True
    by_token: dict[int, Message] = field(default_factory=dict)
    acknowledged: list[Message] = field(default_factory=list)
    ahead: deque[Message] = field(default_factory=deque)
    _lines: dict[Lane, deque[int]] = field(default_factory=dict)
    _done: set[int] = field(default_factory=set)

    def look_again(self) -> None:
        """Note that more may wait, in any lane."""
        self.more = True
        self.ahead.clear()  # an alert may have come, which goes first
        self.sent.idle.clear()

    @property
    def has_suspect(self) -> bool:
        """Return whether a message is under way that may have broken the connection before."""
        return any(one.drops for one in self.by_token.values())

    def settles(self, many: int) -> bool:
        """Return whether it is time to write down what was acknowledged."""
        return len(self.acknowledged) > many or not self.by_token

    def pass_by(self, message: Message) -> None:
        """Note that a message needs no more sending on this connection."""
        if message.seq is None:
            self.sent.loose[message.lane] = message.position
        elif not message.stray:
            self.sent.numbered[message.lane] = message.seq

    def put(self, token: int, message: Message) -> None:
        """Note that a message was sent."""
        self.pass_by(message)
        self.by_token[token] = message
        if message.seq is not None:
            self.sent.in_flight.add(message.seq)
            if not message.stray:
                self._lines.setdefault(message.lane, deque()).append(message.seq)

    def take(self, token: int) -> Message:
        """Return a message that was acknowledged or refused; it is in flight no more."""
        message = self.by_token.pop(token)
        if message.seq is not None:
            self.sent.in_flight.discard(message.seq)
            if not message.stray:
                self._done.add(message.seq)
        return message

    def cursors(self) -> dict[Lane, int]:
        """Return by lane how far all is done, where that is farther than at the last call."""
        found = {}
        for lane, line in self._lines.items():
            while line and line[0] in self._done:
                found[lane] = line.popleft()
                self._done.remove(found[lane])
        return found

    def of_seq(self, seq: int) -> Message | None:
        """Return the message of this number, if it is in flight."""
        if seq not in self.sent.in_flight:
            return None
        return next(one for one in self.by_token.values() if one.seq == seq)
