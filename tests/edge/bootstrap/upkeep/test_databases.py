"""The box's databases are looked at when the service begins, and mended when they are damaged."""

import logging
from pathlib import Path

import numpy as np
import pytest

from edge.bootstrap import parts
from edge.bootstrap.upkeep.databases import CLEAN_END, Databases
from edge.domain.resident import Category, Consent, Resident
from edge.errors import StoreError
from edge.settings import Settings, load_settings
from edge.store.accounts import FILE, Accounts
from edge.store.connection import DAMAGED_SUFFIX
from edge.store.journal import Journal
from edge.store.residents import ResidentStore, Template
from tests.conftest import FakeClock
from tests.fixtures_disk import SmallDisk
from tests.passages import a_passage

PAGE = 4096
MODEL = "a" * 64
PEOPLE = 60


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    config = tmp_path / "gridwatch.yaml"
    config.write_text("box: {id: box-01, home: ./var}\ncameras: []\n")
    return load_settings(config)


def register(settings: Settings, clock: FakeClock) -> ResidentStore:
    store = parts.open_residents(settings, clock, actor="test")
    for one in range(PEOPLE):
        name = f"r{one:03}"
        vector = np.zeros(128, np.float32)
        vector[one] = 1.0
        store.register(
            Resident(name, "Somebody", "1-1", Category.RESIDENT),
            Consent("v1", clock.utc(), "paper"),
            [Template(f"t{one:03}", name, MODEL, 3, vector)],
        )
    return store


def damage(path: Path, *pages: int) -> None:
    content = bytearray(path.read_bytes())
    for page in pages:
        content[page * PAGE : (page + 1) * PAGE] = b"\xff" * PAGE
    path.write_bytes(content)


def page_with(path: Path, content: bytes) -> int:
    """Return the page that holds some bytes."""
    return path.read_bytes().index(content) // PAGE


def test_sound_databases_are_left_alone(settings: Settings, clock: FakeClock) -> None:
    register(settings, clock).close()
    before = parts.residents_path(settings).read_bytes()
    databases = Databases(settings, clock)
    databases.begin()
    assert databases.mended() == []
    assert parts.residents_path(settings).read_bytes() == before


