import io
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import pytest

from edge.domain.resident import Consent, Resident
from edge.errors import ConfigError
from edge.store import audit
from edge.store.audit import AuditRow
from edge.store.residents import ResidentStore, SavedCalibration
from edge.store.vault import open_vault
from tests.conftest import FakeClock

CONSENT = Consent("v3", datetime(2026, 11, 24, tzinfo=UTC), "paper")


def open_store(folder: Path) -> ResidentStore:
    return ResidentStore(
        folder / "residents.db",
        vault=open_vault(folder / "templates.key"),
        clock=FakeClock(),
        actor="officer, night shift",
    )


@pytest.fixture
def store(tmp_path: Path) -> ResidentStore:
    """A store in which everything has been done once."""
    opened = open_store(tmp_path)
    opened.register(Resident("ann", name="Secret Name"), CONSENT, [])
    opened.everybody()
    opened.show("ann")
    opened.save_calibration("m", SavedCalibration(0.001, 0.1, 0.09, 1))
    opened.remove("ann")
    return opened


def test_every_act_is_written_down_in_order(store: ResidentStore) -> None:
    rows = store.audit_rows()
    assert [(row.number, row.act, row.subject) for row in rows] == [
        (1, "register", "ann"),
        (2, "list", "*"),
        (3, "show", "ann"),
        (4, "calibrate", "*"),
        (5, "remove", "ann"),
        (6, "export-audit", "*"),
    ]
    assert {row.actor for row in rows} == {"officer, night shift"}
    assert rows[0].at == "2026-11-24T03:00:00.000+00:00"
    store.close()


def test_acts_upon_nobody_are_written_down_too(store: ResidentStore) -> None:
    with pytest.raises(ConfigError):
        store.show("nobody")
    with pytest.raises(ConfigError):
        store.remove("nobody")
    assert [(row.act, row.result) for row in store.audit_rows()[5:7]] == [
        ("show", "not registered"),
        ("remove", "not registered"),
    ]
    store.close()


def test_a_refused_registration_leaves_no_row(store: ResidentStore) -> None:
    before = len(store.audit_rows())
    child = Resident("kid", birth_date=datetime(2020, 1, 1, tzinfo=UTC).date())
    with pytest.raises(ConfigError):
        store.register(child, CONSENT, [])
    assert len(store.audit_rows()) == before + 1  # the look itself
    store.close()


def test_no_name_is_in_the_audit(store: ResidentStore) -> None:
    assert "Secret" not in repr(store.audit_rows())
    store.close()


def test_rows_can_neither_be_changed_nor_deleted(store: ResidentStore, tmp_path: Path) -> None:
    store.close()
    direct = sqlite3.connect(tmp_path / "residents.db")
    for act in ("UPDATE audit SET subject = 'ben'", "DELETE FROM audit WHERE number = 1"):
        with pytest.raises(sqlite3.IntegrityError, match="audit rows"):
            direct.execute(act)
    direct.close()


def test_a_row_changed_by_force_breaks_the_chain(store: ResidentStore, tmp_path: Path) -> None:
    assert store.first_broken_audit_row() is None
    direct = sqlite3.connect(tmp_path / "residents.db")
    direct.execute("DROP TRIGGER audit_rows_do_not_change")
    direct.execute("UPDATE audit SET subject = 'ben' WHERE number = 3")
    direct.commit()
    direct.close()
    assert store.first_broken_audit_row() == 3
    store.close()


def test_a_lost_row_breaks_the_chain_where_it_was(store: ResidentStore) -> None:
    rows = list(store.audit_rows())
    assert audit.first_broken(rows) is None
    assert audit.first_broken(rows[:2] + rows[3:]) == 3
    assert audit.first_broken(rows[1:]) == 1
    assert audit.first_broken([*rows[:4], replace(rows[4], result="x"), rows[5]]) == 5
    store.close()


def by_force(tmp_path: Path, *statements: str) -> None:
    direct = sqlite3.connect(tmp_path / "residents.db")
    direct.execute("DROP TRIGGER audit_rows_stay")
    for statement in statements:
        direct.execute(statement)
    direct.commit()
    direct.close()


@pytest.mark.parametrize(
    ("statements", "row"),
    [
        (["DELETE FROM audit WHERE number = 5"], 5),
        (["DELETE FROM audit WHERE number > 2"], 3),
        (["DELETE FROM audit"], 1),
        (["DELETE FROM audit WHERE number = 5", "DELETE FROM audit_end"], 5),
        (["DELETE FROM audit_end"], 6),
        (
            [
                "DELETE FROM audit WHERE number = 5",
                "UPDATE audit_end SET number = 4,"
                " sha256 = (SELECT sha256 FROM audit WHERE number = 4)",
            ],
            5,
        ),
    ],
)
def test_rows_cut_off_at_the_end_are_missed_now_and_ever_after(
    store: ResidentStore, tmp_path: Path, statements: list[str], row: int
) -> None:
    by_force(tmp_path, *statements)
    assert store.first_broken_audit_row() == row
    store.close()
    again = open_store(tmp_path)
    assert again.first_broken_audit_row() == row
    again.everybody()  # one more row
    assert again.first_broken_audit_row() is not None
    again.close()


def test_an_audit_from_before_there_were_seals_is_sealed_as_it_is(
    store: ResidentStore, tmp_path: Path
) -> None:
    store.close()
    by_force(tmp_path, "DROP TABLE audit_end", "DROP TABLE deltas", "PRAGMA user_version = 2")
    (tmp_path / "keys" / "residents-audit.key").unlink()
    again = open_store(tmp_path)
    assert again.first_broken_audit_row() is None
    again.everybody()
    assert again.first_broken_audit_row() is None
    by_force_again = sqlite3.connect(tmp_path / "residents.db")
    by_force_again.execute("DELETE FROM audit WHERE number = 6")
    by_force_again.commit()
    by_force_again.close()
    assert again.first_broken_audit_row() == 6
    again.close()


def test_an_audit_is_not_sealed_a_second_time_as_if_it_were_old(
    store: ResidentStore, tmp_path: Path
) -> None:
    """Who can change the database alone can make it look old, but not take the key away."""
    store.close()
    by_force(
        tmp_path,
        "DELETE FROM audit WHERE number > 3",
        "DROP TABLE audit_end",
        "DROP TABLE deltas",
        "PRAGMA user_version = 2",
    )
    again = open_store(tmp_path)
    assert again.first_broken_audit_row() == 4
    again.close()


@pytest.mark.parametrize("write", [audit.write_csv, audit.write_json_lines])
def test_an_export_can_be_checked_elsewhere(
    store: ResidentStore, write: Callable[[Iterable[AuditRow], TextIO], None]
) -> None:
    rows = list(store.audit_rows())
    file = io.StringIO(newline="")
    write(rows, file)
    file.seek(0)
    again = list(audit.read_export(file))
    assert again == rows
    assert audit.first_broken(again) is None
    store.close()


@pytest.mark.parametrize("text", ["", "a,b,c\n1,2,3\n", '{"number": 1}\n'])
def test_a_file_that_is_no_export_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no export"):
        list(audit.read_export(io.StringIO(text)))
