"""The service's thread that removes evidence when its time or its room is over."""

import logging
from collections.abc import Callable
from threading import Event

from edge.clock import Clock
from edge.errors import StoreError
from edge.evidence.retention import Retention

log = logging.getLogger(__name__)

LOOK_EVERY_S = 20.0
"""A clip that found no room waits for this: less than its packets stay in memory."""

RUN_EVERY_S = 3600.0


class Housekeeping:
    """Runs a retention every hour, and at once when the quota is exceeded."""

    def __init__(
        self, retention: Retention, clock: Clock, *, errand: Callable[[], None] = lambda: None
    ) -> None:
        """Prepare.

        Args:
            retention: Used by the thread that runs this.
            clock: The box's.
            errand: Done at every look; may raise OSError.
        """
        self._retention = retention
        self._clock = clock
        self._errand = errand
        self._ran_s = float("-inf")

    def run(self, stop: Event) -> None:
        """Look again and again until ``stop`` is set."""
        self.look()
        while not stop.wait(LOOK_EVERY_S):
            self.look()

    def look(self) -> None:
        """Remove what must go, if it is time or if there is no room."""
        try:
            self._errand()
        except OSError as error:
            log.error("old pictures are not removed: %s", error.strerror)  # noqa: TRY400
        try:
            now_s = self._clock.mono_s()
            if now_s - self._ran_s < RUN_EVERY_S and not self._retention.pressing():
                return
            self._ran_s = now_s
            removed = self._retention.run()
        except StoreError as error:
            log.error("evidence is not tidied: %s", error)  # noqa: TRY400
            return
        if removed:
            log.info("%s files of evidence are purged", removed)
