"""The service as the machine's service manager sees it: begun, alive, in one line how it is."""

import logging
import threading
from collections.abc import Callable, Collection

from edge.clock import Clock
from edge.domain.camera import CameraState
from edge.domain.strain import overloaded
from edge.domain.worker import WorkerState
from edge.notify import Systemd
from edge.wire.health import Health

log = logging.getLogger(__name__)

VITAL = frozenset({"relay", "web"})
"""Threads without which nothing is delivered or shown. Workers are processes, watched otherwise."""

SIGNS_PER_WATCHDOG = 3
STATUS_EVERY_S = 10.0


def running_threads() -> frozenset[str]:
    """Return the names of this process's threads."""
    return frozenset(thread.name for thread in threading.enumerate())


class Machine:
    """Told by the service's own loop that it goes round; says so while all that must live does."""

    def __init__(
        self,
        systemd: Systemd,
        clock: Clock,
        *,
        health: Callable[[], Health],
        threads: Callable[[], Collection[str]] = running_threads,
    ) -> None:
        """Prepare.

        Args:
            systemd: Is told.
            clock: For how often.
            health: Returns how the box is.
            threads: Returns the names of those that live.
        """
        self._systemd = systemd
        self._clock = clock
        self._health = health
        self._threads = threads
        self._vital: frozenset[str] = frozenset()
        self._reloading = False
        self._signed_s = self._told_s = float("-inf")
        self._missing: frozenset[str] = frozenset()

    def begin(self) -> None:
        """Say that everything has begun."""
        # The console's port may be taken: then the gates go on without it.
        self._vital = VITAL.intersection(self._threads())
        self._systemd.ready(summary(self._health()))

    def reload(self) -> None:
        """Say that the configuration is read again."""
        self._reloading = True
        self._systemd.reloading()

    def go_round(self, *, changing: bool) -> None:
        """Give a sign of life and say how the box is, as often as is wanted.

        Args:
            changing: Whether workers are just following a change of the configuration.
        """
        now_s = self._clock.mono_s()
        if self._reloading and not changing:
            self._reloading = False
            self._systemd.ready(summary(self._health()))
        every_s = self._systemd.watchdog_s / SIGNS_PER_WATCHDOG
        if every_s and now_s - self._signed_s >= every_s and self._all_live():
            self._signed_s = now_s
            self._systemd.alive()
        if now_s - self._told_s >= STATUS_EVERY_S and not self._reloading:
            self._told_s = now_s
            self._systemd.status(summary(self._health()))

    def end(self) -> None:
        """Say that the service ends."""
        self._systemd.stopping()

    def _all_live(self) -> bool:
        missing = self._vital.difference(self._threads())
        if missing != self._missing:
            self._missing = missing
            log.error("has ended and must not: %s; the watchdog is not told", ", ".join(missing))
        return not missing


def summary(health: Health) -> str:
    """Return how a box is in one line."""
    online = sum(one.state is CameraState.ONLINE for one in health.cameras)
    said = [f"{online} of {len(health.cameras)} cameras online", f"{health.waiting} messages wait"]
    if health.store.error:
        said.append("nothing can be stored")
    if overloaded(health.strain):
        said.append("overloaded")
    looping = [one.name for one in health.workers if one.state is WorkerState.CRASH_LOOP]
    if looping:
        said.append(f"crash loop: {', '.join(looping)}")
    return "; ".join(said)
