import numpy as np
import pytest

from edge.gate.evidence import CAPACITY, Evidence
from edge.gate.quality import Refusal
from models.faces import Floats


def unit(*values: float) -> Floats:
    vector = np.asarray(values, np.float32)
    return vector / np.linalg.norm(vector)


def test_the_fused_face_is_the_unit_mean_weighted_by_the_square_of_the_norm() -> None:
    evidence = Evidence()
    evidence.add(unit(1, 0), 2.0)
    evidence.add(unit(0, 1), 1.0)
    np.testing.assert_allclose(evidence.fused(), unit(4, 1), atol=1e-6)


def test_beyond_its_capacity_the_weakest_face_goes_and_is_still_counted() -> None:
    evidence = Evidence()
    evidence.add(unit(0, 1), 1.0)
    for _ in range(CAPACITY):
        evidence.add(unit(1, 0), 5.0)
    assert evidence.usable_frames == CAPACITY + 1
    assert evidence.vectors.shape == (CAPACITY, 2)
    np.testing.assert_allclose(evidence.fused(), unit(1, 0), atol=1e-6)


def test_refusals_are_counted_per_reason() -> None:
    evidence = Evidence()
    for reason in (Refusal.SMALL, Refusal.BLURRED, Refusal.SMALL):
        evidence.refuse(reason)
    assert evidence.refused == (("blurred", 1), ("small", 2))


def test_nothing_can_be_fused_from_no_face() -> None:
    with pytest.raises(ValueError, match="no usable face"):
        Evidence().fused()


def test_forgetting_overwrites_the_vectors() -> None:
    evidence, vector = Evidence(), unit(1, 2)
    evidence.add(vector, 3.0)
    evidence.forget()
    assert not vector.any()


def test_absorbing_adds_frames_faces_and_refusals() -> None:
    mine, other = Evidence(), Evidence()
    mine.add(unit(1, 0), 1.0, live=1.0)
    other.add(unit(0, 1), 1.0, live=0.0)
    other.refuse(Refusal.DARK)
    for _ in range(4):
        other.see(0.9)
    mine.absorb(other)
    assert (mine.frames, mine.usable_frames, mine.refused) == (4, 2, (("dark", 1),))
    assert mine.liveness == pytest.approx(0.5)
