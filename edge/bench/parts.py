"""Each part of a camera's work alone: what the limits of the wholes are made of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from edge.bench.catalogue import Means
from edge.bench.clip import bench_clip
from edge.bench.figure import Figure
from edge.bench.figures_of import of_clips
from edge.bench.part import REPEATS, Part, measure
from edge.bench.parts_delivery import chosen_broker, journal_parts, mqtt_figures
from edge.bench.parts_networks import GALLERIES, align_part, network_parts, search_figures
from edge.bench.parts_streams import stream_parts
from edge.bench.scene import draw_street
from models.depot import Depot
from models.picture import keep_to_one_thread


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much of everything is measured.

    Attributes:
        size_wh: Of the pictures.
        seconds: Of film that is encoded.
        clip_seconds, clips: Length and number of clips.
        galleries: Templates and dimensions.
        commits, messages: Of each repeat.
        repeats: How often.
    """

    size_wh: tuple[int, int] = (1920, 1080)
    seconds: int = 4
    clip_seconds: int = 10
    clips: int = 5
    galleries: Sequence[tuple[int, int]] = GALLERIES
    commits: int = 50
    messages: int = 1000
    repeats: int = REPEATS


def bench_parts(
    means: Means, *, extent: Extent | None = None, depot: Depot | None = None
) -> list[Figure]:
    """Return the processor time of each part, beside that of the bare work.

    Args:
        means: Of every bench.
        extent: How much; by default what a camera of 1080p25 and 4 Mbit/s sends.
        depot: Where networks lie; by default where the service looks for them.
    """
    keep_to_one_thread()  # as worker processes do
    extent = extent or Extent()
    figures: list[Figure] = []
    for part in _parts(means, extent, depot):
        figures += measure(part, repeats=extent.repeats)
    figures += search_figures(extent.galleries, repeats=extent.repeats)
    clip = bench_clip(_own(means.folder, "clip"), seconds=extent.clip_seconds, times=extent.clips)
    with chosen_broker(_own(means.folder, "mqtt"), means.broker) as broker:
        mqtt = mqtt_figures(
            broker, skip=means.skip, messages=extent.messages, repeats=extent.repeats
        )
    return [*figures, *of_clips([clip]), *mqtt]


def _parts(means: Means, extent: Extent, depot: Depot | None) -> Iterator[Part]:
    films, disk = _own(means.folder, "films"), _own(means.folder, "disk")
    (street,) = draw_street(busy=True, count=1, size_wh=extent.size_wh)
    return chain(
        stream_parts(films, size_wh=extent.size_wh, seconds=extent.seconds),
        network_parts(street, portraits=means.portraits, skip=means.skip, depot=depot),
        [align_part(street)],
        journal_parts(disk, commits=extent.commits),
    )


def _own(folder: Path, name: str) -> Path:
    own = folder / name
    own.mkdir()
    return own
