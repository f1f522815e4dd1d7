"""One condition under one rule: how long it has held, and when it is over."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from edge.domain.incident import Incident, Stage
from edge.domain.rule import Finding, Severity, Terms
from edge.domain.scene import Presence

LEAST_LOOKS = 2


class Phase(StrEnum):
    """How far a condition has come."""

    PENDING = "pending"
    OPEN = "open"
    HELD = "held"
    """Cleared, but the same again within the hold goes on with the same incident."""


@dataclass(slots=True)
class Account:
    """What is known of one condition; changed only by the keeper.

    Attributes:
        key: The finding's.
        since_s: Stream time from which its dwell counts.
        hits: Looks since then that found it.
        misses: Looks since then that did not.
        hit_s: Stream time of the last that did.
        finding: The last that was present.
        absent_looks: Looks in a row, at least, that found it positively gone.
        absent_since_s: Stream time of the first of them.
        incident: The last revision told.
        told_s: Stream time of that.
        cleared_s: Stream time of its clearing.
        plate: Number plate, once it is read; not shown when the account is printed.
    """

    key: str
    since_s: float
    hit_s: float
    finding: Finding
    phase: Phase = Phase.PENDING
    hits: int = 0
    misses: int = 0
    absent_looks: int = 0
    absent_since_s: float | None = None
    incident: Incident | None = None
    told_s: float = 0.0
    cleared_s: float = 0.0
    plate: str | None = field(default=None, repr=False)

    def found(self, finding: Finding, mono_s: float) -> None:
        """Add a look that found it."""
        self.hits += 1
        self.hit_s = mono_s
        if finding.since_s is not None and self.phase is Phase.PENDING:
            # The thing stood before the rule could see it, or a queue began its dwell anew.
            self.since_s = finding.since_s
        self.finding = finding
        self.absent_looks = 0
        self.absent_since_s = None

    def missed(self, mono_s: float) -> None:
        """Add a look that found it gone."""
        self.finding = replace(self.finding, presence=Presence.ABSENT)
        self.misses += 1
        self.absent_looks += 1
        if self.absent_since_s is None:
            self.absent_since_s = mono_s

    def hidden(self) -> None:
        """Note that a look could not tell."""
        self.finding = replace(self.finding, presence=Presence.OCCLUDED)

    def begin_again(self, finding: Finding, mono_s: float) -> None:
        """Let the dwell count anew: it came back after it was cleared."""
        self.since_s = mono_s if finding.since_s is None else finding.since_s
        self.hits, self.misses = 0, 0

    def lapsed(self, terms: Terms, mono_s: float) -> bool:
        """Return whether what has not opened yet is over."""
        return self.absent_since_s is not None and mono_s - self.hit_s > terms.gap_s

    def gone(self, terms: Terms, mono_s: float) -> bool:
        """Return whether what is open has positively been gone for long enough."""
        return (
            self.finding.presence is Presence.ABSENT
            and self.absent_since_s is not None
            and self.absent_looks >= terms.clear_looks
            and mono_s - self.absent_since_s >= terms.clear_s
        )

    def stage(self, terms: Terms, mono_s: float) -> Stage | None:
        """Return how far its dwell has come, None if it has not stayed for long enough."""
        looks = self.hits + self.misses
        steady = looks >= LEAST_LOOKS and self.hits / looks >= terms.steadiness
        here = self.finding.presence is Presence.PRESENT and self.absent_since_s is None
        if not steady or not here:
            return None
        dwell_s = mono_s - self.since_s
        if dwell_s >= terms.dwell_s:
            return Stage.CASE
        if terms.warn_s is not None and dwell_s >= terms.warn_s:
            return Stage.WARNING
        return None

    @property
    def confirmed(self) -> bool:
        """Return whether somebody confirms it, or has since it opened.

        What has been confirmed once stays so: a network need not see it on every picture.
        """
        before = self.incident if self.phase is Phase.OPEN else None
        return self.finding.confirmed or (before is not None and before.confirmed)

    def severity(self, terms: Terms) -> Severity:
        """Return how much it matters, given who confirms it."""
        if terms.review_unconfirmed and not self.confirmed:
            return Severity.REVIEW
        return terms.severity
