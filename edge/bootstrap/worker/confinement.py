"""What a worker process says of itself to the kernel: its name, its memory, that it may die first.

Where the kernel is another one nothing is said: these are precautions, and the service goes on.
"""

import contextlib
import ctypes
import logging
import resource
import sys
from pathlib import Path

log = logging.getLogger(__name__)

PR_SET_NAME = 15
LONGEST_NAME = 15

OOM_SCORE = 600
"""Of -1000 to 1000. Where memory is short on the whole machine a worker is ended, not the service:
it is back in a few seconds, and nothing is lost."""

BURST = 2.0
"""The service looks at the resident memory once a second. What is asked for within a second and is
more than this many times the limit is refused by the kernel."""


def call_itself(name: str) -> None:
    """Have ``ps``, ``top`` and the kernel's log show a name for this process."""
    if not sys.platform.startswith("linux"):
        return
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_NAME, name.encode()[:LONGEST_NAME], 0, 0, 0)


def die_first() -> None:
    """Ask the kernel to end this process before others when memory is short."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(str(OOM_SCORE), encoding="ascii")


def limit_memory(limit_bytes: int) -> None:
    """Have the kernel refuse memory far above what the service ends this process for."""
    wanted = round(limit_bytes * BURST)
    try:
        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        if most != resource.RLIM_INFINITY:
            wanted = min(wanted, most)
        resource.setrlimit(resource.RLIMIT_DATA, (wanted, most))
    except (OSError, ValueError) as error:
        log.warning("memory is not limited by the kernel: %s", error)
