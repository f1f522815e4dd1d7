from statistics import NormalDist

import numpy as np
import pytest

from edge.gallery.calibration import Method, calibrate, threshold_for
from models.faces import Floats, ImpostorPrior

PRIOR = ImpostorPrior(mean=0.101, sd=0.0872)


def strangers_to_each_other(people: int, *, likeness: float = 0.0, seed: int = 0) -> Floats:
    """Unit vectors; ``likeness`` is about the mean cosine of two of them."""
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(people, 128))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors = np.sqrt(1 - likeness) * vectors + np.sqrt(likeness) * np.eye(128)[0]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors, np.float32)


@pytest.mark.parametrize(
    ("people", "threshold"), [(20, 0.455), (50, 0.473), (100, 0.486), (200, 0.499)]
)
def test_the_threshold_is_the_measured_recipe(people: int, threshold: float) -> None:
    assert threshold_for(people=people, fpir=0.001, prior=PRIOR) == pytest.approx(
        threshold, abs=0.001
    )


@pytest.mark.parametrize("people", [20, 212, 5000, 100_000])
def test_half_the_wanted_rate_of_strangers_passes_if_scores_are_normal(people: int) -> None:
    threshold = threshold_for(people=people, fpir=0.01, prior=PRIOR)
    fmr = 1 - NormalDist(PRIOR.mean, PRIOR.sd).cdf(threshold)
    assert 1 - (1 - fmr) ** people == pytest.approx(0.005, rel=1e-4)


def test_a_gallery_of_one_is_held_to_the_threshold_of_a_small_compound() -> None:
    assert threshold_for(people=1, fpir=0.001, prior=PRIOR) == threshold_for(
        people=20, fpir=0.001, prior=PRIOR
    )


def test_more_photos_and_fused_frames_raise_the_threshold() -> None:
    def threshold(photos: int, *, fused: bool) -> float:
        return threshold_for(people=100, fpir=0.001, prior=PRIOR, photos=photos, fused=fused)

    plain = threshold(1, fused=False)
    assert threshold(2, fused=False) == pytest.approx(plain + 0.01)
    assert threshold(3, fused=False) == pytest.approx(plain + 0.015)
    assert threshold(7, fused=True) == pytest.approx(plain + 0.025)


@pytest.mark.parametrize("fpir", [0.0, 1.0, -0.1])
def test_a_rate_that_is_none_is_refused(fpir: float) -> None:
    with pytest.raises(ValueError, match="rate"):
        threshold_for(people=10, fpir=fpir, prior=PRIOR)


def test_mean_and_spread_are_those_of_all_pairs() -> None:
    vectors = strangers_to_each_other(60, likeness=0.2)
    pairs = (vectors @ vectors.T)[np.triu_indices(60, k=1)]
    found = calibrate(vectors, fpir=0.01, prior=PRIOR)
    assert found.own_mean == pytest.approx(pairs.mean(), abs=1e-5)
    assert found.own_sd == pytest.approx(pairs.std(), abs=1e-5)


def test_a_gallery_of_look_alikes_raises_the_threshold() -> None:
    found = calibrate(strangers_to_each_other(200, likeness=0.3), fpir=0.01, prior=PRIOR)
    assert found.method is Method.SHRUNK
    assert found.threshold > threshold_for(people=200, fpir=0.01, prior=PRIOR)
    assert found.confidence.startswith("good: 200 people")
    assert "raised" in found.confidence


def test_a_gallery_of_unlike_people_never_lowers_the_threshold() -> None:
    found = calibrate(strangers_to_each_other(200), fpir=0.01, prior=PRIOR)
    assert found.own_mean is not None
    assert found.own_mean < PRIOR.mean
    assert found.impostors == PRIOR
    assert found.threshold == threshold_for(people=200, fpir=0.01, prior=PRIOR)


def test_few_people_move_the_threshold_less_than_many() -> None:
    few = calibrate(strangers_to_each_other(20, likeness=0.3), fpir=0.01, prior=PRIOR)
    many = calibrate(strangers_to_each_other(400, likeness=0.3), fpir=0.01, prior=PRIOR)
    assert few.impostors.mean < many.impostors.mean


@pytest.mark.parametrize("people", [0, 1, 2, 12])
def test_a_tiny_gallery_says_that_it_says_little(people: int) -> None:
    found = calibrate(strangers_to_each_other(people, likeness=0.3), fpir=0.001, prior=PRIOR)
    assert found.threshold == threshold_for(people=20, fpir=0.001, prior=PRIOR)
    assert found.method is Method.PRIOR
    assert found.confidence.startswith(f"low: {people} people")
    assert found.interval is None


def test_the_interval_narrows_with_more_people() -> None:
    def width(people: int) -> float:
        found = calibrate(strangers_to_each_other(people, likeness=0.3), fpir=0.01, prior=PRIOR)
        assert found.interval is not None
        return found.interval[1] - found.interval[0]

    assert 0 < width(800) < width(50)


def test_the_same_gallery_is_calibrated_the_same_twice() -> None:
    vectors = strangers_to_each_other(50, likeness=0.3)
    assert calibrate(vectors, fpir=0.01, prior=PRIOR) == calibrate(vectors, fpir=0.01, prior=PRIOR)


def test_unsure_begins_below_the_match() -> None:
    found = calibrate(strangers_to_each_other(50), fpir=0.001, prior=PRIOR)
    assert found.unsure_threshold < found.threshold
    lax = calibrate(strangers_to_each_other(50), fpir=0.2, prior=PRIOR)
    assert lax.unsure_threshold == lax.threshold
