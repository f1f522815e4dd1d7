"""Write a recording: pictures in, an H.264 or H.265 file out. For demos and tests."""

from collections.abc import Iterable
from fractions import Fraction
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
) -> None:
    """Encode pictures as a camera would: 4:2:0, no B-frames, a keyframe every ``gop_s`` seconds.

    Args:
        path: The file; its ending chooses the container (``.mp4``, ``.mkv``).
        pictures: ``(H, W, 3)`` BGR, all of one size with even sides.
        fps: Frame rate.
        codec: ``h264`` or ``hevc``.
        gop_s: Distance between keyframes.
    """
    with av.open(str(path), "w") as container:
        stream = container.add_stream(ENCODERS[codec], rate=fps)
        if not isinstance(stream, VideoStream):
            raise TypeError(f"{codec} is no video codec")
        stream.pix_fmt = "yuv420p"
        stream.gop_size = round(gop_s * fps)
        stream.max_b_frames = 0
        stream.options = {"preset": "veryfast", "crf": "20"}
        if codec == "hevc":
            stream.options |= {"x265-params": "log-level=error:bframes=0"}
        for index, picture in enumerate(pictures):
            if index == 0:
                stream.height, stream.width = picture.shape[:2]
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts, frame.time_base = index, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
