"""A clip of what a camera showed lately: a piece of its last hour, a picture every few seconds."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

import av
from av.container import InputContainer

from streams.clip import write_clip
from streams.errors import StreamError
from streams.lookback import FILE_S, files_of
from streams.ring import Layout, RingPacket, Stretch

SLACK = timedelta(seconds=FILE_S)
"""A file may begin so long before what is wanted of it."""

FEWEST = 2
"""Pictures: one is no clip, and its length could not be told."""

Dated = tuple[Layout, RingPacket]


def cut_last_hour(
    folder: Path, begins_at: datetime, ends_at: datetime, target: Path
) -> tuple[datetime, datetime]:
    """Write what is kept of a span as one clip.

    Where the camera changed its pictures (size, codec) it is the longer part.

    Args:
        folder: Of one camera's last hour.
        begins_at: Of the span.
        ends_at: Of the span.
        target: The clip's file, replaced if it is there.

    Returns:
        When its first and its last picture are shown.

    Raises:
        StreamError: Nothing, or no more than a picture, is kept of that time.
        OSError: The disk fails.
    """
    found = [
        one
        for file_begins_at, path in files_of(folder)
        if begins_at - SLACK <= file_begins_at <= ends_at
        for one in _packets_of(path, file_begins_at)
        if begins_at <= one[1].utc <= ends_at
    ]
    parts = _stretches(found)
    longest = max(parts, key=lambda part: len(part.packets), default=None)
    if longest is None or len(longest.packets) < FEWEST:
        raise StreamError("nothing is kept of that time; evidence.lookback says how far it reaches")
    write_clip(target, longest)
    return longest.begins_at, longest.ends_at


def _stretches(found: Sequence[Dated]) -> list[Stretch]:
    """Return packets in a row as long as one file can hold them."""
    numbers: list[int] = []
    for at, (layout, _) in enumerate(found):
        goes_on = at > 0 and layout.matches(found[at - 1][0])
        numbers.append((numbers[-1] if numbers else 0) + (not goes_on))
    runs = groupby(zip(numbers, found, strict=True), key=lambda one: one[0])
    stretches = []
    for _, run in runs:
        dated = [one for _, one in run]
        stretches.append(Stretch(dated[0][0], [packet for _, packet in dated]))
    return stretches


def _packets_of(path: Path, begins_at: datetime) -> Iterator[Dated]:
    """Yield the pictures of a file and when each is shown; none if it was removed or is broken."""
    try:
        with av.open(str(path)) as container:
            yield from _read(container, begins_at)
    except (av.FFmpegError, OSError, IndexError, StreamError):
        return


def _read(container: InputContainer, begins_at: datetime) -> Iterator[Dated]:
    video = container.streams.video[0]
    layout = Layout(video)
    for packet in container.demux(video):
        if not packet.size or packet.dts is None or packet.time_base is None:
            continue
        since = timedelta(seconds=float(packet.dts * packet.time_base))
        yield (
            layout,
            RingPacket(
                bytes(packet), packet.pts, packet.dts, bool(packet.is_keyframe), begins_at + since
            ),
        )
