"""Our street camera beside scripts that watch the same film with the same network."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import mkdtemp

from edge.bench.figure import Figure
from edge.bench.peers.cost import Done, cost_of
from edge.bench.peers.raw_pipe import FFMPEG, FPS, SIZE_WH, watch_pipe
from edge.bench.peers.side_by_side import cost_beside, watch_in_turn
from edge.bench.peers.street_script import Seen, watch_street
from edge.bench.scene import FPS as FILM_FPS
from edge.bench.scene import film_street
from edge.bench.street import bench_street
from models.detections import ObjectDetector
from models.picture import keep_to_one_thread
from streams.film import repeat_film

FILM_WH = (1920, 1080)
DRAWN_S, SECONDS, REPEATS = 10, 30, 3
LOOKS_A_SECOND = 2
"""As often as our street looks while something moves."""

OURS = "ours"
TWICE = "OpenCV's reader, looking twice a second"
ALWAYS = "OpenCV's reader, looking at every picture"
PIPE = f"ffmpeg's pipe of {SIZE_WH[1]}p{FPS}, looking where something moves"

Skip = Callable[[str, str], None]


def bench_street_peers(
    folder: Path,
    detector: ObjectDetector,
    *,
    busy: bool,
    skip: Skip,
    size_wh: tuple[int, int] = FILM_WH,
    seconds: int = SECONDS,
    repeats: int = REPEATS,
) -> list[Figure]:
    """Return what our street takes of the processor beside each script.

    Args:
        folder: For films and journals.
        detector: The network of all sides.
        busy: Whether something moves.
        skip: Told what cannot be measured.
        size_wh: Of the pictures.
        seconds: How long everybody watches.
        repeats: How often.
    """
    keep_to_one_thread()  # the cheapest for the scripts, too
    scene = "busy" if busy else "quiet"
    drawn, film = folder / f"drawn-{scene}.mp4", folder / f"{scene}.mp4"
    film_street(drawn, busy=busy, seconds=min(DRAWN_S, seconds), size_wh=size_wh)
    repeat_film(drawn, film, seconds=seconds)

    def ours() -> Done[Seen]:
        own = Path(mkdtemp(dir=folder))
        found = bench_street(
            drawn,
            own,
            scene=scene,
            rules="dwell",
            seconds=seconds,
            turns=1,
            detector=detector,
        )
        return Done(Seen(found.looks, found.incidents), found.street_cpu_s)

    ways: dict[str, Callable[[], Done[Seen]]] = {OURS: ours}
    for name, every in ((TWICE, round(FILM_FPS / LOOKS_A_SECOND)), (ALWAYS, 1)):
        ways[name] = partial(cost_of, partial(watch_street, film, detector, every=every))
    if shutil.which(FFMPEG) is None:
        skip(f"{scene} street beside {PIPE}", f"{FFMPEG} is not installed; its package is ffmpeg")
    else:
        ways[PIPE] = partial(cost_of, partial(watch_pipe, film, detector))
    watched = watch_in_turn(ways, repeats=repeats)
    looks = watched[OURS][-1].found.looks
    return [
        cost_beside(
            f"{scene} street beside {name}",
            watched[OURS],
            theirs,
            seconds=seconds,
            of=f"the same network on {theirs[-1].found.looks} pictures, ours {looks} parts",
        )
        for name, theirs in watched.items()
        if name != OURS
    ]
