"""A damaged file is found, put aside, and gone on from with what can be read."""

import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from edge.errors import StoreError
from edge.store.connection import Connection
from edge.store.database import open_database, transaction
from edge.store.mending import Mended, damage_of, mend, mended_in
from tests.conftest import FakeClock
from tests.fixtures_disk import SmallDisk

PAGE = 4096
SCRIPTS = (
    """
CREATE TABLE people (
    name TEXT PRIMARY KEY, age INTEGER NOT NULL, note TEXT, tall REAL
) WITHOUT ROWID;
CREATE TABLE letters (
    number INTEGER PRIMARY KEY,
    name   TEXT NOT NULL REFERENCES people (name),
    body   BLOB NOT NULL,
    at     TEXT NOT NULL
);
CREATE INDEX letters_by_name ON letters (name, at);
""",
    "ALTER TABLE letters ADD COLUMN read INTEGER NOT NULL DEFAULT 0;\n",
)
PEOPLE, LETTERS = 400, 600

Damage = Callable[[Path], object]
Rows = list[tuple[Any, ...]]


def write(path: Path, *, scripts: tuple[str, ...] = SCRIPTS) -> None:
    """Write people and letters; every hundredth letter is longer than a page."""
    connection = open_database(path, scripts)
    with transaction(connection):
        connection.executemany(
            "INSERT INTO people VALUES (?, ?, ?, ?)",
            [
                (f"p{one:05}", one - 200, None if one % 3 else "n" * 200, one / 2)
                for one in range(PEOPLE)
            ],
        )
        connection.executemany(
            "INSERT INTO letters (name, body, at) VALUES (?, ?, ?)",
            [
                (f"p{one % PEOPLE:05}", bytes([one % 256]) * (9000 if one % 100 == 0 else 300), "t")
                for one in range(LETTERS)
            ],
        )
    connection.close()


def mended(path: Path, clock: FakeClock, *, reason: str = "found") -> Mended:
    return mend(path, SCRIPTS, reason=reason, now=clock.utc())


def rows(path: Path) -> tuple[Rows, Rows]:
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        return (
            connection.execute("SELECT * FROM people ORDER BY name").fetchall(),
            connection.execute("SELECT * FROM letters ORDER BY number").fetchall(),
        )
    finally:
        connection.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home" / "a.db"


def test_a_sound_file_has_nothing_wrong_with_it(path: Path) -> None:
    assert damage_of(path, thorough=True) is None
    write(path)
    assert damage_of(path, thorough=False) is None
    assert damage_of(path, thorough=True) is None


def test_every_row_of_a_file_without_a_bad_page_is_saved(path: Path, clock: FakeClock) -> None:
    write(path)
    before = rows(path)
    found = mended(path, clock)
    assert rows(path) == before
    assert (found.saved, found.lost, found.pages_lost) == (PEOPLE + LETTERS, 0, 0)
    assert found.aside == "a.db.damaged-20261124T030000"
    assert (path.parent / found.aside).exists()
    assert mended_in(path.parent) == [found]
    assert damage_of(path, thorough=True) is None


def test_rows_that_are_only_in_the_log_are_saved(path: Path, clock: FakeClock) -> None:
    write(path)
    writer = open_database(path, SCRIPTS)
    with transaction(writer):
        writer.execute("INSERT INTO people VALUES ('zoe', 9, NULL, 1.5)")
    mended(path, clock)
    assert ("zoe", 9, None, 1.5) in rows(path)[0]
    with transaction(writer):  # and who had it open goes on with the new one
        writer.execute("INSERT INTO people VALUES ('zora', 10, NULL, 1.5)")
    writer.close()
    assert ("zora", 10, None, 1.5) in rows(path)[0]


def test_a_file_of_an_earlier_version_is_brought_to_this_one(path: Path, clock: FakeClock) -> None:
    write(path, scripts=SCRIPTS[:1])
    assert mended(path, clock).saved == PEOPLE + LETTERS
    assert rows(path)[1][5][-1] == 0


