"""What is let be when a box has more to do than it can: streets first, gates last.

Strain goes from 0, where everything is done, to 1. Every camera of a kind gets the same share of
its own rate, so that none is forgotten for the sake of others.
"""

LEAST_STREET = 0.1
LEAST_GATE = 0.2
LEAST_OCCUPIED_GATE = 0.7
"""Somebody stands there: a decision takes three looks, and they are not to wait for seconds."""

STREETS_UNTIL = 0.5
"""Up to here only streets are looked at less: their rules ask for minutes, a visitor is gone."""

TOLD_FROM = 0.05
"""Less is a moment, and nobody need know."""


def street_share(strain: float) -> float:
    """Return the share of its pictures that a street is looked at."""
    return 1 - (1 - LEAST_STREET) * min(strain / STREETS_UNTIL, 1.0)


def gate_share(strain: float, *, occupied: bool = False) -> float:
    """Return the share of its pictures that a gate is looked at.

    Args:
        strain: From 0 to 1.
        occupied: Whether somebody is there.
    """
    beyond = max(strain - STREETS_UNTIL, 0.0) / (1 - STREETS_UNTIL)
    least = LEAST_OCCUPIED_GATE if occupied else LEAST_GATE
    return 1 - (1 - least) * min(beyond, 1.0)


def overloaded(strain: float) -> bool:
    """Return whether less is done than is configured."""
    return strain >= TOLD_FROM
