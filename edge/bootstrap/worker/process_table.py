"""The service's processes as the kernel counts them, see proc(5)."""

import multiprocessing
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from edge.bootstrap.worker.weight import resident_bytes
from edge.console.reporting import ProcessVitals

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
STARTED = 19
"""Field of ``stat`` after the name: when it was started, in ticks since the machine was."""

UNNAMED = "SpawnProcess-"
"""An executor names its processes by number; the only one here is the workshop's."""

LEAST_S = 1.0
"""Between two looks: the kernel counts in hundredths of a second."""


@dataclass(slots=True)
class _Seen:
    at_s: float
    cpu_s: float
    share: float


class ProcessTable:
    """This process and its children; used by several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[int, _Seen] = {}

    def __call__(self) -> list[ProcessVitals]:
        """Return all that run now, this one first; nothing where there is no ``/proc``."""
        names = {os.getpid(): "service"}
        for child in multiprocessing.active_children():
            if child.pid:
                names[child.pid] = "workshop" if child.name.startswith(UNNAMED) else child.name
        with self._lock:
            found = [vitals for pid, name in names.items() if (vitals := self._look(pid, name))]
            self._seen = {pid: seen for pid, seen in self._seen.items() if pid in names}
        return found

    def _look(self, pid: int, name: str) -> ProcessVitals | None:
        folder = Path(f"/proc/{pid}")
        try:
            # The name, which is in brackets, may have brackets and spaces itself.
            stat = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            return None
        memory_bytes = resident_bytes(pid)
        if memory_bytes is None:
            return None
        now_s, cpu_s = time.clock_gettime(time.CLOCK_BOOTTIME), _cpu_s(stat)
        runs_s = now_s - int(stat[STARTED]) / TICKS_PER_S
        before = self._seen.get(pid) or _Seen(now_s - runs_s, 0.0, 0.0)
        if now_s - before.at_s >= LEAST_S:
            share = (cpu_s - before.cpu_s) / (now_s - before.at_s)
            self._seen[pid] = _Seen(now_s, cpu_s, share)
        else:
            share = before.share
        return ProcessVitals(name, pid, memory_bytes, share, runs_s)


def _cpu_s(stat: list[str]) -> float:
    user, system = stat[11:13]
    return (int(user) + int(system)) / TICKS_PER_S
