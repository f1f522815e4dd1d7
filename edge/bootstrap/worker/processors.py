"""Whether this process's processors are busy, as the kernel says; see proc(5) and cgroups(7)."""

import os
from collections.abc import Callable, Collection
from pathlib import Path

IDLE_SHARE = 0.15
"""Of its processors together. Threads that wait for each other never use the last of it."""

STAT = Path("/proc/stat")
THROTTLED = Path("/sys/fs/cgroup/cpu.stat")


class Processors:
    """Asked now and then by one thread."""

    def __init__(
        self,
        stat: Path = STAT,
        throttled: Path = THROTTLED,
        *,
        own: Callable[[], Collection[int]] = lambda: os.sched_getaffinity(0),
    ) -> None:
        """Begin to count.

        Args:
            stat: The kernel's file of ticks by processor.
            throttled: The kernel's file of the container's limits.
            own: Returns the numbers of the processors that this process may use.
        """
        self._stat = stat
        self._throttled = throttled
        self._own = own
        self._last = self._look()

    def short(self) -> bool:
        """Return whether they were busy since the last call; True where nobody knows."""
        before, self._last = self._last, self._look()
        idle, total, throttled = (now - then for now, then in zip(self._last, before, strict=True))
        return throttled > 0 or total <= 0 or idle < total * IDLE_SHARE

    def _look(self) -> tuple[int, int, int]:
        """Return ticks without work, ticks, and how often a limit of a container was met."""
        own = {f"cpu{number}" for number in self._own()}
        idle = total = 0
        try:
            for line in self._stat.read_text(encoding="ascii").splitlines():
                name, *ticks = line.split()[:9]
                if name in own:
                    idle += sum(map(int, ticks[3:5]))  # idle, and waiting for the disk
                    total += sum(map(int, ticks))
        except (OSError, ValueError):
            return 0, 0, self._times_throttled()
        return idle, total, self._times_throttled()

    def _times_throttled(self) -> int:
        try:
            lines = self._throttled.read_text(encoding="ascii").splitlines()
        except OSError:
            return 0
        found = [line.split()[1] for line in lines if line.startswith("nr_throttled ")]
        return int(found[0]) if found else 0
