"""Gives reports and the health page their stores, and says what each network's licence is."""

import shutil
from collections.abc import Sequence

from edge.bootstrap import parts
from edge.bootstrap.web.certificate import ends_at
from edge.bootstrap.worker.process_table import ProcessTable
from edge.clock import Clock
from edge.console.reporting import NetworkInUse, Reporting, Room
from edge.settings import Settings
from edge.store.evidence import EvidenceStore
from edge.store.figures import Figures
from edge.store.networks import Networks
from edge.store.per_thread import PerThread
from edge.store.proposals import Proposals
from edge.store.sinks import Sinks
from edge.store.tallies import Tallies
from models.catalog import load_catalog


def reporting(settings: Settings, clock: Clock) -> Reporting:
    """Return what reports and the health page are made of.

    Args:
        settings: The configuration.
        clock: The box's.
    """
    path = parts.journal_path(settings)
    evidence = PerThread(lambda: EvidenceStore(path, clock))
    tls = settings.console.tls
    networks = PerThread(lambda: Networks(path))
    return Reporting(
        figures=PerThread(lambda: Figures(path)),
        tallies=PerThread(lambda: Tallies(path)),
        proposals=PerThread(lambda: Proposals(path, clock)),
        sinks=PerThread(lambda: Sinks(path, clock)),
        networks=lambda: licensed(networks().loaded()),
        processes=ProcessTable(),
        room=lambda: _room(settings, evidence()),
        certificate_ends_at=lambda: ends_at(settings.base / tls.certificate) if tls else None,
    )


def licensed(loaded: Sequence[tuple[str, str]]) -> list[NetworkInUse]:
    """Return networks, given as name and SHA-256, with what the catalogue says of them."""
    entries = load_catalog().entries
    by_file = {entry.sha256: entry for entry in entries.values()}
    found = []
    for name, sha256 in loaded:
        # A face pack goes by its own name; its recogniser's file is in the catalogue.
        entry = entries.get(name) or by_file.get(sha256)
        licence, commercial = (entry.licence, entry.commercial) if entry else ("", False)
        found.append(NetworkInUse(name, sha256, licence, commercial))
    return found


def _room(settings: Settings, evidence: EvidenceStore) -> Room:
    return Room(
        used_bytes=evidence.kept_bytes(),
        quota_bytes=settings.evidence.quota,
        oldest=evidence.oldest(),
        disk_bytes=shutil.disk_usage(settings.home).total,
    )
