"""One decoded picture of a camera, in the decoder's own format until somebody needs pixels."""

from dataclasses import dataclass
from datetime import datetime

import av
import numpy as np
import numpy.typing as npt

from streams.pixels import Converter


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A picture and when it was taken.

    Attributes:
        index: Counts decoded frames of one connection from 0.
        mono_s: Stream time in seconds: from the packets' PTS, never falls, goes on over reconnects.
        utc: Wall time of the picture, aware.
        keyframe: Whether it was decoded without any other picture.
        picture: The decoder's picture.
        converter: The stream's; so a frame's pixels are made on the stream's thread.
    """

    index: int
    mono_s: float
    utc: datetime
    keyframe: bool
    picture: av.VideoFrame
    converter: Converter

    @property
    def size_wh(self) -> tuple[int, int]:
        """Return width and height in pixels."""
        return self.picture.width, self.picture.height

    def luma(self) -> npt.NDArray[np.uint8]:
        """Return the ``(H, W)`` luma plane, a view where the format has one: no conversion."""
        return self.converter.luma(self.picture)

    def bgr(self, longer_px: int | None = None) -> npt.NDArray[np.uint8]:
        """Return ``(H, W, 3)`` BGR pixels; converted at each call.

        Args:
            longer_px: Shrink to this longer side, at a third of the cost of the whole picture; a
                picture that is no larger stays as it is.
        """
        if longer_px is None or longer_px >= max(self.size_wh):
            return self.converter.bgr(self.picture)
        return self.converter.small_bgr(self.picture, longer_px)

    def part(self, part_xyxy: tuple[int, int, int, int]) -> npt.NDArray[np.uint8]:
        """Return the ``(h, w, 3)`` BGR pixels of a rectangle inside the picture.

        Args:
            part_xyxy: Corners in pixels; quick where they are even.
        """
        return self.converter.part_bgr(self.picture, part_xyxy)