def overwrite(path: Path, first: int, last: int, content: bytes) -> None:
    whole = bytearray(path.read_bytes())
    size = (last - first) * PAGE
    whole[first * PAGE : last * PAGE] = (content * (size // len(content) + 1))[:size]
    path.write_bytes(whole)


def zero_header(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    whole[:100] = bytes(100)
    path.write_bytes(whole)


DAMAGES: dict[str, tuple[Damage, int]] = {
    "the header is zero": (zero_header, PEOPLE + LETTERS),
    "the first page is zero": (lambda path: overwrite(path, 0, 1, b"\0"), PEOPLE + LETTERS),
    "the roots of the tables are noise": (lambda path: overwrite(path, 1, 3, b"\xa5\x5a"), 900),
    "the second half is cut off": (
        lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
        100,
    ),
    "it is cut off within a page": (
        lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size - 1234]),
        800,
    ),
    "it is something else": (lambda path: path.write_bytes(b"<html>404</html>" * 3000), 0),
    "it is shorter than a header": (lambda path: path.write_bytes(b"SQLite format 3"), 0),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_what_can_be_read_is_saved_when(name: str, path: Path, clock: FakeClock) -> None:
    write(path)
    before = rows(path)
    damage, least = DAMAGES[name]
    damage(path)
    reason = damage_of(path, thorough=True)
    assert reason is not None
    found = mended(path, clock, reason=reason)
    people, letters = rows(path)
    assert set(people) <= set(before[0])
    assert set(letters) <= set(before[1])
    assert found.saved == len(people) + len(letters) >= least


@pytest.mark.parametrize("seed", range(25))
def test_what_lies_on_other_pages_than_the_overwritten_ones_is_saved(
    seed: int, path: Path, clock: FakeClock
) -> None:
    chance = random.Random(seed)
    write(path)
    before = rows(path)
    pages = path.stat().st_size // PAGE
    hit = chance.sample(range(pages), 5)
    for one in hit:
        overwrite(path, one, one + 1, chance.choice([b"\0", b"\xff", chance.randbytes(64)]))
    reason = damage_of(path, thorough=True)
    found = mended(path, clock, reason=reason or "unseen")
    people, letters = rows(path)
    assert set(people) <= set(before[0])
    # SQLite keeps no sums: nobody can tell that the inside of a long value is another one.
    long = {row[0] for row in before[1] if len(row[2]) > PAGE}
    assert {row for row in letters if row[0] not in long} <= set(before[1])
    assert {row[:2] for row in letters} <= {row[:2] for row in before[1]}
    # A page holds some fifty people or a dozen letters, and a letter is lost with its writer.
    assert found.saved >= PEOPLE + LETTERS - 5 * 130


@pytest.mark.parametrize("seed", range(25))
def test_single_bytes_that_change_stop_nothing(seed: int, path: Path, clock: FakeClock) -> None:
    chance = random.Random(seed)
    write(path)
    whole = bytearray(path.read_bytes())
    for _ in range(200):
        whole[chance.randrange(len(whole))] = chance.randrange(256)
    path.write_bytes(whole)
    damage_of(path, thorough=True)
    mended(path, clock)
    rows(path)


@pytest.mark.parametrize("size", [100, 1000, 50_000])
def test_a_log_that_is_cut_off_gives_its_whole_transactions(
    size: int, path: Path, clock: FakeClock
) -> None:
    write(path)
    writer = open_database(path, SCRIPTS)
    writer.execute("PRAGMA wal_autocheckpoint = 0")
    for one in range(30):
        with transaction(writer):
            writer.execute("INSERT INTO people VALUES (?, 9, NULL, 1.5)", (f"z{one:02}",))
    copied = {suffix: path.with_name(path.name + suffix).read_bytes() for suffix in ("", "-wal")}
    writer.close()
    path.write_bytes(copied[""])
    path.with_name("a.db-wal").write_bytes(copied["-wal"][:size])
    mended(path, clock)
    new = [name for name, *_ in rows(path)[0] if str(name).startswith("z")]
    assert new == [f"z{one:02}" for one in range(len(new))]
    assert len(new) >= size // 25_000


def test_an_empty_file_beside_a_full_log_is_not_taken_for_a_new_one(
    path: Path, clock: FakeClock
) -> None:
    connection = open_database(path, SCRIPTS)
    with transaction(connection):
        connection.execute("INSERT INTO people VALUES ('zoe', 9, NULL, 1.5)")
    log = path.with_name("a.db-wal").read_bytes()
    connection.close()
    path.write_bytes(b"")
    path.with_name("a.db-wal").write_bytes(log)
    assert damage_of(path, thorough=False) == "is empty, and its log is not"
    mended(path, clock)
    assert [row[0] for row in rows(path)[0]] == ["zoe"]


def test_a_crash_in_the_middle_is_gone_on_from(path: Path, clock: FakeClock) -> None:
    write(path)

    def fail(_: object, __: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mend(path, SCRIPTS, reason="found", now=clock.utc(), finish=fail)
    assert not path.exists()
    reason = damage_of(path, thorough=False)
    assert reason is not None
    clock.advance(60)
    assert mended(path, clock, reason=reason).aside == "a.db.damaged-20261124T030000"
    assert len(rows(path)[0]) == PEOPLE
    assert damage_of(path, thorough=True) is None


def test_nobody_opens_a_file_that_is_being_mended(path: Path, clock: FakeClock) -> None:
    write(path)
    holder = open_database(path, SCRIPTS)
    seen: list[str] = []

    def look(_: object, __: object) -> None:
        for connection in (holder, Connection(path, lambda _, __: None)):
            with pytest.raises(StoreError) as told:
                connection.execute("SELECT 1")
            seen.append(str(told.value))

    mend(path, SCRIPTS, reason="found", now=clock.utc(), finish=look)
    assert len([one for one in seen if "is being mended" in one]) == 2
    holder.knock()
    assert holder.execute("SELECT count(*) FROM people").fetchone()[0] == PEOPLE
    holder.close()


def test_without_room_for_a_new_file_nothing_is_lost(
    small_disk: SmallDisk, clock: FakeClock
) -> None:
    path = small_disk.root / "a.db"
    write(path)
    before = path.read_bytes()
    overwrite(path, 2, 3, b"\xff")
    small_disk.fill()
    with pytest.raises(StoreError, match="no new one can be begun"):
        mended(path, clock)
    small_disk.free()
    found = mended(path, clock)
    assert len((path.parent / found.aside).read_bytes()) == len(before)
    assert found.saved > 600
    assert damage_of(path, thorough=True) is None
