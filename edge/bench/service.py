"""Gate and street cameras through the running service and real RTSP, against their parts' CPU.

The service runs as it does on a box: processes of its own, cameras over RTSP, messages to a broker.
Counted is the processor time of all its processes, after it has come to rest. The limit is taken in
the same run: the same films are read in this process from files, once by the whole pipeline, which
counts what it decodes and infers, and once by decoder and networks alone, as often and at the pace
of the cameras: who rests between two pictures finds cold caches. It is scaled by the share of
pictures that were analysed of those due: a busy machine makes no camera look cheap. Receiving is
part of it: what FFmpeg alone takes to read the same packets over RTSP.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from edge.bench.cast import Cast, cast_of
from edge.bench.catalogue import Means
from edge.bench.figure import CORE, Figure, against, of_repeats, once
from edge.bench.service_alone import Alone, each_alone, each_received
from edge.bench.service_box import Seen, Share, Watch, Whole, watch_box
from edge.bench.service_films import Reel, reels_of, usable_s
from edge.bench.service_vitals import latencies_s, per_second, percentile

WHOLES = (
    Whole("no camera"),
    Whole("1 gate", gates=1, goal=1.15),
    Whole("16 quiet streets", quiet=16, goal=1.3),
    Whole("1 busy street", busy=1, goal=1.2),
    Whole("2 gates, 2 busy, 12 quiet streets", gates=2, busy=2, quiet=12, goal=1.2),
)
GATE_ONCE_S = 24
SIZE_WH = (1920, 1080)
WATCH = Watch(settles_s=15.0, slices=3, slice_s=12.0)
P50_MS, P95_MS = 400.0, 900.0
LAST_S = 3.0
"""Who comes later may be decided when nobody looks any more."""


def service(means: Means) -> Sequence[Figure]:
    """Return what boxes with a few cameras take."""
    return bench_service(means.folder, cast_of(means), broker=means.broker)


def bench_service(
    folder: Path,
    cast: Cast,
    *,
    wholes: Sequence[Whole] = WHOLES,
    watch: Watch = WATCH,
    gate_s: int = GATE_ONCE_S,
    size_wh: tuple[int, int] = SIZE_WH,
    broker: str | None = None,
) -> Sequence[Figure]:
    """Return the figures of some boxes, the first of which has no camera.

    Args:
        folder: Empty; for films and databases.
        cast: With what it is measured.
        wholes: The boxes.
        watch: How long each is watched.
        gate_s: Length of the gate's film before it is repeated.
        size_wh: Of a street's pictures.
        broker: ``mqtt://host:port``; None for one of our own.
    """
    kinds = {kind for whole in wholes for kind in whole.cameras}
    reels = reels_of(
        folder, kinds, cast.portraits, size_wh=size_wh, gate_s=gate_s, length_s=watch.length_s
    )
    alone = each_alone(folder, reels, cast)
    received = each_received(reels, seconds=watch.slice_s)
    usable = usable_s(reels["gate"], cast.pack.detector) if "gate" in reels else []
    figures = [figure for kind in reels for figure in _of_alone(kind, alone[kind], received[kind])]
    for number, whole in enumerate(wholes):
        own = folder / f"box-{number}"
        own.mkdir()
        seen = watch_box(own, whole, reels, watch, network=cast.network, broker=broker)
        figures += of_box(whole, seen, alone, received)
        if "gate" in whole.cameras:
            figures += of_gates(whole, seen, usable, reels["gate"])
    return figures


def _of_alone(kind: str, alone: Alone, received: float) -> Iterator[Figure]:
    camera = once(f"a {kind} camera from a file, at its pace", alone.whole * 100, CORE)
    yield against(camera, alone.parts * 100, alone.of)
    yield once(f"a {kind} camera's packets over RTSP, FFmpeg alone", received * 100, CORE)


def of_box(
    whole: Whole, seen: Seen, alone: Mapping[str, Alone], received: Mapping[str, float]
) -> Iterator[Figure]:
    """Yield what a box took, and how its cameras fared.

    Args:
        whole: The box.
        seen: What was seen of it.
        alone: What its cameras take from files.
        received: What it takes to receive their packets, processors.
    """

    def used(name: str, of_share: Callable[[Share], float]) -> Figure:
        shares = [of_share(share) * 100 for share in seen.shares]
        return of_repeats(f"{whole.name}: {name}", CORE, shares)

    def told(name: str, value: float, unit: str) -> Figure:
        return once(f"{whole.name}: {name}", value, unit)

    every = used("all processes", lambda share: share.service)
    if not whole.cameras:
        yield every
        return
    parts = sum(
        count * (alone[kind].parts * _looked_at(seen, kind) + received[kind])
        for kind, count in whole.cameras.items()
    )
    made_of = "packets received, decoding and networks of its cameras, at their pace"
    yield against(every, parts * 100, made_of, goal=whole.goal)
    yield against(used("workers", lambda share: share.workers), parts * 100, made_of)
    yield used("the cameras' RTSP server, not counted", lambda share: share.server)
    for kind in whole.cameras:
        tallies = seen.vitals.of(kind)
        due = per_second(tallies, lambda one: one.due)
        analysed = told(
            f"{kind}, analysed", per_second(tallies, lambda one: one.analysed), "pictures/s"
        )
        yield against(analysed, due, "due", goal=0.95, at_least=True)
        yield told(f"{kind}, decoded", per_second(tallies, lambda one: one.decoded), "pictures/s")
        dropped = sum(one.dropped for one in tallies)
        yield against(told(f"{kind}, dropped", dropped, "pictures"), None, goal=0)
        lags = [lag for one in tallies for lag in one.lags_s] or [0.0]
        yield told(f"{kind}, lag p95", percentile(lags, 0.95), "s")
    yield told("largest worker, anonymous", seen.worker_mib, "MiB")
    yield told("all processes, anonymous", seen.service_mib, "MiB")


def _looked_at(seen: Seen, kind: str) -> float:
    """Return the share of the pictures that were analysed of those due, at most 1."""
    tallies = seen.vitals.of(kind)
    due = per_second(tallies, lambda one: one.due)
    return min(per_second(tallies, lambda one: one.analysed) / due, 1.0) if due else 1.0


def of_gates(whole: Whole, seen: Seen, usable: Sequence[float], reel: Reel) -> Iterator[Figure]:
    """Yield how long it takes from the first usable face to the broker's subscriber.

    Args:
        whole: The box.
        seen: What was seen of it.
        usable: Moments of the short film at which a new person's face is first usable.
        reel: What the gates have sent.
    """
    began_s, ended_s = seen.watched
    moments = {
        camera: [
            moment
            for moment in _moments(
                begun_s - reel.shift_s(int(camera.rpartition("-")[2])), usable, reel.once_s, ended_s
            )
            if began_s <= moment <= ended_s - LAST_S
        ]
        for camera, begun_s in seen.plays_s.items()
        if camera.startswith("gate")
    }
    found_ms = [one * 1e3 for one in latencies_s(seen.told, moments)]
    people = sum(map(len, moments.values()))
    told = once(f"{whole.name}: people told", len(found_ms), "people")
    yield against(told, people, "who passed", goal=0.9, at_least=True)
    if found_ms:
        for name, share, goal in (("p50", 0.5, P50_MS), ("p95", 0.95, P95_MS)):
            took = once(
                f"{whole.name}: usable face to broker, {name}", percentile(found_ms, share), "ms"
            )
            yield against(took, None, goal=goal)


def _moments(
    begun_s: float, usable: Sequence[float], once_s: float, until_s: float
) -> Iterator[float]:
    for turn in range(int((until_s - begun_s) / once_s) + 1):
        for moment_s in usable:
            yield begun_s + turn * once_s + moment_s
