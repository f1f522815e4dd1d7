"""A term of a rule that would have kept what people confirmed and dropped what they rejected."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import floor

LEAST_VERDICTS = 5
"""Of each kind: below, one more verdict may turn the suggestion over."""

MOST = 0.5


class Term(StrEnum):
    """The key of a rule that can be suggested."""

    CONFIDENCE = "confidence"
    DWELL = "dwell"


STEPS = {Term.CONFIDENCE: 0.01, Term.DWELL: 5.0}
"""What a person would write in a configuration; seconds for the dwell."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One incident with a verdict.

    Attributes:
        value: What the term is compared with; None if the term does not concern it.
        right: Whether it was there.
    """

    value: float | None
    right: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A value and the verdicts it rests on.

    Attributes:
        would_drop: How many of the rejected would not have been told.
    """

    term: Term
    value: float
    confirmed: int
    rejected: int
    would_drop: int


def suggest(term: Term, judged: Iterable[Judged]) -> Suggestion | None:
    """Return the highest value that keeps all confirmed, None if it drops too few rejected."""
    known = list(judged)
    right = [one for one in known if one.right]
    wrong = [one for one in known if not one.right]
    kept = [one.value for one in right if one.value is not None]
    if len(kept) < LEAST_VERDICTS or len(wrong) < LEAST_VERDICTS:
        return None
    step = STEPS[term]
    value = round(floor(min(kept) / step + 1e-9) * step, 2)
    dropped = sum(one.value is not None and one.value < value for one in wrong)
    if dropped <= MOST * len(wrong):
        return None
    return Suggestion(term, value, len(right), len(wrong), dropped)
