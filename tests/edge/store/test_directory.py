"""The residents' file as the console uses it."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from edge.domain.resident import Category, Consent, Resident
from edge.errors import ConfigError
from edge.gallery.matrix import Gallery, build_gallery
from edge.gallery.watch import GalleryWatch
from edge.store.directory import Confusion, Directory
from edge.store.residents import Template
from edge.store.vault import Vault
from models.faces import Floats
from tests.conftest import FakeClock

MODEL = "a" * 64
CONSENT = Consent("v3", datetime(2026, 11, 24, tzinfo=UTC), "paper")
PORTRAIT = bytes(range(255, -1, -1)) * 8


@pytest.fixture
def store(tmp_path: Path, clock: FakeClock) -> Iterator[Directory]:
    opened = Directory(
        tmp_path / "residents.db", vault=Vault(bytes(32), "key"), clock=clock, actor="console:wang"
    )
    yield opened
    opened.close()


def axis(number: int) -> Floats:
    return np.asarray(np.eye(4)[number], np.float32)


def add(
    store: Directory, *people: Resident, consent: Consent = CONSENT, portrait: bytes | None = None
) -> None:
    for number, one in enumerate(people):
        template = Template(f"{one.id}-t", one.id, MODEL, 1, axis(number))
        store.register(one, consent, [template], portrait=portrait)


def watch_of(store: Directory) -> GalleryWatch:
    def load() -> Gallery:
        rows = [(one, found.id, found.photos, found.vector) for one, found in store.gallery(MODEL)]
        return build_gallery(rows, handicaps=store.handicaps())

    return GalleryWatch(store, load)


def similarity(watch: GalleryWatch, query: Floats, *, of: str) -> float:
    """Return how similar the most similar person is, who is the one expected."""
    found = watch.search(query)
    assert found is not None
    assert found.resident.id == of
    return found.similarity


def test_people_are_found_by_id_name_and_unit_page_by_page(store: Directory) -> None:
    add(store, Resident("a1", name="Li Wei", unit="3-201"), Resident("a2", name="Wei Na"))
    add(store, Resident("b1", unit="Weiming 5", category=Category.STAFF), Resident("c_%"))
    assert [one.id for one in store.search("wei")] == ["a1", "a2", "b1"]
    assert [one.id for one in store.search("wei", limit=2)] == ["a1", "a2"]
    assert [one.id for one in store.search("wei", after="a2")] == ["b1"]
    assert [one.id for one in store.search(category=Category.STAFF)] == ["b1"]
    assert [one.id for one in store.search("_%")] == ["c_%"]
    assert store.count() == 4


def test_a_search_is_audited_without_what_was_looked_for(store: Directory) -> None:
    add(store, Resident("a1", name="Li Wei"))
    store.search("Li Wei")
    row = store.audit_rows()[-2]
    assert (row.actor, row.act, row.subject) == ("console:wang", "search", "*")
    assert row.result == "1 residents"


def test_a_changed_validity_is_known_to_running_gates(store: Directory) -> None:
    add(store, Resident("ann", name="Ann"))
    watch = watch_of(store)
    store.change(
        "ann", name="Ann", unit="1", category=Category.VISITOR, validity=(None, date(2026, 1, 1))
    )
    found = watch.search(axis(0))
    assert found is not None
    assert found.resident == Resident(
        "ann", "Ann", "1", Category.VISITOR, valid_until=date(2026, 1, 1)
    )


def test_a_validity_that_ends_before_it_begins_is_refused(store: Directory) -> None:
    add(store, Resident("ann"))
    with pytest.raises(ConfigError, match="before valid_from"):
        store.change(
            "ann",
            name="",
            unit="",
            category=Category.RESIDENT,
            validity=(date(2026, 2, 1), date(2026, 1, 1)),
        )


def test_nobody_cannot_be_changed(store: Directory) -> None:
    with pytest.raises(ConfigError, match="not registered"):
        store.change("ann", name="", unit="", category=Category.RESIDENT, validity=(None, None))


def test_a_portrait_is_kept_only_with_the_consent_for_it(store: Directory) -> None:
    add(store, Resident("ann"), portrait=PORTRAIT)
    assert store.portrait("ann") is None
    add(store, Resident("ann"), consent=replace(CONSENT, portrait=True), portrait=PORTRAIT)
    assert store.portrait("ann") == PORTRAIT
    assert store.show("ann").portrait
    assert store.show("ann").consents == (replace(CONSENT, portrait=True),)
    assert store.with_portrait(["ann", "ben"]) == {"ann"}


def test_every_look_at_a_portrait_is_audited(store: Directory) -> None:
    add(store, Resident("ann"))
    store.portrait("ann")
    row = store.audit_rows()[-2]
    assert (row.act, row.subject, row.result) == ("portrait", "ann", "none kept")


def test_no_byte_of_a_removed_persons_portrait_is_left(store: Directory, tmp_path: Path) -> None:
    add(store, Resident("ann"), consent=replace(CONSENT, portrait=True), portrait=PORTRAIT)
    direct = sqlite3.connect(tmp_path / "residents.db")
    [sealed] = direct.execute("SELECT sealed FROM portraits").fetchone()
    direct.close()

    def found(piece: bytes) -> bool:
        return any(piece in path.read_bytes() for path in tmp_path.glob("residents.db*"))

    assert found(sealed[:12])
    assert not found(PORTRAIT[:12])
    store.remove("ann")
    pieces = [sealed[start : start + 12] for start in range(0, len(sealed) - 12, 12)]
    assert not any(found(piece) for piece in pieces)
    assert store.portrait("ann") is None


def test_a_portrait_under_another_person_does_not_open(store: Directory, tmp_path: Path) -> None:
    consent = replace(CONSENT, portrait=True)
    add(store, Resident("ann"), consent=consent, portrait=PORTRAIT)
    add(store, Resident("ben"))
    direct = sqlite3.connect(tmp_path / "residents.db", isolation_level=None)
    direct.execute("UPDATE portraits SET resident_id = 'ben'")
    direct.close()
    with pytest.raises(ConfigError, match="portrait of ben does not open"):
        store.portrait("ben")


def confused(similarity: float = 0.5, passage: str = "p1") -> Confusion:
    return Confusion(passage, "ann", similarity, 0.45, days=90)


def test_a_denied_match_lies_below_the_threshold_from_the_next_search_on(store: Directory) -> None:
    add(store, Resident("ann"), Resident("ben"))
    watch = watch_of(store)
    query = np.array([0.5, 0.3, 0, 0], np.float32)
    assert similarity(watch, query, of="ann") == pytest.approx(0.5)
    assert store.deny(confused()) == pytest.approx(0.07)
    assert similarity(watch, query, of="ann") == pytest.approx(0.43)
    assert similarity(watch, axis(1), of="ben") == pytest.approx(1.0)


def test_a_handicap_grows_to_a_limit_and_no_further(store: Directory) -> None:
    add(store, Resident("ann"))
    assert store.deny(confused(0.55)) == pytest.approx(0.12)
    assert store.deny(confused(0.55, "p2")) == pytest.approx(0.15)
    assert store.deny(confused(0.55, "p3")) == pytest.approx(0.15)


def test_what_is_said_twice_of_a_passage_counts_once(store: Directory) -> None:
    add(store, Resident("ann"))
    store.deny(confused())
    version = store.gallery_version()
    assert store.deny(confused()) == pytest.approx(0.07)
    assert store.gallery_version() == version


def test_a_handicap_ends_with_its_time(store: Directory, clock: FakeClock) -> None:
    add(store, Resident("ann"))
    watch = watch_of(store)
    store.deny(confused())
    clock.advance(89 * 86400)
    assert store.drop_expired() == 0
    clock.advance(86401)
    assert store.drop_expired() == 1
    assert similarity(watch, axis(0), of="ann") == pytest.approx(1.0)
    assert store.show("ann").handicaps == ()


def test_new_photos_begin_without_a_handicap(store: Directory) -> None:
    add(store, Resident("ann"))
    store.deny(confused())
    assert store.handicaps() == {"ann": pytest.approx(0.07)}
    add(store, Resident("ann"))
    assert store.handicaps() == {}


def test_nobody_cannot_be_denied(store: Directory) -> None:
    with pytest.raises(ConfigError, match="not registered any more"):
        store.deny(confused())


def test_the_owner_of_a_template_is_known_until_they_are_removed(store: Directory) -> None:
    add(store, Resident("ann"))
    assert store.owner_of("ann-t") == "ann"
    store.remove("ann")
    assert store.owner_of("ann-t") is None
