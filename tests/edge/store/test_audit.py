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


@pytest.fixture
def store(tmp_path: Path) -> ResidentStore:
    """A store in which everything has been done once."""
    vault = open_vault(tmp_path / "templates.key")
    opened = ResidentStore(
        tmp_path / "residents.db", vault=vault, clock=FakeClock(), actor="officer, night shift"
    )
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
