"""The power goes at any moment: what was said to be on the disk is, and nothing is half there."""

import subprocess
import sys
from pathlib import Path

import pytest

from edge.evidence.folder import sha256_of
from edge.evidence.verification import verify_incident
from edge.store.accounts import Accounts
from edge.store.mending import damage_of
from edge.store.outbox import Outbox
from tests.conftest import ROOT, FakeClock
from tests.exhibits import Exhibits
from tests.fixtures_disk import PowerDisk

CUTS = 5


def written_until_cut(disk: PowerDisk, home: Path, things: int) -> set[str]:
    """Return what a writer said was on the disk when the power went, after so many things."""
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.edge.evidence.cut_off", str(home)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout is not None
    assert writer.stderr is not None
    said = [line.strip() for line, _ in zip(writer.stdout, range(things), strict=False)]
    disk.cut_power()
    rest, told = writer.communicate(timeout=30)
    assert writer.returncode != 0
    assert len(said) == things, told
    # What is said after the cut was on the disk before it: nothing is written afterwards.
    return {*said, *rest.split("\n")} - {""}


def require_all_of(said: set[str], home: Path) -> None:
    clock = FakeClock()
    for name in ("journal.db", "console.db"):
        assert damage_of(home / name, thorough=True) is None
    box = Exhibits(home, clock)
    incidents = {line.split()[1] for line in said if line.startswith("incident")}
    known = set(box.store.incident_ids())
    assert incidents <= known
    for incident_id in known:  # also one that nobody was told of any more
        for item in box.store.items(incident_id):
            path = box.folder.root / item.path
            assert (path.stat().st_size, sha256_of(path)) == (item.bytes, item.sha256)
        found = verify_incident(
            incident_id, folder=box.folder, store=box.store, authenticator=box.authenticator
        )
        if incident_id in incidents:
            assert found.problems == ()
    outbox = Outbox(home / "journal.db", clock)
    waiting = [one.seq for one in outbox.waiting(limit=100_000) if one.seq is not None]
    assert sorted(waiting) == list(range(1, len(waiting) + 1))
    passages = {f"passage {one}" for one in _passages(box)}
    assert {line for line in said if line.startswith("passage")} <= passages
    accounts = Accounts(home / "console.db", clock)
    assert accounts.first_broken_audit_row() is None
    acts = {f"audit {one.subject}" for one in accounts.audit_rows()}
    assert {line for line in said if line.startswith("audit")} <= acts
    settings = [int(line.split()[1]) for line in said if line.startswith("settings")]
    number = int((home / "gridwatch.yaml").read_text().split()[1])
    assert number >= max(settings, default=0)
    for line in said:
        if line.startswith("key"):
            assert (home / "keys" / f"{line.split()[1]}.key").read_bytes() == b"k" * 32
    for stale in (box.journal, box.store, outbox, accounts):
        stale.close()
    box.manifests._store.close()


def _passages(box: Exhibits) -> list[str]:
    rows = box.journal._connection.execute("SELECT id FROM passages").fetchall()
    return [row["id"] for row in rows]


@pytest.mark.parametrize("things", [3 + 15 * cut + cut % 4 for cut in range(CUTS)])
def test_what_was_said_to_be_on_the_disk_is_there_after_a_power_cut(
    power_disk: PowerDisk, things: int
) -> None:
    home = power_disk.root / "var"
    said = written_until_cut(power_disk, home, things)
    power_disk.begin_anew()
    require_all_of(said, home)


def test_the_disk_loses_what_was_not_flushed(power_disk: PowerDisk) -> None:
    lost = power_disk.root / "lost"
    lost.write_bytes(b"x" * 5000)
    power_disk.cut_power()
    power_disk.begin_anew()
    assert not lost.exists() or lost.stat().st_size == 0
