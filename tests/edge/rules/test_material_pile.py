from typing import Any

import pytest

from edge.domain.rule import IncidentType
from edge.domain.scene import Evidence, Subject
from tests.scenes import BESIDE, BOTH, a_person, a_place, judged

TYPE = IncidentType.MATERIAL_PILE
SMALL = (0.1, 0.1)
LARGE = (0.2, 0.15)


def test_goods_that_nobody_is_at_are_confirmed_by_their_name() -> None:
    (finding,) = judged(TYPE, a_place(Subject.GOODS, label="box", attended=0.1))
    assert finding.key == "place:1"
    assert finding.parts == (("goods", 0.9), ("unattended", 0.9), ("steadiness", 1.0))
    assert finding.evidence == BOTH
    assert (finding.confirmed, finding.label) == (True, "box")


def test_a_thing_without_a_name_is_for_review() -> None:
    (finding,) = judged(TYPE, a_place(Subject.OBJECT, size=SMALL))
    assert finding.confidence == pytest.approx(0.6)
    assert (finding.confirmed, finding.missing) == (False, (Evidence.DETECTOR,))


def test_a_large_thing_without_a_name_is_rather_a_vehicle() -> None:
    thing = a_place(Subject.OBJECT, size=LARGE)
    (pile,), (parked,) = judged(TYPE, thing), judged(IncidentType.MOTOR_PARKING, thing)
    assert pile.confidence < parked.confidence
    small = a_place(Subject.OBJECT, size=SMALL)
    (pile,), (parked,) = judged(TYPE, small), judged(IncidentType.MOTOR_PARKING, small)
    assert pile.confidence > parked.confidence


@pytest.mark.parametrize("attended", [0.5, 0.9])
def test_who_works_or_trades_at_it_has_not_left_it(attended: float) -> None:
    assert judged(TYPE, a_place(Subject.GOODS, attended=attended)) == []


def test_with_people_at_it_an_unnamed_thing_is_rather_a_stall() -> None:
    alone, served = (a_place(Subject.OBJECT, attended=share) for share in (0.31, 0.45))
    sell = IncidentType.ITINERANT_VENDOR
    assert judged(TYPE, alone)[0].confidence > judged(sell, alone)[0].confidence
    assert judged(TYPE, served)[0].confidence < judged(sell, served)[0].confidence


@pytest.mark.parametrize("subject", [Subject.VEHICLE, Subject.BIKE, Subject.STALL, Subject.GARBAGE])
def test_what_has_a_rule_of_its_own_is_no_pile(subject: Subject) -> None:
    assert judged(TYPE, a_place(subject), a_person()) == []


def test_a_pile_beside_the_zone_is_allowed() -> None:
    assert judged(TYPE, a_place(Subject.GOODS, foot=BESIDE)) == []


def test_a_yard_in_the_zone_can_be_allowed() -> None:
    yard = ((0.4, 0.6), (0.6, 0.6), (0.6, 0.8), (0.4, 0.8))
    assert judged(TYPE, a_place(Subject.GOODS), outside=(yard,)) == []


@pytest.mark.parametrize(
    ("terms", "changes"),
    [
        ({"least_area": 0.02}, {}),
        ({"greatest_area": 0.005}, {}),
        ({"least_score": 0.9}, {}),
        ({"steadiness": 0.9}, {"steadiness": 0.8}),
        ({"classes": ("pallet",)}, {}),
    ],
)
def test_the_terms_leave_out_what_they_do_not_want(
    terms: dict[str, Any], changes: dict[str, Any]
) -> None:
    assert judged(TYPE, a_place(Subject.GOODS, **changes), **terms) == []
    assert judged(TYPE, a_place(Subject.GOODS, **changes))


def test_litter_is_too_small_for_a_pile() -> None:
    assert judged(TYPE, a_place(Subject.OBJECT, size=(0.02, 0.03))) == []
