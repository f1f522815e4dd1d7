from collections.abc import Callable

import numpy as np
import pytest

from edge.domain.resident import Resident
from edge.errors import StoreError
from edge.gallery.matrix import Gallery, build_gallery
from edge.gallery.watch import GalleryWatch

VECTOR = np.eye(4, dtype=np.float32)


class File:
    """Residents by number, as a file that counts its changes."""

    def __init__(self, *people: int) -> None:
        self.people = list(people)
        self.writes = 1
        self.changes = 1
        self.loaded: list[Gallery] = []
        self.away = False
        self.before_load: Callable[[], None] = lambda: None

    def data_version(self) -> int:
        if self.away:
            raise StoreError("residents.db: cannot be read")
        return self.writes

    def gallery_version(self) -> int:
        return self.changes

    def load(self) -> Gallery:
        self.before_load()
        gallery = build_gallery(
            [(Resident(str(one)), f"t{one}", 1, VECTOR[one].copy()) for one in self.people]
        )
        self.loaded.append(gallery)
        return gallery

    def remove(self, person: int) -> None:
        self.people.remove(person)
        self.writes += 1
        self.changes += 1


def named(watch: GalleryWatch, person: int) -> bool:
    found = watch.search(VECTOR[person])
    return found is not None and found.similarity > 0.9


def test_a_removed_person_is_unknown_to_the_next_search() -> None:
    file = File(0, 1)
    watch = GalleryWatch(file, file.load)
    assert named(watch, 1)
    file.remove(1)
    assert not named(watch, 1)
    assert named(watch, 0)
    assert watch.size() == (1, 1)


def test_nothing_is_loaded_while_nothing_changes() -> None:
    file = File(0)
    watch = GalleryWatch(file, file.load)
    for _ in range(10):
        watch.search(VECTOR[0])
    assert len(file.loaded) == 1


def test_a_write_that_leaves_the_gallery_alone_loads_nothing() -> None:
    file = File(0)
    watch = GalleryWatch(file, file.load)
    file.writes += 1
    watch.search(VECTOR[0])
    assert len(file.loaded) == 1


def test_the_gallery_that_was_swapped_out_is_overwritten() -> None:
    file = File(0, 1)
    watch = GalleryWatch(file, file.load)
    file.remove(1)
    watch.search(VECTOR[0])
    assert not file.loaded[0].vectors.any()
    assert file.loaded[1].vectors.any()


def test_no_outdated_gallery_is_searched_after_a_failed_load() -> None:
    file = File(0, 1)
    watch = GalleryWatch(file, file.load)
    file.remove(1)

    def fail() -> None:
        raise StoreError("residents.db: busy")

    file.before_load = fail
    for _ in range(2):
        with pytest.raises(StoreError):
            watch.search(VECTOR[1])
    file.before_load = lambda: None
    assert not named(watch, 1)


def test_a_change_during_loading_is_met_by_the_next_search() -> None:
    file = File(0, 1, 2)
    watch = GalleryWatch(file, file.load)
    file.remove(1)
    again = iter([2])

    def change() -> None:
        for person in again:
            file.remove(person)

    file.before_load = change
    watch.search(VECTOR[0])
    assert not named(watch, 2)
    assert len(file.loaded) == 3


def test_a_file_that_cannot_be_asked_is_taken_for_unchanged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    file = File(0, 1)
    watch = GalleryWatch(file, file.load)
    file.away = True
    for _ in range(3):
        assert named(watch, 1)
    assert len([one for one in caplog.records if "is gone on with" in one.message]) == 1
    file.away = False
    file.remove(1)
    assert not named(watch, 1)
