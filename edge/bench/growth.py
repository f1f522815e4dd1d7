"""How the cost of a box grows: with cameras, faces in view, residents, zones, and the outbox.

Cameras are measured on the running service over real RTSP, galleries in a process like a worker's,
all else in this one, where nothing but the one thing differs. Every figure is held against the one
with the least of its kind.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edge.bench import networks
from edge.bench.apart import as_in_a_worker
from edge.bench.cast import Cast, cast_of
from edge.bench.catalogue import Means
from edge.bench.figure import CORE, Figure, against, of_repeats, once
from edge.bench.gallery import gallery_of, unit_rows
from edge.bench.gate import measure_gate
from edge.bench.large_store import build
from edge.bench.passages import a_passage
from edge.bench.service_box import RULES_OF_STREETS, Watch, Whole, watch_box
from edge.bench.service_films import gate_reel, street_reel
from edge.bench.street import CORES, bench_street
from edge.bootstrap.parts import silently
from edge.clock import SystemClock
from edge.domain.candidate import Candidate
from edge.domain.lane import Lane
from edge.gate.decision import Thresholds
from edge.gate.gate import Reference
from edge.store.journal import Journal
from edge.store.outbox import Outbox, Sent
from models.detections import ObjectDetector
from models.faces import FacePack, Floats

WATCH = Watch(settles_s=12.0, slices=3, slice_s=8.0)
QUIET_CAMERAS = 120
GATE_S = 12
SIZE_WH = (1920, 1080)
DIMENSIONS = 128
COMMITS, WINDOW, REPEATS = 100, 16, 5


@dataclass(frozen=True, slots=True)
class Points:
    """Of what how much is measured, ascending.

    Attributes:
        cameras: Quiet streets.
        faces: In view of a gate at a time.
        residents: Registered.
        zones: Of a busy street.
        waiting: Messages in the outbox.
    """

    cameras: Sequence[int] = (1, 8, 32)
    faces: Sequence[int] = (1, 4)
    residents: Sequence[int] = (100, 10_000, 100_000)
    zones: Sequence[int] = (1, 8)
    waiting: Sequence[int] = (0, 100_000)


POINTS = Points()


class _Crowd:
    """A gallery of many who do not come to the gate: each search is a whole one, and in vain."""

    def __init__(self, count: int) -> None:
        self._gallery = gallery_of(unit_rows(np.random.default_rng(1), count, DIMENSIONS))

    def thresholds(self) -> Thresholds:
        return Thresholds(match=1.0, unsure=0.99, people=len(self._gallery))

    def search(self, query: Floats) -> Candidate | None:
        return self._gallery.search(query)


def growth(means: Means) -> Sequence[Figure]:
    """Return how the cost of a box grows."""
    return bench_growth(means.folder, cast_of(means))


def bench_growth(
    folder: Path,
    cast: Cast,
    *,
    points: Points = POINTS,
    watch: Watch = WATCH,
    gate_s: int = GATE_S,
    size_wh: tuple[int, int] = SIZE_WH,
) -> Sequence[Figure]:
    """Return the figures of every point.

    Args:
        folder: Empty; for films and databases.
        cast: With what it is measured.
        points: How many of what.
        watch: How long each number of cameras is watched.
        gate_s: Length of the gates' films.
        size_wh: Of a street's pictures.
    """
    reels = {
        count: gate_reel(folder, cast.portraits, once_s=gate_s, length_s=gate_s, abreast=count)
        for count in points.faces
    }
    one_face = reels[points.faces[0]]
    return [
        *_of_cameras(folder, points.cameras, watch, cast.network, size_wh),
        *_grown(
            "a gate, faces in view",
            CORE,
            points.faces,
            lambda n: [_gate(reels[n].once, reels[n].once_s, cast.pack)],
        ),
        *_grown(
            "a gate, residents",
            CORE,
            points.residents,
            lambda n: [as_in_a_worker(_of_crowd, one_face.once, one_face.once_s, n)],
        ),
        *_of_zones(folder, points.zones, cast.detector, size_wh),
        *_of_outbox(folder, points.waiting),
    ]


def _grown(
    name: str, unit: str, points: Sequence[int], measure: Callable[[int], Sequence[float]]
) -> Iterator[Figure]:
    """Yield a figure for each point, against the first."""
    least: Figure | None = None
    for point in points:
        figure = of_repeats(f"{name}: {point:,}", unit, measure(point))
        yield figure if least is None else against(figure, least.value, f"with {points[0]:,}")
        least = least or figure


def _of_cameras(
    folder: Path, counts: Sequence[int], watch: Watch, network: str, size_wh: tuple[int, int]
) -> Iterator[Figure]:
    reels = {
        "quiet": street_reel(folder, busy=False, size_wh=size_wh, length_s=watch.length_s),
    }
    found: dict[int, float] = {}

    def measure(count: int) -> Sequence[float]:
        own = folder / f"cameras-{count}"
        own.mkdir()
        seen = watch_box(own, Whole(str(count), quiet=count), reels, watch, network=network)
        shares = [one.service * 100 for one in seen.shares]
        found[count] = of_repeats("", CORE, shares).value
        return shares

    yield from _grown("the service, quiet streets over RTSP", CORE, counts, measure)
    first, last = counts[-2:]
    each = (found[last] - found[first]) / (last - first)
    yield once("one more quiet street", each, CORE)
    held = once(
        f"quiet streets on {CORES} cores, at that", held_by(CORES, found[last], last, each), ""
    )
    yield against(held, None, goal=QUIET_CAMERAS, at_least=True)


def held_by(cores: int, used: float, cameras: int, each: float) -> float:
    """Return how many cameras some cores hold if every further one takes as much.

    Args:
        cores: That there are.
        used: By so many cameras, % of a core.
        cameras: How many these are.
        each: What one more takes, % of a core.
    """
    return cameras + (cores * 100 - used) / each if each > 0 else float(cameras)


def _gate(film: Path, film_s: int, pack: FacePack, reference: Reference | None = None) -> float:
    """Return what a gate takes, % of a core."""
    return measure_gate(film, pack, stream_s=film_s, reference=reference).cpu_share * 100


def _of_crowd(film: Path, film_s: int, residents: int) -> float:
    """Return what a gate with so many residents takes, none of whom comes."""
    return _gate(film, film_s, networks.faces(silently), _Crowd(residents))


def _of_zones(
    folder: Path, counts: Sequence[int], detector: ObjectDetector, size_wh: tuple[int, int]
) -> Iterator[Figure]:
    reel = street_reel(folder, busy=True, size_wh=size_wh, length_s=1)

    def measure(count: int) -> Sequence[float]:
        own = folder / f"zones-{count}"
        own.mkdir()
        found = bench_street(
            reel.once,
            own,
            scene="busy",
            rules=RULES_OF_STREETS,
            seconds=reel.once_s,
            turns=2,
            detector=detector,
            kerbs=count,
        )
        return [found.cpu_share * 100]

    yield from _grown("a busy street, zones at its kerb", CORE, counts, measure)


def _of_outbox(folder: Path, counts: Sequence[int]) -> Iterator[Figure]:
    paths = {count: folder / f"outbox-{count}.db" for count in counts}
    for count, path in paths.items():
        fill_outbox(path, count)
    works = {
        "committing a passage": _commit_ms,
        "taking what is to be sent next": _next_ms,
        "counting what waits": _depth_ms,
    }
    for name, work in works.items():
        named = f"{name}, messages that wait"
        yield from _grown(named, "ms CPU", counts, _on(paths, work))


def _on(
    paths: Mapping[int, Path], work: Callable[[Path], Sequence[float]]
) -> Callable[[int], Sequence[float]]:
    return lambda count: work(paths[count])


def fill_outbox(path: Path, count: int) -> None:
    """Write a journal in which so many messages wait for the platform."""
    build(path, incidents=0, passages=count)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT INTO messages (lane, seq) SELECT ?, seq FROM passages", (Lane.PASSAGE,)
        )


def _commit_ms(path: Path) -> Sequence[float]:
    journal, numbers = Journal(path, SystemClock()), iter(range(COMMITS * REPEATS))

    def commit() -> None:
        for _ in range(COMMITS):
            journal.record_passage(
                a_passage(next(numbers)), lambda _: b"{}" * 300, lane=Lane.PASSAGE
            )

    try:
        return [_cpu_ms(commit) / COMMITS for _ in range(REPEATS)]
    finally:
        journal.close()


def _next_ms(path: Path) -> Sequence[float]:
    outbox = Outbox(path, SystemClock())

    def take() -> None:
        for _ in range(COMMITS):
            outbox.next(Sent(), WINDOW)

    try:
        return [_cpu_ms(take) / COMMITS for _ in range(REPEATS)]
    finally:
        outbox.close()


def _depth_ms(path: Path) -> Sequence[float]:
    outbox = Outbox(path, SystemClock())
    try:
        return [_cpu_ms(outbox.depth) for _ in range(REPEATS)]
    finally:
        outbox.close()


def _cpu_ms(work: Callable[[], object]) -> float:
    began_s = time.process_time()
    work()
    return (time.process_time() - began_s) * 1e3
