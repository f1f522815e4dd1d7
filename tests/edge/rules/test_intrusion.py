from typing import Any

import pytest

from edge.domain.rule import IncidentType, Severity
from edge.domain.scene import Evidence, Subject, Thing
from edge.rules.intrusion import RULE
from tests.scenes import BESIDE, INSIDE, a_person, a_place, judged, standing_at

TYPE = IncidentType.INTRUSION
DOG = Thing(Subject.OBJECT, "dog", standing_at(INSIDE, (0.1, 0.1)), 0.7)


def test_somebody_in_the_zone_is_an_intruder() -> None:
    (finding,) = judged(TYPE, a_person(score=0.77))
    assert (finding.key, finding.count, finding.label) == ("zone:kerb", 1, "person")
    assert finding.parts == (("detector", 0.77),)
    assert finding.evidence == (Evidence.DETECTOR,)
    assert (finding.confirmed, finding.since_s) == (True, None)
    assert RULE.terms.severity is Severity.URGENT


def test_somebody_beside_the_zone_is_none() -> None:
    assert judged(TYPE, a_person(BESIDE)) == []


def test_who_walks_intrudes_too() -> None:
    assert judged(TYPE, a_person(moving=True))


def test_several_are_one_finding_as_sure_as_the_surest() -> None:
    (finding,) = judged(TYPE, a_person((0.3, 0.7), score=0.55), a_person((0.6, 0.7), score=0.9))
    assert (finding.count, finding.confidence) == (2, 0.9)


def test_a_parked_car_or_a_dog_is_nobody() -> None:
    assert judged(TYPE, a_place(Subject.VEHICLE), DOG) == []


def test_other_classes_count_where_the_terms_name_them_and_people_then_do_not() -> None:
    (finding,) = judged(TYPE, DOG, a_person(), classes=("dog",))
    assert (finding.count, finding.label) == (1, "dog")


@pytest.mark.parametrize(
    "terms",
    [
        {"least_score": 0.9},
        {"least_count": 2},
        {"least_area": 0.01},
        {"greatest_area": 0.001},
        {"outside": (((0.4, 0.6), (0.6, 0.6), (0.6, 0.8), (0.4, 0.8)),)},
    ],
)
def test_the_terms_leave_out_what_they_do_not_want(terms: dict[str, Any]) -> None:
    assert judged(TYPE, a_person(), **terms) == []
