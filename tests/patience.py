"""Asking again until the answer is the one that is waited for."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

WITHIN_S = 30.0


def asked_until(ask: Callable[[], T], right: Callable[[T], bool]) -> T:
    """Return the first answer that is right; fails with the last one if none is in time."""
    until_s = time.monotonic() + WITHIN_S
    while not right(answer := ask()):
        assert time.monotonic() < until_s, answer
    return answer
