from typing import Any

import pytest

from edge.domain.rule import IncidentType
from edge.domain.scene import Evidence, Subject, Thing
from tests.scenes import BESIDE, a_person, a_place, judged

TYPE = IncidentType.CROWD_GATHERING


def people(count: int, **changes: Any) -> list[Thing]:
    return [a_person((0.15 + 0.07 * n, 0.7), **changes) for n in range(count)]


def test_eight_people_are_one_finding_about_the_zone() -> None:
    (finding,) = judged(TYPE, *people(8))
    assert (finding.key, finding.count, finding.label) == ("zone:kerb", 8, "person")
    assert finding.box == pytest.approx((0.13, 0.55, 0.66, 0.7))
    assert finding.parts == (("detector", 0.8),)
    assert finding.evidence == (Evidence.DETECTOR, Evidence.PEOPLE)
    assert (finding.confirmed, finding.since_s) == (True, None)


def test_seven_people_are_no_crowd() -> None:
    assert judged(TYPE, *people(7)) == []
    assert judged(TYPE, *people(7), least_count=7)


def test_passers_by_are_no_crowd_however_many() -> None:
    assert judged(TYPE, *people(7), *people(9, moving=True)) == []


def test_people_beside_the_zone_do_not_count() -> None:
    assert judged(TYPE, *people(7), a_person(BESIDE)) == []


def test_a_crowd_is_as_sure_as_its_eight_surest() -> None:
    (finding,) = judged(TYPE, *people(8), a_person(score=0.41))
    assert (finding.count, finding.confidence) == (9, 0.8)


def test_things_are_no_people() -> None:
    cars = [Thing(Subject.VEHICLE, "car", one.box, 0.9) for one in people(9)]
    assert judged(TYPE, *cars, a_place(Subject.STALL)) == []


@pytest.mark.parametrize(
    "terms",
    [
        {"least_score": 0.9},
        {"least_area": 0.01},
        {"greatest_area": 0.001},
        {"outside": (((0.1, 0.6), (0.3, 0.6), (0.3, 0.8), (0.1, 0.8)),)},
    ],
)
def test_the_terms_leave_out_what_they_do_not_want(terms: dict[str, Any]) -> None:
    assert judged(TYPE, *people(8), **terms) == []
