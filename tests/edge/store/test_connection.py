"""A database file on a disk that is full, read only, or exchanged under the one who uses it."""

import sqlite3
from pathlib import Path

import pytest

from edge.errors import StoreError
from edge.files import locked
from edge.store.connection import AGAIN_S, DAMAGED_SUFFIX, Connection
from edge.store.database import open_database, transaction
from tests.conftest import FakeClock
from tests.fixtures_disk import PowerDisk, SmallDisk

TABLE = ("CREATE TABLE things (content BLOB);",)


def opened(path: Path) -> Connection:
    return open_database(path, TABLE)


def add(connection: Connection, size: int = 1) -> None:
    connection.knock()
    with transaction(connection):
        connection.execute("INSERT INTO things VALUES (?)", (bytes(size),))


def count(connection: Connection) -> int:
    connection.knock()
    return int(connection.execute("SELECT count(*) AS n FROM things").fetchone()["n"])


def test_a_disk_that_fills_up_is_said_and_recovery_needs_no_hand(small_disk: SmallDisk) -> None:
    connection = opened(small_disk.root / "a.db")
    add(connection)
    small_disk.fill()
    with pytest.raises(StoreError, match=r"a\.db: cannot be written .* make room on its disk"):
        add(connection, 1_000_000)
    assert count(connection) == 1
    small_disk.free()
    add(connection, 1_000_000)
    assert count(connection) == 2
    connection.close()


def test_a_file_is_read_on_a_disk_that_was_full_before_it_was_opened(small_disk: SmallDisk) -> None:
    path = small_disk.root / "a.db"
    before = opened(path)
    add(before)
    before.close()
    small_disk.fill()
    connection = opened(path)
    assert count(connection) == 1
    with pytest.raises(StoreError, match="cannot be written"):
        add(connection)
    small_disk.free()
    add(connection)
    assert count(connection) == 2
    connection.close()


def test_a_file_that_cannot_even_be_made_is_made_when_there_is_room(small_disk: SmallDisk) -> None:
    small_disk.fill()
    connection = opened(small_disk.root / "a.db")
    for _ in range(2):
        with pytest.raises(StoreError, match=r"a\.db: cannot be"):
            add(connection)
    small_disk.free()
    add(connection)
    assert count(connection) == 1
    connection.close()


def test_a_file_is_read_on_a_disk_that_is_read_only_and_written_when_it_is_not(
    small_disk: SmallDisk,
) -> None:
    path = small_disk.root / "a.db"
    before = opened(path)
    add(before)
    before.close()
    small_disk.read_only()
    connection = opened(path)
    assert count(connection) == 1
    with pytest.raises(StoreError, match="cannot be written"):
        add(connection)
    small_disk.writable()
    add(connection)
    assert count(connection) == 2
    connection.close()


def test_what_a_crash_left_in_the_log_is_read_on_a_read_only_disk(
    small_disk: SmallDisk, tmp_path: Path
) -> None:
    first = opened(tmp_path / "a.db")
    add(first)
    add(first)
    for name in ("a.db", "a.db-wal", "a.db-shm"):
        (small_disk.root / name).write_bytes((tmp_path / name).read_bytes())
    first.close()
    small_disk.read_only()
    connection = opened(small_disk.root / "a.db")
    assert count(connection) == 2
    connection.close()


def test_a_log_that_cannot_be_read_is_not_passed_over(
    small_disk: SmallDisk, tmp_path: Path
) -> None:
    first = opened(tmp_path / "a.db")
    add(first)
    for name in ("a.db", "a.db-wal"):
        (small_disk.root / name).write_bytes((tmp_path / name).read_bytes())
    first.close()
    small_disk.read_only()
    connection = opened(small_disk.root / "a.db")
    with pytest.raises(StoreError):
        count(connection)
    small_disk.writable()
    assert count(connection) == 1
    connection.close()


def test_who_holds_a_file_that_is_put_aside_goes_on_with_the_new_one(tmp_path: Path) -> None:
    connection = opened(tmp_path / "a.db")
    add(connection)
    for suffix in ("", "-wal", "-shm"):
        (tmp_path / f"a.db{suffix}").rename(tmp_path / f"aside.db{suffix}")
    with pytest.raises(StoreError):
        count(connection)  # nobody makes an empty one in between
    assert not (tmp_path / "a.db").exists()
    new = opened(tmp_path / "a.db")
    add(connection)
    assert (count(connection), count(new)) == (1, 1)
    assert connection.openings == 2
    for one in (connection, new):
        one.close()


def test_what_others_write_is_a_change_and_so_is_another_file(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    connection, other = opened(path), opened(path)
    assert connection.changed()  # nobody knows what was there before
    assert not connection.changed()
    add(connection)
    assert not connection.changed()
    add(other)
    assert connection.changed()
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).rename(tmp_path / f"aside.db{suffix}")
    new = opened(path)
    connection.knock()
    assert connection.changed()
    assert not connection.changed()
    for one in (connection, other, new):
        one.close()


def test_while_a_file_is_mended_it_is_away(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    opened(path).close()
    with locked(tmp_path):
        connection = opened(path)
        with pytest.raises(StoreError, match="is being mended"):
            count(connection)
    assert count(connection) == 0
    connection.close()


def test_a_file_that_is_away_is_not_knocked_at_without_a_pause(
    tmp_path: Path, clock: FakeClock
) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(b"no database at all, though as long as a page" * 200)
    attempts: list[bool] = []

    def prepare(connection: sqlite3.Connection, reading: bool) -> None:
        attempts.append(reading)
        connection.execute("PRAGMA journal_mode = WAL")

    connection = Connection(path, prepare, mono_s=clock.mono_s)
    for _ in range(3):
        with pytest.raises(StoreError, match="is damaged"):
            connection.execute("SELECT 1")
    assert attempts == [False]
    clock.advance(AGAIN_S)
    path.unlink()
    assert connection.execute("SELECT 1").fetchone()[0] == 1
    connection.close()


def test_damage_that_is_met_is_noted_beside_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    before = opened(path)
    for _ in range(50):
        add(before, 3000)
    before.close()
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 40] = bytes(4096 * 37)
    path.write_bytes(content)
    connection = opened(path)
    with pytest.raises(StoreError, match="is damaged"):
        connection.execute("SELECT * FROM things").fetchall()
    assert (tmp_path / f"a.db{DAMAGED_SUFFIX}").exists()
    connection.close()


def test_a_disk_that_turns_read_only_under_who_writes_is_said_and_read_on(
    power_disk: PowerDisk,
) -> None:
    connection = opened(power_disk.root / "a.db")
    add(connection)
    power_disk.fail()
    for _ in range(3):
        with pytest.raises(StoreError, match=r"a\.db: cannot be written"):
            add(connection)
        assert count(connection) == 1
    connection.close()
