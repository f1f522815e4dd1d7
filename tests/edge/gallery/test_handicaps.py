"""A person who was confused is harder to recognise, and nobody else is."""

from datetime import date

import numpy as np
import pytest

from edge.domain.passage import Decision
from edge.domain.resident import Resident
from edge.gallery.matrix import Gallery, build_gallery
from edge.gate.decision import Patience, Thresholds, Verdict, judge
from edge.gate.evidence import Evidence
from models.faces import Floats

ANN, BEN = Resident("ann"), Resident("ben")
THRESHOLDS = Thresholds(match=0.45, unsure=0.35, people=2)


def axis(number: int) -> Floats:
    return np.asarray(np.eye(4)[number], np.float32)


def gallery(**handicaps: float) -> Gallery:
    rows = [(ANN, "a1", 1, axis(0)), (ANN, "a2", 1, axis(1)), (BEN, "b1", 1, axis(2))]
    return build_gallery(rows, handicaps=handicaps)


def test_all_templates_of_a_person_are_lowered_and_no_others() -> None:
    query = np.array([0.1, 0.6, 0.5, 0.6], np.float32)
    found = gallery(ann=0.05).search(query)
    assert found is not None
    assert (found.resident, found.template_id) == (ANN, "a2")
    assert found.similarity == pytest.approx(0.55)
    assert found.second == pytest.approx(0.5)


def test_another_may_be_more_similar_then() -> None:
    query = np.array([0.1, 0.6, 0.5, 0.6], np.float32)
    found = gallery(ann=0.15).search(query)
    assert found is not None
    assert found.resident == BEN
    assert found.second == pytest.approx(0.45)


def test_a_gallery_without_handicaps_subtracts_nothing() -> None:
    assert gallery().handicaps is None
    assert gallery(ann=0.0).handicaps is None
    assert gallery(nobody=0.1).handicaps is None


def verdict(searched: Gallery) -> Verdict:
    evidence = Evidence()
    for _ in range(3):
        evidence.see(0.9)
        evidence.add(np.array([0.5, 0.1, 0.1, np.sqrt(1 - 0.27)], np.float32), 12.0)
    found = judge(
        evidence,
        search=searched.search,
        thresholds=THRESHOLDS,
        patience=Patience(),
        today=date(2026, 11, 24),
        ended=True,
    )
    assert found is not None
    return found


def test_who_was_let_in_as_somebody_else_is_not_let_in_again() -> None:
    assert verdict(gallery()).decision is Decision.RESIDENT
    assert verdict(gallery(ann=0.07)).decision is Decision.UNSURE
