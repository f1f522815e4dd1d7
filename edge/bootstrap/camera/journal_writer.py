"""The one thread of a worker process that writes into the journal what its cameras have found.

Dozens of cameras that wrote themselves would wait for the file's lock, each of them asleep for
longer than the lock is held, and none would look at its pictures meanwhile.
"""

import logging
import time
from collections.abc import Callable, Sequence
from threading import Condition, Lock, Thread

from edge.bootstrap.camera.patience import Writes
from edge.domain.camera import CameraReport
from edge.errors import StoreError

log = logging.getLogger(__name__)

FIRST = float("-inf")
GATHER_S = 0.25
"""So long vital signs wait for those of other cameras, to be written with them."""

STUCK_AFTER_S = 10.0
"""Longer than another process may keep the file to itself."""


class JournalWriter(Thread):
    """Writes for whoever hands something in: who passes a gate first, else in their order."""

    def __init__(self, mono_s: Callable[[], float] = time.monotonic) -> None:
        """Prepare the thread; ``mono_s`` is the time."""
        super().__init__(name="journal", daemon=True)
        self._mono_s = mono_s
        self._changed = Condition()
        self._due_s: dict[Writes, float] = {}
        self._ending = False
        self._since_s: float | None = None

    @property
    def stuck(self) -> bool:
        """Return whether it hangs at the disk."""
        since_s = self._since_s
        return since_s is not None and self._mono_s() - since_s > STUCK_AFTER_S

    def hand(self, writer: Writes) -> None:
        """Have somebody's things written in their turn; it may be handed in already."""
        self._hand(writer, self._mono_s())

    def hand_first(self, writer: Writes) -> None:
        """Have somebody's things written before those of all others."""
        self._hand(writer, FIRST)

    def hand_later(self, writer: Writes) -> None:
        """Have somebody's things written in a moment, so that more may come until then."""
        self._hand(writer, self._mono_s() + GATHER_S)

    def _hand(self, writer: Writes, due_s: float) -> None:
        with self._changed:
            self._due_s.setdefault(writer, due_s)
            self._changed.notify()

    def finish(self, within_s: float) -> None:
        """Write what was handed in, and end."""
        with self._changed:
            self._ending = True
            self._changed.notify()
        if self.is_alive():
            self.join(within_s)

    def run(self) -> None:
        """Write until asked to finish."""
        while (writer := self._next()) is not None:
            self._since_s = self._mono_s()
            try:
                writer.write()
            except Exception as error:
                log.exception("what a camera has found cannot be written")
                writer.broke(error)
            self._since_s = None

    def _next(self) -> Writes | None:
        """Return who is due first, None once nobody is left after the end."""
        with self._changed:
            while True:
                first = min(self._due_s, key=self._due_s.__getitem__, default=None)
                if first is None:
                    if self._ending:
                        return None
                    self._changed.wait()
                    continue
                early_s = self._due_s[first] - self._mono_s()
                if early_s <= 0 or self._ending:
                    del self._due_s[first]
                    return first
                self._changed.wait(early_s)


class VitalSigns:
    """Takes the vital signs of all cameras of a process and writes them together."""

    def __init__(
        self,
        write: Callable[[Sequence[CameraReport]], None],
        hand: Callable[[Writes], None],
    ) -> None:
        """Prepare.

        Args:
            write: Keeps reports, each in the place of its camera's last one.
            hand: Has ``write`` called soon.
        """
        self._write = write
        self._hand = hand
        self._lock = Lock()
        self._latest: dict[str, CameraReport] = {}
        self._error: Exception | None = None

    def report(self, report: CameraReport) -> None:
        """Take note of a camera's vital signs."""
        if self._error is not None:
            raise self._error
        with self._lock:
            self._latest[report.camera_id] = report
        self._hand(self)

    def write(self) -> None:
        """Write what was reported since the last time."""
        with self._lock:
            latest, self._latest = self._latest, {}
        try:
            self._write(list(latest.values()))
        except StoreError as error:
            # They are told again in two seconds.
            log.debug("%d cameras not reported: %s", len(latest), error)

    def broke(self, error: Exception) -> None:
        """Have an error that nobody expected end who reports, as if it wrote itself."""
        self._error = error
