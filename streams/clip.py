"""Clips: packets as the camera sent them, in a file that every player opens; nothing is encoded."""

import errno
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
from av.stream import Stream

from streams.errors import StreamError
from streams.reasons import explain
from streams.ring import Stretch

FRAGMENTED = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
"""What is written of it can be played whatever happens to the rest."""

AS_IT_SAYS = {"codec_whitelist": "none"}
"""No decoder for the demuxer: it would decode pictures to guess what the file states."""

SLACK_S = 0.5
"""A clip that is shorter than its packets by less lacks nothing: the last has no length."""


@dataclass(frozen=True, slots=True)
class ClipFacts:
    """What a clip is when it is read again."""

    codec: str
    size_wh: tuple[int, int]
    pictures: int
    duration_s: float


def write_clip(path: Path, stretch: Stretch) -> None:
    """Write packets as fragmented MP4, beginning at time zero.

    Args:
        path: The file, replaced if it is there.
        stretch: What it shows.

    Raises:
        OSError: The disk fails.
        StreamError: The packets cannot be put into a file.
    """
    layout = stretch.layout
    try:
        with av.open(str(path), "w", format="mp4", options=FRAGMENTED) as container:
            stream = layout.add_to(container)
            for packet in _retimed(stretch):
                packet.stream = stream
                container.mux(packet)
    except av.FFmpegError as error:
        # Others are FFmpeg's own numbers, and what it says of packets that make no sense.
        if error.errno in errno.errorcode and error.errno != errno.EINVAL:
            raise OSError(error.errno, error.strerror) from error
        raise StreamError(f"the clip cannot be written: {explain(error)}") from error


def verify_clip(path: Path, stretch: Stretch) -> ClipFacts:
    """Read a clip again; raises StreamError unless it is all that its packets are.

    Its first picture is decoded; of the rest every packet must be there, at its time.
    """
    try:
        with av.open(str(path), options=AS_IT_SAYS) as container:
            video = container.streams.video[0]
            video.codec_context.thread_count = 1  # for one picture
            packets = [packet for packet in container.demux(video) if packet.size]
            size_wh, codec = (video.width, video.height), str(video.codec_context.name)
            shown = sum(1 for _ in video.codec_context.decode(packets[0])) if packets else 0
            shown += sum(1 for _ in video.codec_context.decode(None))
            times = [float(one.pts * one.time_base) for one in packets if one.pts is not None]
    except (av.FFmpegError, IndexError) as error:
        raise StreamError("the clip cannot be read again; check the disk") from error
    wanted_s = (stretch.ends_at - stretch.begins_at).total_seconds()
    duration_s = max(times, default=0.0) - min(times, default=0.0)
    if len(packets) != len(stretch.packets) or duration_s < wanted_s - SLACK_S:
        raise StreamError(
            f"the clip has {len(packets)} pictures in {duration_s:.1f} s instead of "
            f"{len(stretch.packets)} in {wanted_s:.1f} s; check the camera's time stamps"
        )
    if not shown:
        raise StreamError("the clip's first picture cannot be decoded; check the camera's stream")
    return ClipFacts(codec, size_wh, len(packets), duration_s)


def _retimed(stretch: Stretch) -> "Iterator[av.Packet[Stream]]":
    """Yield packets whose times begin at zero and never fall, whatever the camera's did.

    The wall time of each is known; its own stamps only say how pictures are reordered.
    """
    base = stretch.layout.time_base
    last: int | None = None
    for one in stretch.packets:
        since_s = (one.utc - stretch.begins_at).total_seconds()
        dts = round(since_s / float(base))
        if last is not None and dts <= last:
            dts = last + 1
        last = dts
        ahead = one.pts - one.dts if one.pts is not None and one.dts is not None else 0
        packet = av.Packet(one.payload)
        packet.dts, packet.pts, packet.time_base = dts, dts + max(ahead, 0), base
        packet.is_keyframe = one.keyframe
        yield packet