def test_a_gallery_is_never_silently_empty(
    settings: Settings, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    register(settings, clock).close()
    path = parts.residents_path(settings)
    # Of templates, and of the audit: "register" "r010" "1 templates".
    damage(path, page_with(path, b"t030r030"), page_with(path, b"registerr0101 templates"))
    databases = Databases(settings, clock)
    with caplog.at_level(logging.ERROR):
        databases.begin()
    (mended,) = databases.mended()
    assert mended.name == "residents.db"
    assert mended.lost + mended.pages_lost > 0
    assert "put aside as residents.db.damaged-" in caplog.text
    store = parts.open_residents(settings, clock, actor="test")
    found = store.gallery(MODEL)
    assert 0 < len(found) < PEOPLE
    assert all(template.vector.argmax() == int(person.id[1:]) for person, template in found)
    assert store.gallery_version() > 1_000_000
    # Rows of its audit are missing, and it does not pretend that they are not.
    assert store.first_broken_audit_row() is not None
    assert store.audit_rows()[-2].act == "database.mend"
    store.close()


def test_an_audit_without_a_lost_row_stays_intact(settings: Settings, clock: FakeClock) -> None:
    path = settings.home / FILE
    accounts = Accounts(path, clock)
    accounts.begin("admin")
    accounts.audit("admin", "login", "address -", "ok")
    accounts.close()
    content = bytearray(path.read_bytes())
    content[:100] = bytes(100)
    path.write_bytes(content)
    databases = Databases(settings, clock)
    databases.begin()
    opened = Accounts(path, clock)
    assert [one.name for one in opened.users()] == ["admin"]
    assert opened.first_broken_audit_row() is None
    assert [one.act for one in opened.audit_rows()][:2] == ["database.mend", "login"]
    assert path.stat().st_mode & 0o777 == 0o600
    opened.close()


def test_damage_that_is_met_while_the_service_runs_is_mended_under_those_who_use_it(
    settings: Settings, clock: FakeClock
) -> None:
    store = register(settings, clock)
    databases = Databases(settings, clock)
    databases.begin()
    store.close()
    path = parts.residents_path(settings)
    damage(path, page_with(path, b"t030r030"))
    user = parts.open_residents(settings, clock, actor="test")
    version = user.data_version()
    with pytest.raises(StoreError, match="is damaged"):
        user.gallery(MODEL)
    assert path.with_name(path.name + DAMAGED_SUFFIX).exists()
    clock.advance(5)
    databases.look()
    assert not path.with_name(path.name + DAMAGED_SUFFIX).exists()
    assert user.data_version() != version
    assert len(user.gallery(MODEL)) > 0
    user.close()


def test_every_page_is_looked_at_unless_the_end_was_in_good_order(
    settings: Settings, clock: FakeClock
) -> None:
    register(settings, clock).close()
    path = parts.residents_path(settings)
    Databases(settings, clock).end()
    damage(path, path.stat().st_size // PAGE - 2)
    first = Databases(settings, clock)
    first.begin()
    assert first.mended() == []
    assert not (settings.home / CLEAN_END).exists()
    second = Databases(settings, clock)
    second.begin()
    assert len(second.mended()) == 1


def test_a_journal_that_is_put_back_from_a_backup_counts_on(
    settings: Settings, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    path = parts.journal_path(settings)

    def pass_by(name: str) -> int | None:
        journal = Journal(path, clock)
        seq = journal.record_passage(a_passage(name), lambda seq: b"{}")
        journal.close()
        return seq

    pass_by("a")
    backup = path.read_bytes()
    pass_by("b")
    pass_by("c")
    path.write_bytes(backup)
    with caplog.at_level(logging.ERROR):
        Databases(settings, clock).begin()
    assert "2 messages are not in it" in caplog.text
    assert pass_by("d") == 4


def test_what_was_put_aside_and_is_gone_is_told_no_more(
    settings: Settings, clock: FakeClock
) -> None:
    register(settings, clock).close()
    damage(parts.residents_path(settings), 0)
    databases = Databases(settings, clock)
    databases.begin()
    (mended,) = databases.mended()
    (settings.home / mended.aside).unlink()
    assert databases.mended() == []


def test_without_room_a_damaged_database_is_mended_later(
    small_disk: SmallDisk, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    config = small_disk.root / "gridwatch.yaml"
    config.write_text("box: {id: box-01, home: ./var}\ncameras: []\n")
    settings = load_settings(config)
    register(settings, clock).close()
    path = parts.residents_path(settings)
    damage(path, 3, 5)
    databases = Databases(settings, clock)
    small_disk.fill()
    with caplog.at_level(logging.ERROR):
        databases.begin()
    assert "residents.db: cannot be looked at" in caplog.text
    small_disk.free()
    clock.advance(5)
    databases.look()
    assert [one.name for one in databases.mended()] == ["residents.db"]


def test_a_gate_matches_with_a_gallery_that_is_read_only(
    small_disk: SmallDisk, clock: FakeClock
) -> None:
    config = small_disk.root / "gridwatch.yaml"
    config.write_text("box: {id: box-01, home: ./var}\ncameras: []\n")
    settings = load_settings(config)
    register(settings, clock).close()
    parts.open_probes(settings).close()
    small_disk.read_only()
    store = parts.open_residents(settings, clock, actor="test")
    assert len(store.gallery(MODEL)) == PEOPLE
    assert store.data_version() == store.data_version()
    assert parts.open_probes(settings).find("nobody", clock.utc()) is None
    with pytest.raises(StoreError, match="cannot be written"):
        store.everybody()  # an audited look that cannot be written down
    store.close()
    small_disk.writable()
