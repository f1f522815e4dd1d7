"""A camera's second stream, for clips: received and kept, never decoded."""

import logging
from collections.abc import Callable
from threading import Event

from streams.reading import Reading

log = logging.getLogger(__name__)


class Tap:
    """Fills a camera's ring; ``run`` may be called again after it raised."""

    def __init__(self, camera_id: str, open_stream: Callable[[float], Reading]) -> None:
        """Prepare.

        Args:
            camera_id: As in the configuration.
            open_stream: Opens what is to be recorded, with its ring.
        """
        self.name = f"{camera_id} (record_url)"
        self._open_stream = open_stream
        self._stream: Reading | None = None

    @property
    def progress(self) -> int:
        """Return a count of packets; it stands still only if the thread hangs."""
        return self._stream.counters.packets if self._stream is not None else 0

    def run(self, stop: Event) -> None:
        """Read until the stream ends or ``stop`` is set; raises StreamError."""
        stream = self._stream = self._open_stream(0.0)
        try:
            stream.keep(stop)
        finally:
            stream.close()

    def report_offline(self, detail: str) -> None:
        """Say that clips are made of the other stream until this one is back."""
        log.warning("camera=%s clips show url instead: %s", self.name, detail)
