import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from edge.errors import ConfigError, StoreError
from edge.store.accounts import LEAST_PASSWORD, Accounts
from edge.store.audit import COLUMNS
from edge.store.first_password import keep_first_password
from tests.conftest import FakeClock

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
LONG = "long enough a password"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "console.db"


@pytest.fixture
def accounts(path: Path) -> Iterator[Accounts]:
    opened = Accounts(path, FakeClock(), QUICK)
    yield opened
    opened.close()


def meddle(path: Path, *statements: str) -> None:
    """Change a file as somebody does who knows SQLite and not the box's key."""
    direct = sqlite3.connect(path)
    direct.execute("DROP TRIGGER IF EXISTS audit_rows_do_not_change")
    direct.execute("DROP TRIGGER IF EXISTS audit_rows_stay")
    for statement in statements:
        direct.execute(statement)
    direct.commit()
    direct.close()


def with_acts(accounts: Accounts, count: int = 5) -> None:
    for number in range(count):
        accounts.audit("ann", "media.clear", f"incident {number}", "ok")


def test_the_first_user_is_made_once_with_a_password_nobody_knows(accounts: Accounts) -> None:
    password = accounts.begin("admin")
    assert password is not None
    assert len(password) >= LEAST_PASSWORD
    assert accounts.begin("admin") is None
    user = accounts.check("admin", password)
    assert user is not None
    assert user.must_change


def test_two_boxes_have_different_first_passwords(accounts: Accounts, tmp_path: Path) -> None:
    other = Accounts(tmp_path / "other" / "console.db", FakeClock(), QUICK)
    assert accounts.begin("admin") != other.begin("admin")
    other.close()


@pytest.mark.parametrize("password", ["admin", "password", "gridwatch", "", "admin" * 3])
def test_no_known_password_opens_a_new_box(accounts: Accounts, password: str) -> None:
    accounts.begin("admin")
    assert accounts.check("admin", password) is None


def test_passwords_are_kept_as_argon2id_alone(accounts: Accounts, path: Path) -> None:
    accounts.add("ann", "viewer", None, by="test", password=LONG)
    (hashed,) = accounts.connection.execute("SELECT password FROM users").fetchone()
    assert hashed.startswith("$argon2id$")
    assert LONG.encode() not in path.read_bytes() + path.with_name("console.db-wal").read_bytes()


def test_a_first_password_on_disk_goes_when_it_was_changed(
    accounts: Accounts, tmp_path: Path
) -> None:
    file = keep_first_password(tmp_path, str(accounts.begin("admin")))
    assert file.stat().st_mode & 0o777 == 0o600
    accounts.set_password("admin", LONG, must_change=False, by="admin")
    assert not file.exists()


def test_a_short_password_is_refused_and_makes_nobody(accounts: Accounts) -> None:
    with pytest.raises(ConfigError, match="at least 10"):
        accounts.add("ann", "viewer", None, by="test", password="short")
    assert accounts.users() == []


def test_the_last_administrator_stays(accounts: Accounts) -> None:
    accounts.begin("admin")
    with pytest.raises(ConfigError, match="last admin"):
        accounts.change("admin", role="viewer", cameras=None, disabled=False, by="admin")
    accounts.add("ben", "admin", None, by="admin")
    accounts.change("admin", role="viewer", cameras=None, disabled=False, by="admin")


def test_what_cannot_be_audited_is_not_done(accounts: Accounts, path: Path) -> None:
    accounts.begin("admin")
    meddle(path, "ALTER TABLE audit RENAME TO elsewhere")
    with pytest.raises(StoreError):
        accounts.add("ben", "admin", None, by="admin")
    assert accounts.find("ben") is None
    with pytest.raises(StoreError):
        accounts.set_password("admin", LONG, must_change=False, by="admin")
    assert accounts.check("admin", LONG) is None


@pytest.mark.parametrize("column", [name for name in COLUMNS if name != "number"])
@pytest.mark.parametrize("row", [1, 3, 5])
def test_a_changed_byte_of_any_column_of_any_row_is_found(
    accounts: Accounts, path: Path, column: str, row: int
) -> None:
    with_acts(accounts)
    (before,) = accounts.connection.execute(
        f"SELECT {column} FROM audit WHERE number = ?", (row,)
    ).fetchone()
    for place in range(len(before)):
        for other in ("\u007f", before[place].swapcase()):
            changed = before[:place] + other + before[place + 1 :]
            meddle(path, f"UPDATE audit SET {column} = '{changed}' WHERE number = {row}")
            expected = None if changed == before else row
            assert accounts.first_broken_audit_row() == expected
    meddle(path, f"UPDATE audit SET {column} = '{before}' WHERE number = {row}")
    assert accounts.first_broken_audit_row() is None


def test_a_byte_that_is_no_text_is_found_and_can_be_shown(accounts: Accounts, path: Path) -> None:
    with_acts(accounts)
    meddle(path, "UPDATE audit SET subject = CAST(x'ff41' AS TEXT) WHERE number = 2")
    assert accounts.first_broken_audit_row() == 2
    assert r"\xff" in accounts.audit_rows()[-2].subject


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE audit SET number = 9 WHERE number = 2", 2),
        ("DELETE FROM audit WHERE number = 1", 1),
        ("DELETE FROM audit WHERE number = 3", 3),
        ("DELETE FROM audit WHERE number = 5", 5),
        ("DELETE FROM audit WHERE number > 2", 3),
        ("DELETE FROM audit", 1),
        ("DELETE FROM audit_end", 6),
    ],
)
def test_rows_that_are_gone_are_missed_also_at_the_end(
    accounts: Accounts, path: Path, statement: str, found: int
) -> None:
    with_acts(accounts)
    meddle(path, statement)
    assert accounts.first_broken_audit_row() == found


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE audit_end SET number = 2, sha256 = (SELECT sha256 FROM audit WHERE number = 2)",
        "DELETE FROM audit_end",
    ],
)
def test_what_was_cut_off_stays_missed_however_much_is_written_after_it(
    accounts: Accounts, path: Path, forgery: str
) -> None:
    with_acts(accounts)
    meddle(path, "DELETE FROM audit WHERE number > 2", forgery)
    with_acts(accounts, 3)
    assert accounts.first_broken_audit_row() is not None


def test_a_gap_at_the_end_stays_where_it_was(accounts: Accounts, path: Path) -> None:
    with_acts(accounts)
    meddle(path, "DELETE FROM audit WHERE number > 2")
    with_acts(accounts, 3)
    assert accounts.first_broken_audit_row() == 3


def test_another_key_confirms_nothing(accounts: Accounts, path: Path) -> None:
    with_acts(accounts)
    (path.parent / "keys" / "audit.key").write_bytes(bytes(32))
    again = Accounts(path, FakeClock(), QUICK)
    assert again.first_broken_audit_row() == 6
    again.close()
