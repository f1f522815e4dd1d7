"""A delta of residents is applied whole, by versions, and leaves no trace of whom it removes."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.bootstrap.ways import deltas
from edge.bootstrap.ways.deltas import DeltaOffice
from edge.domain.delta import Applied, Delta, DeltaRefused, Entry, GivenTemplate, Misfit, Removal
from edge.domain.resident import Category, Consent, Resident
from edge.errors import StoreError
from edge.gallery.matrix import build_gallery
from edge.gallery.watch import GalleryWatch
from edge.store.deltas import DeltaStore
from edge.store.registration import Template
from edge.store.vault import Vault
from models.align import CROP_PX, TEMPLATE
from models.faces import Embeddings, FacePack, Faces, Floats, ImpostorPrior, Picture
from tests.conftest import FakeClock

MODEL = "f" * 64
DIMENSIONS = 8
CONSENT = Consent("2026-01", datetime(2026, 9, 1, tzinfo=UTC), "app")
SECRET_NAME = "王小明"


class OneFace:
    """Finds one good face in every picture that is not grey."""

    canvas_px = 640

    def detect(self, picture: Picture) -> Faces:
        if picture.std() < 5:
            return Faces.none()
        landmarks = TEMPLATE * (100 / CROP_PX) + np.array([70, 60], np.float32)
        box = np.array([[70, 60, 170, 160]], np.float32)
        return Faces(box, np.array([0.95], np.float32), landmarks[None].astype(np.float32))

    def refine(self, picture: Picture, faces: Faces) -> Faces:
        return faces


class KnowsByBrightness:
    """Tells people apart by how bright their photos are."""

    sha256 = MODEL

    def embed(self, crops: Picture, *, mirrored: bool = False) -> Embeddings:
        numbers = [round((float(crop.mean()) - 60) / 20) for crop in crops]
        vectors = np.stack([vector_of(number % DIMENSIONS) for number in numbers])
        return Embeddings(vectors, np.full(len(crops), 13.0, np.float32))


PACK = FacePack("fake", OneFace(), KnowsByBrightness(), ImpostorPrior(0.1, 0.09), 10.0)


def vector_of(number: int) -> Floats:
    return np.asarray(np.eye(DIMENSIONS, dtype=np.float32)[number])


def photo_of(number: int) -> bytes:
    noise = np.random.default_rng(number).normal(60 + 20 * number, 25, (240, 240, 3))
    picture = np.clip(cv2.GaussianBlur(noise, (0, 0), 0.8), 0, 255).astype(np.uint8)
    return bytes(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 98])[1])


def grey() -> bytes:
    return bytes(cv2.imencode(".jpg", np.full((240, 240, 3), 128, np.uint8))[1])


def put(name: str, number: int, **other: object) -> Entry:
    entry = Entry(name, Category.RESIDENT, consent=CONSENT, photos=(photo_of(number),))
    return replace(entry, **other)  # type: ignore[arg-type]


def given(name: str, vector: Floats, *, model: str = MODEL) -> Entry:
    template = GivenTemplate(model, 3, vector.astype("<f4").tobytes())
    return Entry(name, Category.STAFF, consent=CONSENT, template=template)


def step(
    begin: int, end: int, *entries: Entry, removals: tuple[Removal, ...] = (), text: str = ""
) -> Delta:
    sha256 = hashlib.sha256(f"{begin} {end} {text}".encode()).hexdigest()
    return Delta(f"command-{end}", sha256, begin, end, entries, removals)


@pytest.fixture
def store(tmp_path: Path, clock: FakeClock) -> Iterator[DeltaStore]:
    opened = DeltaStore(
        tmp_path / "residents.db",
        vault=Vault(bytes(32), "a test"),
        clock=clock,
        actor="platform:city",
    )
    yield opened
    opened.close()


@pytest.fixture
def office(store: DeltaStore) -> DeltaOffice:
    return DeltaOffice(store, PACK)


def everybody(store: DeltaStore) -> list[str]:
    return [one.id for one in store.everybody()]


def test_people_are_registered_from_photos_and_templates(
    store: DeltaStore, office: DeltaOffice
) -> None:
    until = date(2027, 1, 31)
    done = office.apply(step(0, 1, put("r-1", 1, valid_until=until), given("s-2", vector_of(2))))
    assert isinstance(done, Applied)
    assert (done.registered, done.changed, done.removed, done.erased_at) == (2, 0, (), None)
    assert store.version() == 1
    gallery = store.gallery(MODEL)
    assert [resident.id for resident, _ in gallery] == ["r-1", "s-2"]
    assert [int(template.vector.argmax()) for _, template in gallery] == [1, 2]
    assert (gallery[0][0].valid_until, gallery[1][0].category) == (until, Category.STAFF)
    assert store.show("r-1").consents == (CONSENT,)
    assert not store.show("r-1").portrait


def test_a_delta_of_another_version_changes_nothing_and_hears_which_it_is(
    store: DeltaStore, office: DeltaOffice
) -> None:
    office.apply(step(0, 7, put("r-1", 1)))
    done = office.apply(step(3, 8, removals=(Removal("r-1"),)))
    assert isinstance(done, DeltaRefused)
    assert (done.code, done.version, done.text) == ("version", 7, "this box is at version 7")
    assert everybody(store) == ["r-1"]


def test_the_same_delta_again_does_nothing_and_returns_the_same(
    store: DeltaStore, office: DeltaOffice
) -> None:
    delta = step(0, 1, put("r-1", 1), removals=(Removal("r-9"),))
    first = office.apply(delta)
    again = office.apply(replace(delta, command_id="another command"))
    assert again == first
    assert store.version() == 1


def test_one_person_who_does_not_fit_keeps_the_whole_delta_out(
    store: DeltaStore, office: DeltaOffice
) -> None:
    office.apply(step(0, 1, put("r-1", 1)))
    done = office.apply(
        step(
            1,
            2,
            put("r-2", 2),
            put("r-3", 3, photos=(grey(), b"no picture at all")),
            put("r-4", 1),
            removals=(Removal("r-1"),),
        )
    )
    assert isinstance(done, DeltaRefused)
    assert done.code == "people"
    assert done.misfits == (Misfit("r-3", ("no_picture",)),)
    assert (everybody(store), store.version()) == (["r-1"], 1)


@pytest.mark.parametrize(
    ("entry", "reasons"),
    [
        (put("r-2", 2, photos=(grey(),)), ("no_face",)),
        (put("r-2", 1), ("duplicate_of_another_resident",)),
        (put("r-2", 2, consent=None), ("no_consent",)),
        (put("r-2", 2, birth_date=date(2015, 1, 1)), ("no_guardian",)),
        (given("r-2", vector_of(1)), ("duplicate_of_another_resident",)),
        (given("r-2", vector_of(2), model="e" * 64), ("other_model",)),
        (given("r-2", vector_of(2)[:4]), ("no_template",)),
        (given("r-2", vector_of(2) * 2), ("no_template",)),
        (given("r-2", vector_of(2) * np.float32("nan")), ("no_template",)),
        (given("r-2", np.full(DIMENSIONS, np.inf, np.float32)), ("no_template",)),
        (Entry("r-2", Category.STAFF), ("not_registered",)),
    ],
)
def test_who_cannot_be_registered_is_named_with_the_reason(
    office: DeltaOffice, entry: Entry, reasons: tuple[str, ...]
) -> None:
    office.apply(step(0, 1, put("r-1", 1)))
    done = office.apply(step(1, 2, entry))
    assert isinstance(done, DeltaRefused)
    assert done.misfits == (Misfit("r-2", reasons),)


def test_two_ids_of_one_delta_are_not_the_same_person(office: DeltaOffice) -> None:
    done = office.apply(step(0, 1, put("r-1", 1), given("r-2", vector_of(1))))
    assert isinstance(done, DeltaRefused)
    assert [one.id for one in done.misfits] == ["r-2"]


def test_who_gets_a_new_id_is_removed_and_registered_in_one_delta(
    store: DeltaStore, office: DeltaOffice
) -> None:
    office.apply(step(0, 1, put("r-1", 1)))
    done = office.apply(step(1, 2, put("r-2", 1), removals=(Removal("r-1"),)))
    assert isinstance(done, Applied)
    assert everybody(store) == ["r-2"]


def test_what_the_platform_does_not_know_of_somebody_stays(
    store: DeltaStore, office: DeltaOffice
) -> None:
    person = Resident("r-1", SECRET_NAME, "3-2-1", birth_date=date(1980, 1, 1))
    store.register(person, CONSENT, [Template("t", "r-1", MODEL, 1, vector_of(1))])
    office.apply(step(0, 1, put("r-1", 2)))
    known = store.show("r-1").resident
    assert (known.name, known.unit, known.birth_date) == (
        SECRET_NAME,
        "3-2-1",
        date(1980, 1, 1),
    )


def test_a_validity_is_changed_without_a_new_picture(
    store: DeltaStore, office: DeltaOffice
) -> None:
    office.apply(step(0, 1, put("r-1", 1)))
    before = store.show("r-1").templates
    renewed = replace(CONSENT, notice_version="2026-07")
    entry = Entry("r-1", Category.VISITOR, valid_until=date(2026, 12, 1), consent=renewed)
    done = office.apply(step(1, 2, entry))
    assert isinstance(done, Applied)
    assert (done.registered, done.changed) == (0, 1)
    shown = store.show("r-1")
    assert (shown.resident.category, shown.resident.valid_until) == (
        Category.VISITOR,
        date(2026, 12, 1),
    )
    assert (shown.templates, shown.consents) == (before, (CONSENT, renewed))


def test_a_portrait_is_kept_with_a_consent_of_its_own_alone(
    store: DeltaStore, office: DeltaOffice
) -> None:
    office.apply(step(0, 1, put("r-1", 1, consent=replace(CONSENT, portrait=True)), put("r-2", 2)))
    assert (store.show("r-1").portrait, store.show("r-2").portrait) == (True, False)


def test_no_byte_of_who_is_removed_is_left_and_the_receipt_says_when(
    store: DeltaStore, office: DeltaOffice, tmp_path: Path, clock: FakeClock
) -> None:
    office.apply(step(0, 1, put("r-1", 1), put("r-2", 2), put("r-3", 3)))
    sealed = [
        bytes(row["sealed"])
        for row in store._connection.execute("SELECT sealed FROM templates ORDER BY resident_id")
    ]
    clock.advance(60)
    done = office.apply(
        step(1, 2, removals=(Removal("r-1", withdrawn=True), Removal("r-2"), Removal("r-9")))
    )
    assert isinstance(done, Applied)
    assert (done.removed, done.absent, done.erased_at) == (("r-1", "r-2"), ("r-9",), clock.now)
    content = b"".join(path.read_bytes() for path in tmp_path.glob("residents.db*"))
    assert [one in content for one in sealed] == [False, False, True]
    acts = {(row.act, row.subject, row.result) for row in store.audit_rows()}
    assert {
        ("withdraw", "r-1", "deleted"),
        ("remove", "r-2", "deleted"),
        ("remove", "r-9", "not registered"),
        ("delta", "*", "1 to 2"),
    } <= acts
    assert store.first_broken_audit_row() is None


def test_traces_that_could_not_be_erased_are_erased_when_the_delta_comes_again(
    store: DeltaStore, office: DeltaOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.apply(step(0, 1, put("r-1", 1)))
    delta = step(1, 2, removals=(Removal("r-1"),))

    def fail(*_: object, **__: object) -> None:
        raise StoreError("another process keeps reading")

    with monkeypatch.context() as patched:
        patched.setattr("edge.store.deltas.erase_traces", fail)
        with pytest.raises(StoreError):
            office.apply(delta)
    assert (everybody(store), store.version()) == ([], 2)
    done = office.apply(delta)
    assert isinstance(done, Applied)
    assert (done.removed, done.erased_at is not None) == (("r-1",), True)


def test_a_gate_that_runs_does_not_know_the_removed_any_more(
    store: DeltaStore, office: DeltaOffice, tmp_path: Path, clock: FakeClock
) -> None:
    gate = DeltaStore(tmp_path / "residents.db", vault=Vault(bytes(32), "a test"), clock=clock)
    watch = GalleryWatch(
        gate,
        lambda: build_gallery([(r, t.id, t.photos, t.vector) for r, t in gate.gallery(MODEL)]),
    )
    assert watch.search(vector_of(1)) is None
    office.apply(step(0, 1, put("r-1", 1)))
    found = watch.search(vector_of(1))
    assert found is not None
    assert found.resident.id == "r-1"
    office.apply(step(1, 2, removals=(Removal("r-1", withdrawn=True),)))
    assert watch.search(vector_of(1)) is None
    gate.close()


def test_a_box_without_a_gate_registers_nobody_and_forgets_whom_it_is_told_to(
    store: DeltaStore, office: DeltaOffice
) -> None:
    office.apply(step(0, 1, put("r-1", 1)))
    without = DeltaOffice(store, None)
    refused = without.apply(step(1, 2, put("r-2", 2)))
    assert isinstance(refused, DeltaRefused)
    assert refused.code == "no_gate"
    assert isinstance(without.apply(step(1, 2, removals=(Removal("r-1"),))), Applied)


def test_old_receipts_make_room(
    store: DeltaStore, office: DeltaOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.store.deltas.MOST_REMEMBERED", 2)
    for number in range(4):
        office.apply(step(number, number + 1, removals=(Removal("r-1"),)))
    (row,) = store._connection.execute("SELECT count(*) AS count FROM deltas").fetchall()
    assert (row["count"], store.version()) == (2, 4)


def test_a_template_may_be_off_unit_length_by_rounding_alone(office: DeltaOffice) -> None:
    rounded = vector_of(3) * np.float32(1 + deltas.UNIT_LENGTH / 2)
    assert isinstance(office.apply(step(0, 1, given("r-1", rounded))), Applied)
