"""What reports and the health page are given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edge.store.figures import Figures
from edge.store.outbox import Outbox
from edge.store.proposals import Proposals
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


@dataclass(frozen=True, slots=True, eq=False)
class Reporting:
    """Stores, called for in the thread that uses them, and what the catalogue knows."""

    figures: Callable[[], Figures]
    tallies: Callable[[], Tallies]
    proposals: Callable[[], Proposals]
    outbox: Callable[[], Outbox]
    networks: Callable[[], Sequence[NetworkInUse]]
