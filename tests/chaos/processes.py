"""What the processes of a service hold: memory, file descriptors, threads; seen from outside."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

KIB = 1024


@dataclass(frozen=True, slots=True)
class Holding:
    """What some processes hold together.

    Attributes:
        rss_mib: Resident memory, without what is only mapped from files.
    """

    rss_mib: float
    fds: int
    threads: int


def holding(pids: Sequence[int]) -> Holding:
    """Return what processes hold at this moment; one that has ended holds nothing."""
    rss = fds = threads = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            status = dict(
                line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines()
            )
            rss += int(status.get("RssAnon", "0").split()[0])  # none of one that has just ended
            threads += int(status["Threads"])
            fds += len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return Holding(rss / KIB, fds, threads)
