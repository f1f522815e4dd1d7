"""What a piece of work takes of the processor, helpers in other processes included."""

import resource
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """Work that is done.

    Attributes:
        found: What it returned.
        cpu_s: Processor seconds of all threads of this process, and of children that have ended.
    """

    found: T
    cpu_s: float


def spent_s() -> float:
    """Return processor seconds of this process so far, and of its children that have ended."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in usages)


def cost_of(work: Callable[[], T]) -> Done[T]:
    """Do a piece of work, which must wait for its own children, and return what it took."""
    began_s = spent_s()
    found = work()
    return Done(found, spent_s() - began_s)
