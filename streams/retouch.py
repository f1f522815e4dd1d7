"""Change the pictures of a clip: any codec in, H.264 out that every browser plays."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.container import InputContainer, OutputContainer
from av.video.stream import VideoStream

from streams.errors import StreamError
from streams.reasons import explain

Picture = npt.NDArray[np.uint8]
Change = Callable[[int, Picture], Picture]
"""From a frame's number and ``(H, W, 3)`` BGR to what is shown instead, of the same size."""

BROWSER_CODEC = "h264"
TIME_BASE = Fraction(1, 90_000)
KEYFRAME_EVERY = 25
"""Frames: a player that jumps decodes at most so many."""


def codec_of(path: Path) -> str:
    """Return the name of a clip's codec, as ``h264`` or ``hevc``; raises StreamError."""
    with _opened(path) as container:
        return str(container.streams.video[0].codec_context.name)


def rate_of(path: Path) -> float | None:
    """Return a clip's frames a second on average, None if it is not known; raises StreamError."""
    with _opened(path) as container:
        rate = container.streams.video[0].average_rate
        return float(rate) if rate else None


def pictures_of(path: Path, *, every: int = 1) -> Iterator[Picture]:
    """Yield every n-th picture of a clip from the first, and the last one; raises StreamError.

    Yields:
        ``(H, W, 3)`` BGR.
    """
    with _opened(path) as container:
        left: av.VideoFrame | None = None
        for index, frame in enumerate(_frames(path, container)):
            left = frame
            if index % every == 0:
                left = None
                yield _bgr(frame)
        if left is not None:
            yield _bgr(left)


def retouch(source: Path, target: Path, change: Change | None = None) -> None:
    """Write a clip anew as H.264 in MP4, with the times of its frames as they were.

    Args:
        source: The clip.
        target: The new one; its beginning is where a player needs it.
        change: Applied to every picture; None to change nothing but the codec.

    Raises:
        StreamError: The source cannot be read.
    """
    options = {"movflags": "faststart"}
    with (
        _opened(source) as container,
        av.open(str(target), "w", format="mp4", options=options) as out,
    ):
        _write(source, container, out, change)


def _write(
    source: Path, container: InputContainer, out: OutputContainer, change: Change | None
) -> None:
    stream: VideoStream | None = None
    first: Fraction | None = None
    last = -1
    for index, frame in enumerate(_frames(source, container)):
        if frame.pts is None or frame.time_base is None:
            continue
        if stream is None:
            rate = container.streams.video[0].average_rate or 25
            stream = _encoder(out, rate, size_wh=(frame.width, frame.height))
        moment = frame.pts * frame.time_base
        first = moment if first is None else first
        ready = frame if change is None else _changed(frame, change, index)
        # Two frames of one moment would end the file; a camera that stutters sends them.
        last = max(round((moment - first) / TIME_BASE), last + 1)
        even = ready.reformat(width=stream.width, height=stream.height, format="yuv420p")
        even.pts, even.time_base = last, TIME_BASE
        out.mux(stream.encode(even))
    if stream is None:
        raise StreamError(f"{source}: has no picture")
    out.mux(stream.encode(None))


def _encoder(
    out: OutputContainer, rate: Fraction | int, *, size_wh: tuple[int, int]
) -> VideoStream:
    stream = out.add_stream("libx264", rate=rate)
    if not isinstance(stream, VideoStream):
        raise TypeError("libx264 is no video codec")
    # 4:2:0 has a colour for every two pixels each way.
    stream.width, stream.height = (side // 2 * 2 for side in size_wh)
    stream.pix_fmt = "yuv420p"
    stream.time_base = stream.codec_context.time_base = TIME_BASE
    stream.codec_context.thread_count = 1
    stream.gop_size = KEYFRAME_EVERY
    stream.max_b_frames = 0
    stream.options = {"preset": "veryfast", "crf": "23"}
    return stream


def _changed(frame: av.VideoFrame, change: Change, index: int) -> av.VideoFrame:
    return av.VideoFrame.from_ndarray(change(index, _bgr(frame)), format="bgr24")


def _bgr(frame: av.VideoFrame) -> Picture:
    return np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)


def _frames(path: Path, container: InputContainer) -> Iterator[av.VideoFrame]:
    """Yield the frames up to where the file is broken, if it is; raises StreamError at once."""
    video = container.streams.video[0]
    video.codec_context.thread_count = 1
    count = 0
    try:
        for frame in container.decode(video):
            yield frame
            count += 1
    except av.FFmpegError as error:
        if not count:
            raise StreamError(f"{path}: {explain(error)}") from error


def _opened(path: Path) -> InputContainer:
    try:
        container = av.open(str(path))
    except (av.FFmpegError, OSError) as error:
        raise StreamError(f"{path}: cannot be opened; {error}") from error
    if not isinstance(container, InputContainer) or not container.streams.video:
        container.close()
        raise StreamError(f"{path}: is no video")
    return container
