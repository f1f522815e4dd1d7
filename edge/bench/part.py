"""One part of a camera's work, measured beside the same work without us."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from edge.bench.figure import Figure, against, of_repeats

REPEATS = 5
LEAST_S = 0.02
"""A shorter work is done so often that one measurement takes so long."""

Act = Callable[[], object]
Begin = Callable[[], Act]
"""Prepares a work, which is not measured, and returns it: to be done once."""


@dataclass(frozen=True, slots=True)
class Part:
    """What is measured.

    Attributes:
        name: Of the figure.
        begin: Makes the work.
        pieces: Of how many pieces the work is: the figure is that of one.
        bare: Makes as many pieces of the work without us; None where there is nothing like it.
        of: What that is, in words.
        waits: Whether it waits for something, as a disk: then it is told beside for how long.
    """

    name: str
    begin: Begin
    pieces: int = 1
    bare: Begin | None = None
    of: str = ""
    waits: bool = False


@dataclass(frozen=True, slots=True)
class _Spent:
    """Milliseconds for one piece."""

    cpu_ms: float
    wall_ms: float


def ready(act: Act) -> Begin:
    """Return the maker of a work that needs no preparation and can be done again and again."""
    return lambda: act


def measure(part: Part, *, repeats: int = REPEATS) -> list[Figure]:
    """Return the processor time of a piece, and the time it took where it waits.

    Both sides are warm, and measured in turn: what else the machine does comes to both.
    """
    sides = [side for side in (part.begin, part.bare) if side is not None]
    turns = [_turns(side, part) for side in sides]
    taken = [
        [_spent(side, count, part.pieces) for side, count in zip(sides, turns, strict=True)]
        for _ in range(repeats)
    ]
    figures = [_figure(part, "", [[side.cpu_ms for side in one] for one in taken])]
    if part.waits:
        figures.append(_figure(part, ", wall", [[side.wall_ms for side in one] for one in taken]))
    return figures


def _figure(part: Part, suffix: str, taken: list[list[float]]) -> Figure:
    ours, *bare = (
        of_repeats(part.name + suffix, "ms", column) for column in zip(*taken, strict=True)
    )
    return against(ours, bare[0].value, part.of) if bare else ours


def _turns(side: Begin, part: Part) -> int:
    """Do a work twice, the first time to warm up, and return how often is often enough."""
    if part.waits:
        _spent(side, 1, part.pieces)
        return 1
    once_s = min(_spent(side, 1, 1).cpu_ms for _ in range(2)) / 1e3
    return max(math.ceil(LEAST_S / max(once_s, 1e-6)), 1)


def _spent(side: Begin, turns: int, pieces: int) -> _Spent:
    cpu_s = wall_s = 0.0
    for _ in range(turns):
        act = side()
        began_s, began_cpu_s = time.perf_counter(), time.process_time()
        act()
        cpu_s += time.process_time() - began_cpu_s
        wall_s += time.perf_counter() - began_s
    return _Spent(cpu_s / turns / pieces * 1e3, wall_s / turns / pieces * 1e3)
