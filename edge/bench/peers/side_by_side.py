"""Several ways to watch one camera, measured in turn, as figures."""

from collections.abc import Callable, Mapping, Sequence
from statistics import median

from edge.bench.figure import Figure, against, of_repeats, once
from edge.bench.peers.cost import Done, T

UNIT = "ms CPU a second"
"""Of the processor, for a second of the camera's."""

Watched = Mapping[str, Sequence[Done[T]]]
"""By way of watching: every repeat."""


def watch_in_turn(ways: Mapping[str, Callable[[], Done[T]]], *, repeats: int) -> Watched[T]:
    """Return what each way found and took, all of them once in every turn."""
    watched: dict[str, list[Done[T]]] = {name: [] for name in ways}
    for _ in range(repeats):
        for name, way in ways.items():
            watched[name].append(way())
    return watched


def cost_beside(
    name: str,
    ours: Sequence[Done[T]],
    theirs: Sequence[Done[T]],
    *,
    seconds: float,
    of: str,
    goal: float | None = None,
) -> Figure:
    """Return what we take, held against what a peer takes.

    Args:
        name: Of the figure.
        ours: Every repeat of our camera.
        theirs: Every repeat of the peer.
        seconds: Length of the film.
        of: What the peer does, in words.
        goal: Most that we may take of the peer's time.
    """
    figure = of_repeats(name, UNIT, [one.cpu_s / seconds * 1e3 for one in ours])
    limit = median(one.cpu_s for one in theirs) / seconds * 1e3
    return against(figure, limit, of, goal=goal)


def told_alike(name: str, ours: Sequence[str], theirs: Sequence[str]) -> Figure:
    """Return how many of our passages a peer tells, in the same order and with the same name."""
    alike = sum(one == other for one, other in zip(ours, theirs, strict=False))
    both = max(len(ours), len(theirs))
    of = f"ours: {', '.join(ours) or 'nobody'}; the script's: {', '.join(theirs) or 'nobody'}"
    return against(once(name, alike, "passages"), both, of, goal=1.0, at_least=True)
