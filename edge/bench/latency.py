"""From the first usable face to the broker, at gates whose box is busy with its cameras.

The service runs as it does on a box, on two processors, with some gates and as many busy streets as
take four fifths of them together. How many that are is worked out beforehand from what each camera
takes alone; what was really taken is measured and told beside, and what all took that runs on the
machine: where that is all there is, the figures are about something else. People pass the gates all
the time, at five moments: not all gates at once.

The moment at which a subscriber has the message stands for the broker's acknowledgement: the broker
sends both when it has taken the message, and the subscriber is told no sooner than it is there.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from edge.bench.cast import Cast, cast_of
from edge.bench.catalogue import Means
from edge.bench.figure import Figure, against, of_repeats, once
from edge.bench.machine import on_processors
from edge.bench.service import GATE_ONCE_S, SIZE_WH, of_gates
from edge.bench.service_alone import Alone, each_alone
from edge.bench.service_box import Seen, Watch, Whole, watch_box
from edge.bench.service_films import reels_of, usable_s
from edge.bench.service_vitals import per_second
from edge.bench.street import CORES

GATES = 6
LOADED = 0.8
LOADED_AT_LEAST = 0.75
"""Of what is worked out beforehand a little may be missing."""

WATCH = Watch(settles_s=20.0, slices=3, slice_s=24.0)
CALLED = "under load"


def latency(means: Means) -> Sequence[Figure]:
    """Return how long decisions take while the processors are busy."""
    return bench_latency(means.folder, cast_of(means), broker=means.broker)


def bench_latency(
    folder: Path,
    cast: Cast,
    *,
    gates: int = GATES,
    loaded: float = LOADED,
    watch: Watch = WATCH,
    gate_s: int = GATE_ONCE_S,
    size_wh: tuple[int, int] = SIZE_WH,
    broker: str | None = None,
) -> Sequence[Figure]:
    """Return the figures of one box.

    Args:
        folder: Empty; for films and databases.
        cast: With what it is measured.
        gates: How many the box has.
        loaded: Share of the processors that its cameras are to take.
        watch: How long it is watched.
        gate_s: Length of the gates' film before it is repeated.
        size_wh: Of a street's pictures.
        broker: ``mqtt://host:port``; None for one of our own.
    """
    reels = reels_of(
        folder,
        ("gate", "busy"),
        cast.portraits,
        size_wh=size_wh,
        gate_s=gate_s,
        length_s=watch.length_s,
    )
    alone = each_alone(folder, reels, cast)
    whole = filled(loaded * CORES, gates, alone)
    usable = usable_s(reels["gate"], cast.pack.detector)
    own = folder / "box"
    own.mkdir()
    with on_processors(CORES):
        seen = watch_box(own, whole, reels, watch, network=cast.network, broker=broker)
    return [*of_load(whole, seen), *of_gates(whole, seen, usable, reels["gate"])]


def filled(cores: float, gates: int, alone: Mapping[str, Alone]) -> Whole:
    """Return the box with these gates and as many busy streets as come nearest to the load.

    Args:
        cores: Processors that all cameras are to take together.
        gates: How many.
        alone: By kind, what one camera takes.
    """
    left = cores - gates * alone["gate"].whole
    return Whole(CALLED, gates=gates, busy=max(round(left / alone["busy"].whole), 0))


def of_load(whole: Whole, seen: Seen) -> Sequence[Figure]:
    """Return how busy the processors were, with what, and whether all was done."""
    shares = [one.service / CORES * 100 for one in seen.shares]
    load = of_repeats(f"{whole.name}: of {CORES} processors, the service", "%", shares)
    cameras = [one.server / CORES * 100 for one in seen.shares]
    machine = [one.machine / CORES * 100 for one in seen.shares]
    tallies = seen.vitals.of("gate")
    analysed = once(
        f"{whole.name}: gates, analysed",
        per_second(tallies, lambda one: one.analysed),
        "pictures/s",
    )
    return [
        against(load, None, goal=LOADED_AT_LEAST * 100, at_least=True),
        of_repeats(f"{whole.name}: of them, the cameras' RTSP server", "%", cameras),
        of_repeats(f"{whole.name}: of them, whatever runs on the machine", "%", machine),
        once(f"{whole.name}: gates", whole.gates, "cameras"),
        once(f"{whole.name}: busy streets", whole.busy, "cameras"),
        against(analysed, per_second(tallies, lambda one: one.due), "due"),
    ]
