"""Whether the machine's processors are busy, as the kernel says; see proc(5) and cgroups(7)."""

from pathlib import Path

IDLE_SHARE = 0.15
"""Of all processors together. Threads that wait for each other never use the last of it."""

STAT = Path("/proc/stat")
THROTTLED = Path("/sys/fs/cgroup/cpu.stat")


class Processors:
    """Asked now and then by one thread."""

    def __init__(self, stat: Path = STAT, throttled: Path = THROTTLED) -> None:
        """Begin to count; the files are the kernel's."""
        self._stat = stat
        self._throttled = throttled
        self._last = self._look()

    def short(self) -> bool:
        """Return whether they were busy since the last call; True where nobody knows."""
        before, self._last = self._last, self._look()
        idle, total, throttled = (now - then for now, then in zip(self._last, before, strict=True))
        return throttled > 0 or total <= 0 or idle < total * IDLE_SHARE

    def _look(self) -> tuple[int, int, int]:
        """Return ticks without work, ticks, and how often a limit of a container was met."""
        try:
            ticks = [int(one) for one in self._stat.read_text(encoding="ascii").split()[1:9]]
        except (OSError, ValueError):
            ticks = [0]
        idle = sum(ticks[3:5])  # idle, and waiting for the disk
        return idle, sum(ticks), self._times_throttled()

    def _times_throttled(self) -> int:
        try:
            lines = self._throttled.read_text(encoding="ascii").splitlines()
        except OSError:
            return 0
        found = [line.split()[1] for line in lines if line.startswith("nr_throttled ")]
        return int(found[0]) if found else 0
