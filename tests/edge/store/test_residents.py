import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from edge.domain.resident import Category, Consent, Resident
from edge.errors import ConfigError, StoreError
from edge.store.residents import PhotoRecord, ResidentStore, SavedCalibration, Template
from edge.store.vault import open_vault
from tests.conftest import FakeClock

MODEL, OTHER_MODEL = "a" * 64, "b" * 64
CONSENT = Consent("v3", datetime(2026, 11, 24, tzinfo=UTC), "paper")
ANN = Resident(
    "ann",
    name="Ann",
    unit="3-201",
    category=Category.STAFF,
    valid_from=date(2026, 1, 1),
    valid_until=date(2026, 12, 31),
    birth_date=date(1990, 5, 6),
)


def template(resident_id: str, *, number: int = 0, model: str = MODEL, photos: int = 1) -> Template:
    vector = np.random.default_rng(sum(resident_id.encode()) + number).normal(size=128)
    vector /= np.linalg.norm(vector)
    return Template(
        f"{resident_id}-{number}", resident_id, model, photos, vector.astype(np.float32)
    )


def open_store(folder: Path) -> ResidentStore:
    return ResidentStore(
        folder / "residents.db",
        vault=open_vault(folder / "templates.key"),
        clock=FakeClock(),
        actor="officer",
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ResidentStore]:
    opened = open_store(tmp_path)
    yield opened
    opened.close()


def add(store: ResidentStore, *ids: str) -> None:
    for one in ids:
        store.register(Resident(one), CONSENT, [template(one)])


def test_everything_registered_is_shown_but_the_vectors(store: ResidentStore) -> None:
    photo = PhotoRecord("c" * 64, "accepted", 93.5, 12.8)
    store.register(ANN, CONSENT, [template("ann", photos=2)], photos=[photo])
    shown = store.show("ann")
    assert shown.resident == ANN
    assert shown.consents == (CONSENT,)
    assert shown.templates == (("ann-0", MODEL, 2),)
    assert shown.photos == (photo,)


def test_a_template_comes_back_bit_by_bit(store: ResidentStore) -> None:
    store.register(ANN, CONSENT, [template("ann", photos=2)])
    [(resident, found)] = store.gallery(MODEL)
    assert resident == ANN
    assert (found.id, found.resident_id, found.photos) == ("ann-0", "ann", 2)
    assert np.array_equal(found.vector, template("ann").vector)


def test_the_gallery_is_one_matrix_in_the_order_of_people(store: ResidentStore) -> None:
    add(store, "cid", "ann", "ben")
    rows = store.gallery(MODEL)
    assert [resident.id for resident, _ in rows] == ["ann", "ben", "cid"]
    [base] = {id(found.vector.base) for _, found in rows}
    assert base == id(rows[0][1].vector.base)


def test_no_vector_is_readable_in_the_file(store: ResidentStore, tmp_path: Path) -> None:
    add(store, "ann")
    content = b"".join(path.read_bytes() for path in tmp_path.glob("residents.db*"))
    assert template("ann").vector.tobytes()[:16] not in content


def test_registering_again_replaces_person_and_templates(store: ResidentStore) -> None:
    store.register(ANN, CONSENT, [template("ann"), template("ann", number=1)])
    store.register(Resident("ann", unit="4-102"), CONSENT, [template("ann", number=2)])
    shown = store.show("ann")
    assert shown.resident.unit == "4-102"
    assert [one[0] for one in shown.templates] == ["ann-2"]
    assert len(shown.consents) == 1


def test_a_failed_registration_leaves_what_was_there(store: ResidentStore) -> None:
    store.register(ANN, CONSENT, [template("ann")])
    twice = [template("ann", number=5), template("ann", number=5)]
    with pytest.raises(sqlite3.IntegrityError):
        store.register(Resident("ann"), CONSENT, twice)
    assert store.show("ann").resident == ANN
    assert len(store.gallery(MODEL)) == 1


def test_no_template_can_exist_without_a_consent_of_that_person(
    store: ResidentStore, tmp_path: Path
) -> None:
    add(store, "ann", "ben")
    direct = sqlite3.connect(tmp_path / "residents.db")
    direct.execute("PRAGMA foreign_keys = ON")
    for consent in ("NULL", "99", "(SELECT id FROM consents WHERE resident_id = 'ben')"):
        with pytest.raises(sqlite3.IntegrityError):
            direct.execute(
                f"INSERT INTO templates VALUES ('x', 'ann', {consent}, 'm', 1, x'00', x'00', '')"
            )
    direct.execute("DELETE FROM consents WHERE resident_id = 'ann'")
    left = direct.execute("SELECT count(*) FROM templates WHERE resident_id = 'ann'").fetchone()
    direct.close()
    assert left == (0,)


