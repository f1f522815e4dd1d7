"""One stream on one thread, opened again whenever it breaks off."""

import logging
from threading import Event, Thread
from typing import Protocol

from edge.clock import Clock
from edge.supervisor.backoff import Backoff
from streams.errors import StreamError

log = logging.getLogger(__name__)


class Attempt(Protocol):
    """What reads one stream, from its opening to its end."""

    @property
    def name(self) -> str:
        """Say which, for the log."""
        ...

    @property
    def progress(self) -> int:
        """Return a count that goes up with every packet and every step; read by any thread."""
        ...

    def run(self, stop: Event) -> None:
        """Read until the stream ends or ``stop`` is set; raises StreamError."""
        ...

    def report_offline(self, detail: str) -> None:
        """Say that the stream is not there, and why."""
        ...


class CameraThread(Thread):
    """Runs one stream until it is asked to stop, opening it again whenever it breaks off."""

    def __init__(
        self,
        worker: Attempt,
        *,
        stop: Event,
        clock: Clock,
        backoff: Backoff | None = None,
    ) -> None:
        """Prepare the thread.

        Args:
            worker: Reads the stream.
            stop: Ends it.
            clock: For back-off.
            backoff: How long to wait between attempts.
        """
        # A read that hangs in native code must not keep the process from ending.
        super().__init__(name=f"camera-{worker.name}", daemon=True)
        self._worker = worker
        self._stop_asked = stop
        self._clock = clock
        # Short waits: a camera that is back must be seen again within five seconds.
        self._backoff = backoff or Backoff(first_s=0.5, longest_s=2.0, lasted_s=10.0)
        self._begun = False
        self._attempts = 0
        self.over = False

    @property
    def crashed(self) -> bool:
        """Return whether it ended by an error nobody expected."""
        return self._begun and not self.over and not self.is_alive()

    @property
    def progress(self) -> int:
        """Return a count that stands still only if the thread hangs; read by any thread."""
        return self._attempts + self._worker.progress

    def run(self) -> None:
        """Keep the camera running; returns when asked to stop or when a recording is over."""
        self._begun = True
        stop, worker = self._stop_asked, self._worker
        while not stop.is_set():
            began_s = self._clock.mono_s()
            self._attempts += 1
            try:
                worker.run(stop)
            except StreamError as error:
                wait_s = self._backoff.next_wait_s(self._clock.mono_s() - began_s)
                log.warning("camera=%s offline: %s; next try in %.1f s", worker.name, error, wait_s)
                worker.report_offline(str(error))
                stop.wait(wait_s)
                continue
            break
        self.over = True
