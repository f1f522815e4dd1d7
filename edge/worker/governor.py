"""How much less the cameras of a process look while its processors do not suffice."""

from collections.abc import Callable, Sequence

from edge.domain.strain import STREETS_UNTIL, gate_share, street_share
from edge.worker.load import Load

LOOK_EVERY_S = 1.0
LATE_S = 0.3
"""Less is what a network does."""

VERY_LATE_S = 1.0
BUSY = 0.6
"""A camera that waited for its packets for most of the time is late by its network."""

MANY, FEW = 0.5, 0.2
"""Of the gates or of the streets: one camera that floods is that camera's trouble."""

STEP, LARGE_STEP, RELIEF = 0.04, 0.1, 0.02
"""Of the strain, a second. Less is done quickly, more again slowly, so that it does not swing."""

STREETS_BY_KEYFRAMES = (0.3, 0.15)
GATES_BY_KEYFRAMES = (0.8, 0.6)
"""From which strain on, and until which. Gates only while nobody is at them: decoding alone is more
than can be done then."""


class Governor:
    """Turns how late cameras are into how much less is done; read by the cameras' threads."""

    def __init__(self, *, short: Callable[[], bool], now_s: Callable[[], float]) -> None:
        """Begin with everything done.

        Args:
            short: Returns whether the machine's processors have been busy since the last call.
            now_s: Monotonic seconds.
        """
        self._short = short
        self._now_s = now_s
        self._looked_s = now_s()
        self.strain = 0.0
        """By this process's own cameras."""
        self.common = 0.0
        """The greatest of all processes: theirs are not to be looked at less than ours."""
        self.thrifty = False
        """Whether streets are to be decoded by their keyframes only."""
        self.thrifty_gates = False
        """Whether gates are too, while nobody is there."""

    def street_share(self) -> float:
        """Return the share of its pictures that each street is looked at."""
        return street_share(max(self.strain, self.common))

    def gate_share(self, *, occupied: bool = False) -> float:
        """Return the share of its pictures that each gate is looked at; more where somebody is."""
        return gate_share(max(self.strain, self.common), occupied=occupied)

    @property
    def pressing(self) -> bool:
        """Return whether even gates are late: who is behind skips to a newer picture."""
        return max(self.strain, self.common) >= STREETS_UNTIL

    def look(self, loads: Callable[[], Sequence[Load]]) -> None:
        """Adapt to how the cameras fare, once a second; called more often.

        Args:
            loads: Returns how each camera that has a stream fared since the last call.
        """
        now_s = self._now_s()
        if now_s - self._looked_s < LOOK_EVERY_S:
            return
        self._looked_s = now_s
        seen, short = loads(), self._short()
        late = [one for one in seen if one.lag_s > LATE_S and one.busy > BUSY]
        gates, streets = (_share(late, seen, urgent=urgent) for urgent in (True, False))
        very = sum(one.lag_s > VERY_LATE_S for one in late) > len(late) * MANY
        step = LARGE_STEP if very else STEP
        if short and gates >= MANY:
            self.strain = min(self.strain + step, 1.0)
        elif short and streets >= MANY and self.strain < STREETS_UNTIL:
            # Late streets are no reason to look at gates less.
            self.strain = min(self.strain + step, STREETS_UNTIL)
        elif gates <= FEW and (streets <= FEW or self.strain > STREETS_UNTIL):
            self.strain = max(self.strain - RELIEF, 0.0)
        strain = max(self.strain, self.common)
        self.thrifty = strain > STREETS_BY_KEYFRAMES[self.thrifty]
        self.thrifty_gates = strain > GATES_BY_KEYFRAMES[self.thrifty_gates]


def _share(late: Sequence[Load], seen: Sequence[Load], *, urgent: bool) -> float:
    of_kind = sum(one.urgent is urgent for one in seen)
    return sum(one.urgent is urgent for one in late) / of_kind if of_kind else 0.0
