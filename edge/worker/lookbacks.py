"""The thread of a process that keeps what its cameras showed lately."""

import logging
from collections.abc import Callable, Mapping
from threading import Event

from edge.clock import Clock
from streams.errors import StreamError
from streams.lookback import Lookback

log = logging.getLogger(__name__)

LOOK_EVERY_S = 10.0
"""Less than a ring reaches back."""


class Lookbacks:
    """Looks after the cameras of a process, one after the other."""

    def __init__(self, by_camera: Mapping[str, Lookback], clock: Clock) -> None:
        """Prepare."""
        self._by_camera = by_camera
        self._clock = clock
        self._failing: set[str] = set()

    def run(self, stop: Event) -> None:
        """Look again and again until ``stop`` is set, and write what there is."""
        while not stop.wait(LOOK_EVERY_S):
            self.look()
        for camera_id, lookback in self._by_camera.items():
            self._attempt(camera_id, lookback.flush)

    def look(self) -> None:
        """Look at every camera once; one that fails is said once, until it works again."""
        now = self._clock.utc()
        for camera_id, lookback in self._by_camera.items():
            self._attempt(camera_id, lambda: lookback.look(now))  # noqa: B023 - called at once

    def _attempt(self, camera_id: str, act: Callable[[], None]) -> None:
        try:
            act()
        except (OSError, StreamError) as error:
            if camera_id not in self._failing:
                reason = getattr(error, "strerror", None) or error
                log.warning("camera=%s has gaps in its last hour: %s", camera_id, reason)
            self._failing.add(camera_id)
        else:
            self._failing.discard(camera_id)
