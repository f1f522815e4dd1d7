"""What reports and the health page are given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from edge.store.figures import Figures
from edge.store.proposals import Proposals
from edge.store.sinks import Sinks
from edge.store.tallies import Tallies


@dataclass(frozen=True, slots=True)
class NetworkInUse:
    """A network that a worker has loaded.

    Attributes:
        licence: As in the catalogue; empty for a file that is not in it.
    """

    name: str
    sha256: str
    licence: str
    commercial: bool


@dataclass(frozen=True, slots=True)
class ProcessVitals:
    """One process of the service.

    Attributes:
        memory_bytes: What it holds in memory.
        cpu_share: Processors it used since somebody looked before, or since it began.
        runs_s: How long it has been running; one that was started again runs shortly.
    """

    name: str
    pid: int
    memory_bytes: int
    cpu_share: float
    runs_s: float


@dataclass(frozen=True, slots=True)
class Room:
    """What evidence takes of the disk.

    Attributes:
        used_bytes: Of all files.
        quota_bytes: When they are more, the oldest go.
        oldest: When the oldest was made.
        disk_bytes: Of the whole disk.
    """

    used_bytes: int
    quota_bytes: int
    oldest: datetime | None
    disk_bytes: int


@dataclass(frozen=True, slots=True, eq=False)
class Reporting:
    """Stores, called for in the thread that uses them, and what the catalogue knows."""

    figures: Callable[[], Figures]
    tallies: Callable[[], Tallies]
    proposals: Callable[[], Proposals]
    sinks: Callable[[], Sinks]
    networks: Callable[[], Sequence[NetworkInUse]]
    processes: Callable[[], Sequence[ProcessVitals]]
    room: Callable[[], Room]
    certificate_ends_at: Callable[[], datetime | None]
