"""Takes commands off the network: each is on the disk, or refused, when it is given back."""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from edge.clock import Clock, ClockState
from edge.commands.allowance import Allowance
from edge.commands.command import AnswerState, Command, CommandRefusedError
from edge.commands.envelope import open_envelope
from edge.commands.reading import (
    LARGE_BYTES,
    SignedRefusalError,
    read_command,
    require_for_now,
)
from edge.commands.refusals import Refusals
from edge.evidence.signing import Authenticator
from edge.store.commands import Address, Parcel, Taken
from edge.wire.answer import Reply, answer_message

log = logging.getLogger(__name__)

ANSWERS_LEAF = "answers"
MOST_CORRELATION_BYTES = 1024
MOST_WAITING = 1000
MOST_WAITING_BYTES = 64 * 1024 * 1024
CHECKS_PER_COMMAND = 100
"""Signatures that are checked for each command that may be taken: who forges costs 1 % of a
processor, and has to forge a hundred a second to be in the way of good ones."""

BYTES_PER_MINUTE = 64 * 1024 * 1024

_PART = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"
_LEAF = re.compile(rf"{ANSWERS_LEAF}(/{_PART}){{1,4}}")


@dataclass(frozen=True, slots=True)
class Asked:
    """What came to the topic of commands.

    Attributes:
        response_topic: Where the platform wants its answer; None if it did not say.
        correlation: What it wants back with it.
        retained: Whether the broker had kept it: nobody can say since when.
    """

    payload: bytes
    response_topic: str | None = None
    correlation: bytes | None = None
    retained: bool = False


class Store(Protocol):
    """What the intake writes to."""

    def state_of(self, command_id: str) -> str | None:
        """Return what has become of a command, None if it never was taken."""
        ...

    def load(self) -> tuple[int, int]:
        """Return how many commands wait, and how many bytes they have."""
        ...

    def take(self, command: Taken) -> bool:
        """Keep a command until it is done; False if it was taken before."""
        ...

    def tell(self, address: Address, parcels: list[Parcel]) -> None:
        """Send messages to who asked."""
        ...


@dataclass(frozen=True, slots=True)
class Terms:
    """What a box takes.

    Attributes:
        box_id: Its own id.
        topic_root: What its topics begin with.
        keys: Whom it believes, by name.
        known: All names that there are.
        allowed: Those of them that it does.
        longest_validity_s: Between a command's issue and its end.
        per_minute: Commands taken in a minute; as many refusals are answered.
    """

    box_id: str
    topic_root: str
    keys: Mapping[str, Authenticator]
    known: frozenset[str]
    allowed: frozenset[str]
    longest_validity_s: float = 3600.0
    per_minute: int = 60


