"""What the processes of a service take and hold, seen from outside."""

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path

KIB = 1024
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
OWN_AND_WAITED_FOR = slice(11, 15)
"""``utime``, ``stime``, ``cutime``, ``cstime`` behind a process's name, see proc(5)."""


def family(pid: int) -> list[int]:
    """Return a process and all that it has started, itself first."""
    found = [pid]
    for one in found:  # it grows meanwhile
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                found += [int(child) for child in task.read_text().split()]
    return found


def cpu_s(pids: Sequence[int]) -> float:
    """Return the processor time of processes, and of what they have started and waited for.

    So what one took that has ended in the meantime is in the difference of two calls.
    """
    ticks = 0
    for pid in pids:
        with contextlib.suppress(OSError):  # it has ended
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
            ticks += sum_of_ticks(stat)
    return ticks / TICKS_PER_S


def machine_s() -> float:
    """Return the processor time of all that runs on this machine, since it began."""
    first, _, _ = Path("/proc/stat").read_text(encoding="utf-8").partition("\n")
    return busy_ticks(first) / TICKS_PER_S


def busy_ticks(line: str) -> int:
    """Return the ticks of work that the first line of ``/proc/stat`` tells, see proc(5)."""
    user, nice, system, _idle, _iowait, irq, softirq = map(int, line.split()[1:8])
    return user + nice + system + irq + softirq


def sum_of_ticks(stat: str) -> int:
    """Return the processor time that a line of ``/proc/PID/stat`` tells, in ticks."""
    behind_name = stat.rpartition(")")[2].split()
    return sum(int(one) for one in behind_name[OWN_AND_WAITED_FOR])


def anonymous_mib(pid: int) -> float:
    """Return the resident memory of a process without what is only mapped from files; 0 if over."""
    with contextlib.suppress(OSError):
        return anonymous_of(Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
    return 0.0


def anonymous_of(status: str) -> float:
    """Return the MiB that ``/proc/PID/status`` tells; 0 of a process that has just ended."""
    for line in status.splitlines():
        name, _, amount = line.partition(":")
        if name == "RssAnon":
            return int(amount.split()[0]) / KIB
    return 0.0


def workers_of(service: int) -> list[int]:
    """Return the process ids of a service's workers, without one that lies ready."""
    found = []
    for task in Path(f"/proc/{service}/task").glob("*/children"):
        for child in task.read_text().split():
            with contextlib.suppress(OSError):  # it has just ended
                if Path(f"/proc/{child}/comm").read_text().startswith("worker-"):
                    found.append(int(child))
    return found
