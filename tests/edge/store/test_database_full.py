from pathlib import Path

import pytest

from edge.errors import StoreError
from edge.store.database import open_database, transaction

TABLE = ("CREATE TABLE things (content BLOB);",)


def test_a_full_disk_is_said_and_the_connection_can_be_used_again(tmp_path: Path) -> None:
    connection = open_database(tmp_path / "small.db", TABLE)
    connection.execute("PRAGMA max_page_count = 20")

    def write(size: int) -> None:
        with transaction(connection):
            connection.execute("INSERT INTO things VALUES (?)", (bytes(size),))

    with pytest.raises(StoreError, match=r"small\.db: cannot be written .* make room on its disk"):
        write(1_000_000)
    write(100)
    assert connection.execute("SELECT count(*) AS n FROM things").fetchone()["n"] == 1
    connection.close()


def test_a_lock_held_too_long_is_said(tmp_path: Path) -> None:
    holder = open_database(tmp_path / "held.db", TABLE)
    waiter = open_database(tmp_path / "held.db", TABLE)
    waiter.execute("PRAGMA busy_timeout = 10")
    with transaction(holder), pytest.raises(StoreError, match="locked"), transaction(waiter):
        pass
    with transaction(waiter):
        waiter.execute("INSERT INTO things VALUES (x'00')")
    holder.close()
    waiter.close()
