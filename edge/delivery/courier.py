"""From the journal to one sink beside the platform: in order within a lane, at least once."""

import logging
import random
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from threading import Event as Flag
from typing import Protocol

from edge.delivery.patience import wait_s
from edge.errors import StoreError
from edge.store.letters import Letter

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.25
"""How often new messages are looked for; asking costs microseconds."""

LONGEST_WAIT_S = 300.0


class Post(Protocol):
    """What waits for the sink, as a courier needs it."""

    def changed(self) -> bool:
        """Return whether letters may have come since the last call."""
        ...

    def next(self) -> list[Letter]:
        """Return letters that wait, in order; empty if none does."""
        ...

    def settle(self, letters: Sequence[Letter]) -> None:
        """Note that the sink has taken letters."""
        ...

    def park(self, letter: Letter, reason: str) -> None:
        """Put a letter aside."""
        ...

    def failed(self, reason: str) -> None:
        """Note why the sink takes nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Carried:
    """What became of letters that were carried.

    Attributes:
        taken: How many were taken, from the first on.
        refused: Why the next one never will be; empty if it was not refused.
        later: Why the next one is to be carried again; empty if it is not.
        asked_s: Wait that the sink has asked for.
    """

    taken: int = 0
    refused: str = ""
    later: str = ""
    asked_s: float = 0.0


class Carrier(Protocol):
    """How letters get to the sink: the one thing that a new kind of sink must bring."""

    @property
    def batch(self) -> int:
        """Return how many letters are carried at once."""
        ...

    def carry(self, letters: Sequence[Letter]) -> Carried:
        """Make one attempt."""
        ...


class Courier:
    """Serves one sink in one thread, so that no sink waits for another."""

    def __init__(
        self,
        name: str,
        post: Post,
        carrier: Carrier,
        *,
        claim: Callable[[], AbstractContextManager[None]] = nullcontext,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        """Prepare a courier.

        Args:
            name: What a log calls the sink.
            post: What waits for it.
            carrier: How to reach it.
            claim: Keeps other processes from serving it; raises StoreError if one does.
            uniform: Source of jitter.
        """
        self._name = name
        self._post = post
        self._carrier = carrier
        self._claim = claim
        self._uniform = uniform
        self._behind = True
        self._failures = 0
        self._error = ""

    def run(self, stop: Flag) -> None:
        """Deliver until ``stop`` is set; what was not taken until then waits in the journal."""
        while not stop.is_set():
            try:
                with self._claim():
                    self._serve(stop)
            except StoreError as error:
                stop.wait(self._failed(str(error)))

    def _serve(self, stop: Flag) -> None:
        while not stop.is_set():
            try:
                self._behind = self._post.changed() or self._behind
                pause_s = self._deliver(stop) if self._behind else LOOK_EVERY_S
            except StoreError as error:
                # What was taken but not settled is sent again: the receiver knows its key.
                pause_s = self._failed(str(error))
            if pause_s:
                stop.wait(pause_s)

    def _deliver(self, stop: Flag) -> float:
        """Send what waits until one fails; return how long to pause."""
        letters = self._post.next()
        self._behind = bool(letters)
        while letters and not stop.is_set():
            batch = letters[: self._carrier.batch]
            carried = self._carrier.carry(batch)
            if carried.taken:
                self._post.settle(batch[: carried.taken])
                self._is_well()
            if carried.refused:
                self._post.park(batch[carried.taken], carried.refused)
                self._is_well()
            if carried.later:
                if stop.is_set():
                    break  # broken off: that is not the receiver's fault
                self._post.failed(carried.later)
                return max(self._failed(carried.later), carried.asked_s)
            letters = letters[carried.taken + bool(carried.refused) :]
            if self._post.changed():
                break  # an alert may have come, which goes first
        return 0.0

    def _is_well(self) -> None:
        if self._error:
            log.info("%s takes messages again", self._name)
        self._failures, self._error = 0, ""

    def _failed(self, reason: str) -> float:
        """Return how long to wait."""
        if reason != self._error:  # said once, not at every attempt
            log.warning("%s %s", self._name, reason)
        self._error = reason
        self._failures += 1
        return wait_s(self._failures, self._uniform, longest_s=LONGEST_WAIT_S)
