"""On what something was measured."""

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Machine:
    """What figures depend on, as far as it can be asked.

    Attributes:
        processor: Its name.
        cores: That this process may use.
        memory_bytes: Of the machine.
        kernel: Name and release.
    """

    processor: str
    cores: int
    memory_bytes: int
    kernel: str

    @property
    def line(self) -> str:
        """Return it for people."""
        memory = f"{self.memory_bytes / 2**30:.0f} GiB"
        return f"{self.cores} x {self.processor}, {memory}, {self.kernel}"

    def computes_like(self, other: "Machine") -> bool:
        """Return whether times of both can be compared."""
        return (self.processor, self.cores) == (other.processor, other.cores)


def this_machine(cpuinfo: Path = Path("/proc/cpuinfo")) -> Machine:
    """Return on what this runs.

    Args:
        cpuinfo: Where the kernel tells of the processors; not every kind is named there.
    """
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return Machine(
        processor=next(named, platform.machine()),
        cores=len(os.sched_getaffinity(0)),
        memory_bytes=os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"),
        kernel=f"{platform.system()} {platform.release()}",
    )


@contextmanager
def on_processors(count: int) -> Iterator[None]:
    """Have what is started meanwhile use so many processors, or all where there are fewer."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:count])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
