"""Live pictures of a worker's cameras: encoded while somebody looks, and never else."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2

from edge.clock import Clock
from edge.domain.live import LivePicture, Size, View
from streams.frame import Frame
from streams.pace import Pace

LONGER_PX = {Size.WALL: 640, Size.FULL: 1920}

FPS = {Size.WALL: 2.0, Size.FULL: 5.0}
"""A wall of sixteen pictures is to cost no more than one that is looked at closely."""

QUALITY = 80


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked at in the next seconds; said again for as long as somebody looks."""

    views: frozenset[View]
    for_s: float


class Viewfinder:
    """What somebody sees of one camera; ``show`` is called on the camera's thread."""

    def __init__(
        self, camera_id: str, *, clock: Clock, send: Callable[[LivePicture], None]
    ) -> None:
        """Begin with nobody who looks.

        Args:
            camera_id: As in the configuration.
            clock: For wishes' ends.
            send: Takes pictures; returns at once.
        """
        self._camera_id = camera_id
        self._clock = clock
        self._send = send
        self._until_s = dict.fromkeys(Size, float("-inf"))
        self._paces = {size: Pace(FPS[size]) for size in Size}

    def want(self, size: Size, until_s: float) -> None:
        """Show pictures of a size until then, on the clock; called on any thread."""
        self._until_s[size] = until_s

    def show(self, frame: Frame) -> bool:
        """Send a picture if somebody wants one now; return whether they look closely."""
        now_s = self._clock.mono_s()
        for size, until_s in self._until_s.items():
            if now_s < until_s and self._paces[size].due(frame.mono_s):
                self._send(LivePicture(View(self._camera_id, size), frame.utc, _jpeg(frame, size)))
        return now_s < self._until_s[Size.FULL]


def _jpeg(frame: Frame, size: Size) -> bytes:
    picture = frame.bgr(LONGER_PX[size])
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()
