"""Faces and handicaps end with their time, also where nobody passes."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from edge.bootstrap.upkeep.forgetting import Forgetting
from edge.domain.resident import Consent, Resident
from edge.errors import StoreError
from edge.store.directory import Confusion, Directory
from edge.store.probes import Probes
from edge.store.residents import Template
from edge.store.vault import Vault
from tests.conftest import FakeClock

VAULT = Vault(bytes(32), "key")


class Flaky(Probes):
    """Faces on a disk that fails."""

    def purge(self, now: datetime) -> int:
        raise StoreError("probes.db: cannot be written (disk I/O error)")


def test_what_is_due_is_forgotten_and_nothing_else(tmp_path: Path, clock: FakeClock) -> None:
    probes = Probes(tmp_path / "probes.db", vault=VAULT)
    directory = Directory(tmp_path / "residents.db", vault=VAULT, clock=clock, actor="service")
    consent = Consent("v3", datetime(2026, 11, 24, tzinfo=UTC), "paper")
    vector = np.asarray(np.eye(4)[0], np.float32)
    directory.register(Resident("ann"), consent, [Template("t", "ann", "a" * 64, 1, vector)])
    directory.deny(Confusion("p1", "ann", 0.5, 0.45, days=1))
    probes.add("p1", b"short", now=clock.utc(), keep_s=60)
    probes.add("p2", b"long", now=clock.utc(), keep_s=200_000)
    forgetting = Forgetting(probes, directory, clock)
    forgetting.look()
    assert probes.kept(["p1", "p2"], clock.utc()) == {"p1", "p2"}
    clock.advance(86401)
    forgetting.look()
    assert probes.purge(clock.utc()) == 0
    assert probes.find("p2", clock.utc()) == b"long"
    assert directory.show("ann").handicaps == ()


def test_a_disk_that_fails_is_told_and_does_not_end_the_thread(
    tmp_path: Path, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    directory = Directory(tmp_path / "residents.db", vault=VAULT, clock=clock, actor="service")
    Forgetting(Flaky(tmp_path / "probes.db", vault=VAULT), directory, clock).look()
    assert "not forgotten: probes.db" in caplog.text
