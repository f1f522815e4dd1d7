"""Write a recording: pictures in, an H.264 or H.265 file out. For demos and tests."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.video.stream import VideoStream

ENCODERS = {"h264": "libx264", "hevc": "libx265"}


def write_film(
    path: Path,
    pictures: Iterable[npt.NDArray[np.uint8]],
    *,
    fps: int,
    codec: str = "h264",
    gop_s: float = 2.0,
    kbit_s: int | None = None,
) -> None:
    """Encode pictures as a camera would: 4:2:0, no B-frames, a keyframe every ``gop_s`` seconds.

    Args:
        path: The file; its ending chooses the container (``.mp4``, ``.mkv``).
        pictures: ``(H, W, 3)`` BGR, all of one size with even sides.
        fps: Frame rate.
        codec: ``h264`` or ``hevc``.
        gop_s: Distance between keyframes.
        kbit_s: Rate that is kept to, as cameras are set to one; None for an even quality.
    """
    with av.open(str(path), "w") as container:
        stream = container.add_stream(ENCODERS[codec], rate=fps)
        if not isinstance(stream, VideoStream):
            raise TypeError(f"{codec} is no video codec")
        stream.pix_fmt = "yuv420p"
        stream.gop_size = round(gop_s * fps)
        stream.max_b_frames = 0
        quality = {"crf": "20"} if kbit_s is None else _rate(kbit_s)
        stream.options = {"preset": "veryfast", **quality}
        if kbit_s is not None:
            # Threads share the rate as they happen to run: the same pictures, another film.
            stream.codec_context.thread_count = 1
        if codec == "hevc":
            stream.options |= {"x265-params": "log-level=error:bframes=0"}
        for index, picture in enumerate(pictures):
            if index == 0:
                stream.height, stream.width = picture.shape[:2]
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts, frame.time_base = index, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def repeat_film(source: Path, target: Path, *, seconds: float, first_packets: int = 0) -> None:
    """Write a film that shows another again and again, without encoding anything anew.

    Args:
        source: By ``write_film``: without B-frames, at a constant rate.
        target: The longer film.
        seconds: Its length.
        first_packets: Left out of the first group of pictures after so many packets, so that the
            keyframes of several films do not fall together; 0 to leave out none.

    Raises:
        ValueError: The source has no constant rate.
    """
    with av.open(str(source)) as container, av.open(str(target), "w") as longer:
        stream = container.streams.video[0]
        if not stream.average_rate or not stream.time_base:
            raise ValueError(f"{source}: has no constant rate")
        copy = longer.add_stream_from_template(stream)
        packets = [packet for packet in container.demux(stream) if packet.size]
        ticks = 1 / (stream.average_rate * stream.time_base)
        again = islice(_again(packets, first_packets), round(seconds * stream.average_rate))
        for index, packet in enumerate(again):
            packet.pts = packet.dts = round(index * ticks)
            packet.time_base, packet.stream = stream.time_base, copy
            longer.mux(packet)


def copy_film(source: Path, target: Path) -> None:
    """Write the packets of a film into another file: the least that a clip can cost."""
    with av.open(str(source)) as container, av.open(str(target), "w") as other:
        stream = container.streams.video[0]
        copy = other.add_stream_from_template(stream)
        for packet in container.demux(stream):
            if packet.size:
                packet.stream = copy
                other.mux(packet)


def _again(
    packets: "list[av.Packet[VideoStream]]", first_packets: int
) -> "Iterator[av.Packet[VideoStream]]":
    second = next((n for n, one in enumerate(packets) if n and one.is_keyframe), len(packets))
    yield from packets[: first_packets or second]
    yield from packets[second:]
    while True:
        yield from packets


def _rate(kbit_s: int) -> dict[str, str]:
    """Return the encoder's options for a constant rate, evened out over two seconds."""
    return {"b": f"{kbit_s}k", "maxrate": f"{kbit_s}k", "bufsize": f"{2 * kbit_s}k"}
