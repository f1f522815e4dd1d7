"""The service's thread that forgets faces and handicaps when their time is over."""

import logging
from threading import Event

from edge.clock import Clock
from edge.errors import StoreError
from edge.store.directory import Directory
from edge.store.probes import Probes

log = logging.getLogger(__name__)

LOOK_EVERY_S = 60.0


class Forgetting:
    """Purges what is due, also while nobody passes."""

    def __init__(self, probes: Probes, directory: Directory, clock: Clock) -> None:
        """Prepare; the stores are used by the thread that runs this."""
        self._probes = probes
        self._directory = directory
        self._clock = clock

    def run(self, stop: Event) -> None:
        """Look every minute until ``stop`` is set."""
        self.look()
        while not stop.wait(LOOK_EVERY_S):
            self.look()

    def look(self) -> None:
        """Forget what is due; what the disk refuses waits for the next look."""
        try:
            faces = self._probes.purge(self._clock.utc())
            handicaps = self._directory.drop_expired()
        except StoreError as error:
            log.error("faces and handicaps are not forgotten: %s", error)  # noqa: TRY400
            return
        if faces or handicaps:
            log.info("%s faces and %s handicaps are forgotten", faces, handicaps)
