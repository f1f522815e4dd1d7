"""What a form asks about a rule: the keys of the configuration, and what each rule does without."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from edge.domain.rule import Terms
from edge.rules import RULES


class Kind(StrEnum):
    """How a key is written."""

    DURATION = "duration"
    """Text such as ``3m`` or ``90s``; the default is a number of seconds."""
    SHARE = "share"
    """Number in [0, 1]."""
    COUNT = "count"
    """Whole number from 1."""
    SEVERITY = "severity"
    FLAG = "flag"
    WORDS = "words"
    """List of a network's words."""
    ZONES = "zones"
    """List of zones of the same camera."""
    WINDOWS = "windows"
    """List of ``days`` and ``hours``."""
    PERMITS = "permits"
    """List of ``days``, ``hours``, ``permit``, ``code``, ``valid_from``, ``valid_until``."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One key of a rule.

    Attributes:
        key: As in the configuration.
        term: Of ``Terms``, for the default; None where there is none.
        usual: Whether it is asked at once, not only among the finer ones.
    """

    key: str
    kind: Kind
    term: str | None = None
    usual: bool = False


FORM = (
    Asked("dwell", Kind.DURATION, "dwell_s", usual=True),
    Asked("warn", Kind.DURATION, "warn_s", usual=True),
    Asked("severity", Kind.SEVERITY, "severity", usual=True),
    Asked("confirm", Kind.FLAG, "review_unconfirmed", usual=True),
    Asked("schedule", Kind.WINDOWS, usual=True),
    Asked("except", Kind.PERMITS, usual=True),
    Asked("classes", Kind.WORDS),
    Asked("outside", Kind.ZONES),
    Asked("count", Kind.COUNT, "least_count"),
    Asked("cover", Kind.SHARE, "least_cover"),
    Asked("confidence", Kind.SHARE, "least_score"),
    Asked("looks", Kind.SHARE, "steadiness"),
    Asked("least_area", Kind.SHARE, "least_area"),
    Asked("greatest_area", Kind.SHARE, "greatest_area"),
    Asked("clear", Kind.DURATION, "clear_s"),
    Asked("clear_looks", Kind.COUNT, "clear_looks"),
    Asked("hold", Kind.DURATION, "hold_s"),
    Asked("gap", Kind.DURATION, "gap_s"),
    Asked("loading", Kind.DURATION, "loading_s"),
    Asked("unseen_arrival", Kind.DURATION, "unseen_arrival_s"),
)

Default = float | int | str | bool | None


def defaults() -> Mapping[str, Mapping[str, Default]]:
    """Return what is usual for each key that has a default, by the type of the rule."""
    return {str(kind): _defaults_of(rule.terms) for kind, rule in RULES.items()}


def _defaults_of(terms: Terms) -> dict[str, Default]:
    return {one.key: getattr(terms, one.term) for one in FORM if one.term is not None}