class Intake:
    """Used by one thread, the one that hears the broker."""

    def __init__(
        self,
        terms: Terms,
        stores: Callable[[], Store],
        refusals: Refusals,
        *,
        clock: Clock,
        clock_state: Callable[[], ClockState],
        taken: Callable[[], None],
    ) -> None:
        """Prepare.

        Args:
            terms: What is taken.
            stores: Returns the calling thread's own connection to what keeps it.
            refusals: Counts the rest.
            clock: The box's.
            clock_state: Whether it can be believed.
            taken: Told that there is something to do.
        """
        self._terms = terms
        self._stores = stores
        self._refusals = refusals
        self._clock = clock
        self._clock_state = clock_state
        self._taken = taken
        self._checks = Allowance(terms.per_minute * CHECKS_PER_COMMAND, clock.mono_s)
        self._bytes = Allowance(BYTES_PER_MINUTE, clock.mono_s)
        self._commands = Allowance(terms.per_minute, clock.mono_s)
        self._answers = Allowance(terms.per_minute, clock.mono_s)

    def follow(self, terms: Terms) -> None:
        """Take by other terms from now on; called from any thread."""
        self._terms = terms

    def __call__(self, asked: Asked) -> None:
        """Take a command or refuse it.

        Raises:
            StoreError: It could not be written down; it is to be given again.
        """
        try:
            self._take(asked)
        except SignedRefusalError as refused:
            command = refused.command
            self._answer(asked, refused)  # counted after it: what cannot be written comes again
            self._refusals.add(refused.code, signer=command.signer, command_id=command.id)
        except CommandRefusedError as refused:
            # One line for each would be a flood of its own; the audit has the count.
            log.debug("command refused: %s", refused)
            self._refusals.add(refused.code)

    def _take(self, asked: Asked) -> None:
        if len(asked.payload) > LARGE_BYTES:
            raise CommandRefusedError("oversized", f"has more than {LARGE_BYTES} bytes")
        if not (self._checks.take(1) and self._bytes.take(len(asked.payload))):
            raise CommandRefusedError("busy", "there are too many; send them later")
        opened = open_envelope(asked.payload, self._terms.keys)
        command = read_command(opened, len(asked.payload))
        address = self._require_ours(command, asked)
        require_for_now(
            command, self._clock.utc(), longest_validity_s=self._terms.longest_validity_s
        )
        state = self._stores().state_of(command.id)
        if state is not None:
            raise SignedRefusalError(command, "replayed", f"was taken before, and is {state}")
        self._require_room(command)
        kept = Taken(
            id=command.id,
            name=command.name,
            signer=command.signer,
            issued_at=command.issued_at,
            expires_at=command.expires_at,
            address=address,
            body=command.body,
        )
        if self._stores().take(kept):
            log.info("command=%s %s of %s taken", command.id, command.name, command.signer)
            self._taken()

    def _require_ours(self, command: Command, asked: Asked) -> Address:
        terms = self._terms
        if command.box_id != terms.box_id:
            raise SignedRefusalError(command, "other_box", f"this is {terms.box_id}")
        if asked.retained:
            raise SignedRefusalError(command, "retained", "send it without the retain flag")
        if command.name not in terms.known:
            raise SignedRefusalError(command, "unknown_name", "there is no such command")
        if command.name not in terms.allowed:
            raise SignedRefusalError(command, "not_allowed", "it is not in commands.allow here")
        address = self._address(command, asked)
        if address is None:
            raise SignedRefusalError(
                command,
                "response_topic",
                f"must lie below {terms.topic_root}/{ANSWERS_LEAF}/, its parts letters, digits, "
                f"_ and -; correlation data have up to {MOST_CORRELATION_BYTES} bytes",
            )
        return address

    def _require_room(self, command: Command) -> None:
        waiting, waiting_bytes = self._stores().load()
        if waiting >= MOST_WAITING or waiting_bytes + len(command.body) > MOST_WAITING_BYTES:
            raise SignedRefusalError(command, "full", "too many commands wait; send it later")
        if not self._commands.take(1):
            raise SignedRefusalError(
                command, "busy", f"up to {self._terms.per_minute} a minute are taken; send it later"
            )

    def _answer(self, asked: Asked, refused: SignedRefusalError) -> None:
        if not self._answers.take(1):
            return  # an answer to each would be the flood that is to be kept away
        command = refused.command
        log.warning("command=%s %s refused: %s", command.id, command.name, refused)
        address = self._address(command, asked) or Address(f"{ANSWERS_LEAF}/{command.id}")
        reply = Reply(
            command_id=command.id,
            box_id=self._terms.box_id,
            name=command.name,
            state=AnswerState.REFUSED,
            code=refused.code,
            text=refused.text,
            at=self._clock.utc(),
            clock=self._clock_state(),
        )
        self._stores().tell(address, [Parcel(answer_message(reply))])

    def _address(self, command: Command, asked: Asked) -> Address | None:
        """Return where answers go, None where the platform may not have them."""
        if asked.correlation is not None and len(asked.correlation) > MOST_CORRELATION_BYTES:
            return None
        if asked.response_topic is None:
            return Address(f"{ANSWERS_LEAF}/{command.id}", asked.correlation)
        leaf = asked.response_topic.removeprefix(f"{self._terms.topic_root}/")
        if leaf == asked.response_topic or _LEAF.fullmatch(leaf) is None:
            return None
        return Address(leaf, asked.correlation)
