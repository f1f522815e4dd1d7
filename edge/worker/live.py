"""Live pictures of a worker's cameras: encoded while somebody looks, and never else."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from multiprocessing.connection import Connection
from threading import Condition, Thread
from typing import Any

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


@dataclass(frozen=True, slots=True)
class Heard:
    """Answers a wish: the worker is well, and may be told the next one."""


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


class LiveLine:
    """A worker's end of its line to the service: wishes come, pictures go.

    Cameras never wait for the line: of each view the newest picture lies ready, and a thread of its
    own sends it when the service takes it.
    """

    def __init__(
        self, line: "Connection[Any, Any]", camera_ids: Collection[str], clock: Clock
    ) -> None:
        """Prepare.

        Args:
            line: To the service.
            camera_ids: Those of this process; wishes for others are let be.
            clock: For wishes' ends.
        """
        self._line = line
        self._clock = clock
        self._ready: dict[View, LivePicture] = {}
        self._heard = False
        self._news = Condition()
        self.viewfinders = {
            name: Viewfinder(name, clock=clock, send=self._lay_ready) for name in camera_ids
        }

    def start(self) -> None:
        """Listen and send until the service closes the line or the process ends."""
        for target in (self._listen, self._send):
            Thread(target=target, name="live", daemon=True).start()

    def _lay_ready(self, picture: LivePicture) -> None:
        with self._news:
            self._ready[picture.view] = picture
            self._news.notify()

    def _listen(self) -> None:
        while True:
            try:
                wish = self._line.recv()
            except (EOFError, OSError):  # the service has ended
                return
            until_s = self._clock.mono_s() + wish.for_s
            for view in wish.views:
                if view.camera_id in self.viewfinders:
                    self.viewfinders[view.camera_id].want(view.size, until_s)
            with self._news:
                self._heard = True
                self._news.notify()

    def _send(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._heard or self._ready)
                ready, self._ready = self._ready, {}
                heard, self._heard = self._heard, False
            try:
                if heard:
                    self._line.send(Heard())
                for picture in ready.values():
                    self._line.send(picture)
            except OSError:  # the service has ended
                return