def test_a_child_needs_a_guardian(store: ResidentStore) -> None:
    child = Resident("kid", birth_date=date(2013, 1, 1))
    with pytest.raises(ConfigError, match=r"kid: is under 14; .*column guardian"):
        store.register(child, CONSENT, [template("kid")])
    assert store.everybody() == []
    agreed = Consent(CONSENT.notice_version, CONSENT.given_at, "paper", guardian="mother")
    store.register(child, agreed, [template("kid")])
    assert store.show("kid").consents == (agreed,)


def test_age_counts_on_the_day_of_consent(store: ResidentStore) -> None:
    on_the_birthday = Resident("old-enough", birth_date=date(2012, 11, 24))
    store.register(on_the_birthday, CONSENT, [])
    with pytest.raises(ConfigError):
        store.register(Resident("a-day-short", birth_date=date(2012, 11, 25)), CONSENT, [])


def test_nobody_can_be_shown_or_removed_who_is_not_registered(store: ResidentStore) -> None:
    with pytest.raises(ConfigError, match="gridwatch residents list"):
        store.show("nobody")
    with pytest.raises(ConfigError, match="'nobody' is not registered"):
        store.remove("nobody")
    assert store.find("nobody") is None


def test_a_gallery_of_another_network_is_one_error_with_the_remedy(store: ResidentStore) -> None:
    add(store, "ann")
    with pytest.raises(ConfigError, match=r"residents\.db: templates of 1 residents.*import"):
        store.gallery(OTHER_MODEL)
    assert store.gallery(OTHER_MODEL, partial=True) == []


def test_people_left_behind_by_a_change_of_networks_are_not_forgotten_silently(
    store: ResidentStore,
) -> None:
    add(store, "ann", "ben")
    store.register(Resident("ann"), CONSENT, [template("ann", model=OTHER_MODEL)])
    with pytest.raises(ConfigError, match="templates of 1 residents"):
        store.gallery(OTHER_MODEL)
    assert [one.id for one, _ in store.gallery(OTHER_MODEL, partial=True)] == ["ann"]
    store.remove("ben")
    assert [one.id for one, _ in store.gallery(OTHER_MODEL)] == ["ann"]


def test_a_swapped_ciphertext_does_not_open(store: ResidentStore, tmp_path: Path) -> None:
    add(store, "ann", "ben")
    direct = sqlite3.connect(tmp_path / "residents.db")
    rows = direct.execute("SELECT nonce, sealed, resident_id FROM templates").fetchall()
    for (nonce, sealed, _), (_, _, other) in zip(rows, reversed(rows), strict=True):
        direct.execute(
            "UPDATE templates SET nonce = ?, sealed = ? WHERE resident_id = ?",
            (nonce, sealed, other),
        )
    direct.commit()
    direct.close()
    with pytest.raises(ConfigError, match="does not open with the key"):
        store.gallery(MODEL)


def test_a_lost_key_is_one_error_that_names_it(store: ResidentStore, tmp_path: Path) -> None:
    add(store, "ann")
    (tmp_path / "templates.key").unlink()
    other = open_store(tmp_path)
    with pytest.raises(ConfigError, match=r"templates\.key; put the right key there"):
        other.gallery(MODEL)
    other.close()


def test_every_change_is_seen_from_another_connection_and_from_its_own(
    store: ResidentStore, tmp_path: Path
) -> None:
    service = open_store(tmp_path)
    for connection in (store, service):
        seen = connection.data_version(), connection.gallery_version()
        add(store, "ann")
        assert connection.data_version() != seen[0]
        assert connection.gallery_version() != seen[1]
    seen = service.data_version(), service.gallery_version()
    assert (service.data_version(), service.gallery_version()) == seen
    store.remove("ann")
    assert service.data_version() != seen[0]
    assert service.gallery_version() != seen[1]
    service.close()


def test_looking_does_not_change_the_gallery(store: ResidentStore) -> None:
    add(store, "ann")
    before = store.gallery_version()
    store.everybody()
    store.show("ann")
    assert store.gallery_version() == before


def test_a_calibration_is_kept_per_network(store: ResidentStore) -> None:
    kept = SavedCalibration(fpir=0.001, mean=0.12, sd=0.09, people=212)
    store.save_calibration(MODEL, kept)
    assert store.calibration(MODEL) == kept
    assert store.calibration(OTHER_MODEL) is None


def test_everybody_is_listed_by_id(store: ResidentStore) -> None:
    add(store, "cid", "ann", "ben")
    assert [one.id for one in store.everybody()] == ["ann", "ben", "cid"]


def test_names_are_readable_for_this_user_alone(store: ResidentStore, tmp_path: Path) -> None:
    add(store, "ann")
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob("residents.db*")}
    assert set(modes.values()) == {0o600}
    assert "residents.db-wal" in modes


def test_a_file_that_cannot_be_made_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file, not a folder")
    vault = open_vault(tmp_path / "templates.key")
    with pytest.raises(StoreError, match=r"residents\.db: cannot be written"):
        ResidentStore(tmp_path / "home" / "residents.db", vault=vault, clock=FakeClock())
