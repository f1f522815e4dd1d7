"""What the benches of single subjects found, as figures."""

import statistics
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from edge.bench import networks
from edge.bench.catalogue import Means
from edge.bench.clip import ClipFigures, bench_clip
from edge.bench.console import IDLE_SHARE, PAGE_MS, TRIVIAL, ConsoleFigures, bench_console
from edge.bench.figure import Figure, against, of_repeats, once
from edge.bench.fleet import FleetFigures, NotTogetherError
from edge.bench.gallery import GalleryFigures, bench_galleries
from edge.bench.gate import GateFigures, bench_gate
from edge.bench.street import StreetFigures
from edge.bench.streets import bench_streets

REPEATS = 3
CLIP_GOAL, GALLERY_GOAL, GATE_GOAL = 1.5, 1.2, 1.15
STREET_GOALS = {"quiet": 1.3, "busy": 1.2}
QUIET_CAMERAS = 120


def gate(means: Means) -> Sequence[Figure]:
    """Return what a gate camera costs."""
    pack = networks.faces(means.progress)
    portraits = means.portraits(pack.detector)
    return of_gates(bench_gate(pack, portraits))


def street(means: Means) -> Sequence[Figure]:
    """Return what street cameras cost, one by one and many at once."""
    chosen = networks.objects(means.progress)
    found = bench_streets(means.folder, chosen.detector)
    single = [figure for one in found.single for figure in of_street(one)]
    if isinstance(found.fleet, NotTogetherError):
        means.skip("quiet streets at once", str(found.fleet))
        return single
    return [*single, *of_fleet(found.fleet)]


def gallery(_: Means) -> Sequence[Figure]:
    """Return what a search costs."""
    return [of_galleries(found) for found in bench_galleries(repeats=REPEATS)]


def clip(means: Means) -> Sequence[Figure]:
    """Return what a clip costs."""
    return of_clips([bench_clip(folder) for folder in _folders(means.folder)])


def console(means: Means) -> Sequence[Figure]:
    """Return what pages cost, and the console while nobody does anything."""
    return of_console(bench_console(means.folder))


def of_gates(found: Sequence[GateFigures]) -> list[Figure]:
    """Return the figures of one gate camera, measured again and again."""
    camera = of_repeats("gate camera, 1080p25 H.264", "s CPU", [one.gate_cpu_s for one in found])
    shares = [one.cpu_share * 100 for one in found]
    limit = _median(one.limit_cpu_s for one in found)
    return [
        against(camera, limit, found[-1].made_of, goal=GATE_GOAL),
        of_repeats("of a core for a gate camera", "%", shares),
    ]


def of_street(found: StreetFigures) -> list[Figure]:
    """Return the figures of one street camera."""
    called = f"{found.scene} street, {found.rules}"
    camera = once(f"{called}: camera", found.street_cpu_s, "s CPU")
    held = once(f"{called}: cameras on 2 cores", found.cameras, "cameras")
    goal = QUIET_CAMERAS if found.scene == "quiet" else None
    return [
        against(camera, found.limit_cpu_s, found.made_of, goal=STREET_GOALS[found.scene]),
        against(held, None, goal=goal, at_least=True),
    ]


def of_fleet(found: FleetFigures) -> list[Figure]:
    """Return the figures of many quiet street cameras on the running service."""
    called = f"{found.cameras} quiet streets at once"
    cores = once(f"{called}: cores used", found.cores, "cores")
    return [
        against(cores, found.workers, "the machine's", goal=1.0),
        once(f"{called}: lag, median", found.lag_median_s, "s"),
        once(f"{called}: lag, most", found.lag_most_s, "s"),
        against(once(f"{called}: dropped", found.dropped, "pictures"), None, goal=0),
        once(f"{called}: memory of the workers", found.memory_mib, "MiB"),
    ]


def of_galleries(found: Sequence[GalleryFigures]) -> Figure:
    """Return the figure of searches in one gallery, measured again and again."""
    search = of_repeats(
        f"search of {found[0].templates:,} x {found[0].dimensions}, p95",
        "ms",
        [one.search_p95_ms for one in found],
    )
    product = _median(one.product_p95_ms for one in found)
    return against(search, product, "the bare product", goal=GALLERY_GOAL)


def of_clips(found: Sequence[ClipFigures]) -> list[Figure]:
    """Return the figures of a clip, measured again and again."""
    whole = of_repeats(
        "clip of 10 s, written and read again",
        "ms CPU",
        [one.write_ms + one.verify_ms for one in found],
    )
    remux = _median(one.remux_ms for one in found)
    return [
        against(whole, remux, f"a bare remux of {found[0].megabytes:.1f} MB", goal=CLIP_GOAL),
        of_repeats("thereof written", "ms CPU", [one.write_ms for one in found]),
        of_repeats("thereof read again", "ms CPU", [one.verify_ms for one in found]),
    ]


def of_console(found: ConsoleFigures) -> list[Figure]:
    """Return the figures of all pages and of the idle console."""
    slowest = max(page.median_ms for page in found.pages)
    within = once(f"the slowest of {len(found.pages)} pages, median", slowest, "ms")
    idle = [
        against(once(f"of a core, {name} open", share * 100, "%"), None, goal=IDLE_SHARE * 100)
        for name, share in (("no page", found.idle_share), ("one page", found.watched_share))
    ]
    pages = [
        figure
        for page in found.pages
        for figure in (
            once(page.path, page.median_ms, "ms"),
            once(f"{page.path}, p95", page.p95_ms, "ms"),
            once(f"{page.path}, CPU", page.cpu_ms, "ms CPU"),
        )
    ]
    trivial = once(f"{TRIVIAL}, which asks no store", found.trivial_ms, "ms")
    return [against(within, None, goal=PAGE_MS), *idle, trivial, *pages]


def _median(found: Iterable[float]) -> float:
    return statistics.median(found)


def _folders(folder: Path) -> Iterator[Path]:
    """Make a folder for each repeat."""
    for number in range(REPEATS):
        own = folder / str(number)
        own.mkdir()
        yield own
