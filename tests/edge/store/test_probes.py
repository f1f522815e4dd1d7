import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from edge.errors import ConfigError
from edge.store.probes import Probes
from edge.store.vault import PictureLabel, Vault
from tests.conftest import FakeClock

JPEG = bytes(range(256)) * 20
DAY_S = 86400.0

OpenProbes = Callable[..., Probes]


@pytest.fixture
def open_probes(tmp_path: Path) -> Iterator[OpenProbes]:
    opened: list[Probes] = []

    def open_one(*, key: int = 1) -> Probes:
        vault = Vault(bytes([key]) * 32, "key")
        opened.append(Probes(tmp_path / "probes.db", vault=vault))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


def test_a_face_comes_back_byte_by_byte_and_is_nowhere_in_the_file(
    open_probes: OpenProbes, tmp_path: Path, clock: FakeClock
) -> None:
    probes = open_probes()
    probes.add("p1", JPEG, now=clock.utc(), keep_s=DAY_S)
    assert probes.find("p1", clock.utc()) == JPEG
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert JPEG[:24] not in written
    assert (tmp_path / "probes.db").stat().st_mode & 0o077 == 0


def test_a_face_is_not_shown_after_its_time_even_before_it_is_purged(
    open_probes: OpenProbes, clock: FakeClock
) -> None:
    probes = open_probes()
    probes.add("p1", JPEG, now=clock.utc(), keep_s=DAY_S)
    later = clock.utc() + timedelta(seconds=DAY_S)
    assert probes.find("p1", later) is None
    assert probes.kept(["p1"], later) == frozenset()
    assert probes.kept(["p1", "p2"], clock.utc()) == {"p1"}


def test_what_is_purged_leaves_no_byte(
    open_probes: OpenProbes, tmp_path: Path, clock: FakeClock
) -> None:
    probes = open_probes()
    probes.add("p1", JPEG, now=clock.utc(), keep_s=DAY_S)
    direct = sqlite3.connect(tmp_path / "probes.db")
    [sealed] = direct.execute("SELECT sealed FROM probes").fetchone()
    direct.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert sealed[:64] in (tmp_path / "probes.db").read_bytes()
    clock.advance(DAY_S + 1)
    assert probes.purge(clock.utc()) == 1
    assert probes.purge(clock.utc()) == 0
    direct.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    direct.close()
    files = [path.read_bytes() for path in tmp_path.glob("probes.db*")]
    assert not any(sealed[start : start + 64] in file for file in files for start in (0, 2000))


def test_the_next_passage_purges_what_is_due(open_probes: OpenProbes, clock: FakeClock) -> None:
    probes = open_probes()
    probes.add("p1", JPEG, now=clock.utc(), keep_s=DAY_S)
    clock.advance(DAY_S + 1)
    probes.add("p2", JPEG, now=clock.utc(), keep_s=DAY_S)
    assert probes.purge(clock.utc()) == 0


def test_an_update_takes_the_place_of_the_earlier_face(
    open_probes: OpenProbes, clock: FakeClock
) -> None:
    probes = open_probes()
    probes.add("p1", JPEG, now=clock.utc(), keep_s=DAY_S)
    probes.add("p1", b"better", now=clock.utc(), keep_s=DAY_S)
    assert probes.find("p1", clock.utc()) == b"better"


def test_a_face_under_another_passages_id_does_not_open(
    open_probes: OpenProbes, tmp_path: Path, clock: FakeClock
) -> None:
    probes = open_probes()
    probes.add("p1", JPEG, now=clock.utc(), keep_s=DAY_S)
    direct = sqlite3.connect(tmp_path / "probes.db", isolation_level=None)
    direct.execute("UPDATE probes SET passage_id = 'p2'")
    direct.close()
    with pytest.raises(ConfigError, match="probe of p2 does not open"):
        probes.find("p2", clock.utc())


def test_a_face_does_not_open_with_another_key(open_probes: OpenProbes, clock: FakeClock) -> None:
    open_probes().add("p1", JPEG, now=clock.utc(), keep_s=DAY_S)
    with pytest.raises(ConfigError, match="put the right key there"):
        open_probes(key=2).find("p1", clock.utc())


def test_a_probe_does_not_open_as_a_portrait() -> None:
    vault = Vault(bytes(32), "key")
    sealed = vault.seal_bytes(JPEG, PictureLabel("probe", "ann"))
    with pytest.raises(ConfigError):
        vault.open_bytes(sealed, PictureLabel("portrait", "ann"))
