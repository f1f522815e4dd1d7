"""How long to wait before the next attempt."""

from collections.abc import Callable

LONGEST_S = 30.0
FIRST_S = 0.5
_DOUBLINGS = 20


def wait_s(
    failures: int, uniform: Callable[[float, float], float], *, longest_s: float = LONGEST_S
) -> float:
    """Return seconds that double with each failure, made uneven so that not all try at once.

    Args:
        failures: In a row, at least one.
        uniform: Source of jitter.
        longest_s: They do not grow beyond it.
    """
    ceiling_s = min(longest_s, FIRST_S * 2.0 ** min(failures - 1, _DOUBLINGS))
    return uniform(ceiling_s / 2, ceiling_s)
