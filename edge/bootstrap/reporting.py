"""Gives reports and the health page their stores, and says what each network's licence is."""

from collections.abc import Sequence
from pathlib import Path

from edge.clock import Clock
from edge.console.reporting import NetworkInUse, Reporting
from edge.store.figures import Figures
from edge.store.networks import Networks
from edge.store.outbox import Outbox
from edge.store.per_thread import PerThread
from edge.store.proposals import Proposals
from edge.store.tallies import Tallies
from models.catalog import load_catalog


def reporting(path: Path, clock: Clock) -> Reporting:
    """Return what reports are made of.

    Args:
        path: The journal.
        clock: The box's.
    """
    networks = PerThread(lambda: Networks(path))
    return Reporting(
        figures=PerThread(lambda: Figures(path)),
        tallies=PerThread(lambda: Tallies(path)),
        proposals=PerThread(lambda: Proposals(path, clock)),
        outbox=PerThread(lambda: Outbox(path, clock)),
        networks=lambda: licensed(networks().loaded()),
    )


def licensed(loaded: Sequence[tuple[str, str]]) -> list[NetworkInUse]:
    """Return networks, given as name and SHA-256, with what the catalogue says of them."""
    entries = load_catalog().entries
    found = []
    for name, sha256 in loaded:
        entry = entries.get(name)
        licence, commercial = (entry.licence, entry.commercial) if entry else ("", False)
        found.append(NetworkInUse(name, sha256, licence, commercial))
    return found
