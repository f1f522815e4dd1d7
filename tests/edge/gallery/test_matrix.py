import numpy as np
import pytest

from edge.domain.resident import Resident
from edge.gallery.matrix import Gallery, build_gallery
from models.faces import Floats

ANN, BEN, EVE = Resident("ann"), Resident("ben"), Resident("eve")


def axis(number: int) -> Floats:
    return np.asarray(np.eye(4)[number], np.float32)


def three_people() -> Gallery:
    """Ann has two templates, Ben and Eve one each."""
    return build_gallery(
        [
            (ANN, "a1", 1, axis(0)),
            (ANN, "a2", 3, axis(1)),
            (BEN, "b1", 2, axis(2)),
            (EVE, "e1", 1, axis(3)),
        ]
    )


def test_the_best_template_names_the_person_and_itself() -> None:
    query = np.array([0.1, 0.9, 0.3, 0.2], np.float32)
    found = three_people().search(query)
    assert found is not None
    assert (found.resident, found.template_id) == (ANN, "a2")
    assert found.similarity == pytest.approx(0.9)


def test_the_second_is_another_person_not_another_template() -> None:
    query = np.array([0.8, 0.9, 0.3, 0.2], np.float32)
    found = three_people().search(query)
    assert found is not None
    assert found.second == pytest.approx(0.3)
    assert found.margin == pytest.approx(0.6)


def test_the_last_person_is_found_like_the_first() -> None:
    found = three_people().search(axis(3))
    assert found is not None
    assert found.resident == EVE
    assert found.second == 0.0


@pytest.mark.parametrize("dimensions", [4, 128, 512])
def test_an_empty_gallery_knows_nobody_whatever_the_network(dimensions: int) -> None:
    gallery = build_gallery([])
    assert len(gallery) == 0
    assert gallery.search(np.ones(dimensions, np.float32)) is None
    assert gallery.search_besides(np.ones(dimensions, np.float32), "ann") is None


def test_a_gallery_of_one_has_no_second() -> None:
    found = build_gallery([(ANN, "a1", 1, axis(0)), (ANN, "a2", 1, axis(1))]).search(axis(0))
    assert found is not None
    assert found.second is None
    assert found.margin is None


def test_a_search_besides_somebody_overlooks_all_their_templates() -> None:
    query = np.array([0.8, 0.9, 0.3, 0.2], np.float32)
    found = three_people().search_besides(query, "ann")
    assert found is not None
    assert found.resident == BEN
    assert found.second == pytest.approx(0.2)


def test_besides_its_only_person_a_gallery_knows_nobody() -> None:
    gallery = build_gallery([(ANN, "a1", 1, axis(0))])
    assert gallery.search_besides(axis(0), "ann") is None
    found = gallery.search_besides(axis(0), "ben")
    assert found is not None
    assert found.resident == ANN


def test_every_search_agrees_with_a_slow_one() -> None:
    random = np.random.default_rng(3)
    owners = np.sort(random.integers(0, 40, 200))
    vectors = random.normal(size=(200, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    gallery = build_gallery(
        [(Resident(f"p{owner:02}"), str(row), 1, vectors[row]) for row, owner in enumerate(owners)]
    )
    for query in random.normal(size=(50, 16)).astype(np.float32):
        best = {
            owner: max(float(vectors[row] @ query) for row in np.flatnonzero(owners == owner))
            for owner in set(owners.tolist())
        }
        first, second = sorted(best, key=lambda owner: -best[owner])[:2]
        found = gallery.search(query)
        assert found is not None
        assert found.resident.id == f"p{first:02}"
        assert found.similarity == pytest.approx(best[first], abs=1e-5)
        assert found.second == pytest.approx(best[second], abs=1e-5)


def test_a_search_leaves_the_gallery_as_it_was() -> None:
    gallery = three_people()
    before = gallery.vectors.copy()
    gallery.search(axis(1))
    assert np.array_equal(gallery.vectors, before)


def test_wiping_overwrites_the_only_copy_of_the_templates() -> None:
    matrix = np.eye(2, 4, dtype=np.float32)
    gallery = build_gallery([(ANN, "a1", 1, matrix[0]), (BEN, "b1", 1, matrix[1])])
    assert gallery.vectors is matrix
    gallery.wipe()
    assert not matrix.any()


def test_vectors_of_elsewhere_are_copied() -> None:
    matrix = np.eye(4, dtype=np.float32)
    gallery = build_gallery([(ANN, "a1", 1, matrix[1]), (BEN, "b1", 1, matrix[0])])
    gallery.wipe()
    assert matrix.any(axis=1).all()


def test_scattered_rows_of_one_person_are_refused() -> None:
    rows = [(ANN, "a1", 1, axis(0)), (BEN, "b1", 1, axis(1)), (ANN, "a2", 1, axis(2))]
    with pytest.raises(ValueError, match="together"):
        build_gallery(rows)


def test_the_most_photos_of_any_template_are_known() -> None:
    assert three_people().photos == 3


def test_one_template_per_person_is_had_for_calibration() -> None:
    assert np.array_equal(three_people().one_per_person(), np.stack([axis(0), axis(2), axis(3)]))
