"""One decoded picture of a camera, in the decoder's own format until somebody needs pixels."""

from dataclasses import dataclass
from datetime import datetime

import av
import numpy as np
import numpy.typing as npt

PLANAR_LUMA = {"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "gray"}
"""Pixel formats whose first plane is 8-bit luma."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A picture and when it was taken.

    Attributes:
        index: Counts decoded frames of one connection from 0.
        mono_s: Stream time in seconds: from the packets' PTS, never falls, goes on over reconnects.
        utc: Wall time of the picture, aware.
        keyframe: Whether it was decoded without any other picture.
        picture: The decoder's picture.
    """

    index: int
    mono_s: float
    utc: datetime
    keyframe: bool
    picture: av.VideoFrame

    @property
    def size_wh(self) -> tuple[int, int]:
        """Return width and height in pixels."""
        return self.picture.width, self.picture.height

    def luma(self) -> npt.NDArray[np.uint8]:
        """Return the ``(H, W)`` luma plane, a view where the format has one: no conversion."""
        if self.picture.format.name not in PLANAR_LUMA:
            return np.asarray(self.picture.to_ndarray(format="gray"), np.uint8)
        plane = self.picture.planes[0]
        rows = np.frombuffer(memoryview(plane), np.uint8, plane.line_size * plane.height)
        samples = rows.reshape(plane.height, plane.line_size)[:, : plane.width]
        return np.asarray(samples, np.uint8)

    def bgr(self) -> npt.NDArray[np.uint8]:
        """Return ``(H, W, 3)`` BGR pixels; converted at each call."""
        return np.asarray(self.picture.to_ndarray(format="bgr24"), np.uint8)
