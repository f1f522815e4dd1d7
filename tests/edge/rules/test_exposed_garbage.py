from typing import Any

import pytest

from edge.domain.rule import IncidentType
from edge.domain.scene import Evidence, Subject
from tests.scenes import BESIDE, BOTH, a_person, a_place, judged

TYPE = IncidentType.EXPOSED_GARBAGE
BINS = ((0.4, 0.6), (0.6, 0.6), (0.6, 0.8), (0.4, 0.8))


def test_rubbish_is_confirmed_by_a_network_that_knows_it() -> None:
    (finding,) = judged(TYPE, a_place(Subject.GARBAGE, label="garbage_bag", attended=0.2))
    assert finding.key == "place:1"
    assert finding.parts == (("garbage", 0.9), ("unattended", 0.8), ("steadiness", 1.0))
    assert finding.evidence == BOTH
    assert (finding.confirmed, finding.label) == (True, "garbage_bag")


def test_another_name_confirms_no_rubbish() -> None:
    (finding,) = judged(TYPE, a_place(Subject.GOODS, label="suitcase"))
    assert finding.parts[0] == ("goods_like_rubbish", 0.5)
    assert not finding.confirmed


def test_a_thing_without_a_name_is_for_review() -> None:
    (finding,) = judged(TYPE, a_place(Subject.OBJECT))
    assert finding.parts[0] == ("unnamed", 0.5)
    assert (finding.confirmed, finding.missing) == (False, (Evidence.DETECTOR,))


@pytest.mark.parametrize("subject", [Subject.GOODS, Subject.OBJECT])
@pytest.mark.parametrize("size", [(0.1, 0.1), (0.2, 0.15)])
def test_where_both_are_forbidden_it_is_rather_a_pile(
    subject: Subject, size: tuple[float, float]
) -> None:
    thing = a_place(subject, size=size)
    (garbage,), (pile,) = judged(TYPE, thing), judged(IncidentType.MATERIAL_PILE, thing)
    assert garbage.confidence < pile.confidence


def test_at_the_bins_rubbish_waits_to_be_collected() -> None:
    bag = a_place(Subject.GARBAGE)
    assert judged(TYPE, bag, outside=(BINS,)) == []
    assert judged(TYPE, a_place(Subject.GARBAGE, foot=(0.8, 0.7)), outside=(BINS,))


@pytest.mark.parametrize("attended", [0.5, 1.0])
def test_a_crew_that_collects_it_is_at_it(attended: float) -> None:
    assert judged(TYPE, a_place(Subject.GARBAGE, attended=attended), a_person()) == []


@pytest.mark.parametrize("subject", [Subject.VEHICLE, Subject.BIKE, Subject.STALL])
def test_the_truck_that_collects_it_is_no_rubbish(subject: Subject) -> None:
    assert judged(TYPE, a_place(subject)) == []


def test_rubbish_beside_the_zone_is_another_zones_affair() -> None:
    assert judged(TYPE, a_place(Subject.GARBAGE, foot=BESIDE)) == []


@pytest.mark.parametrize(
    ("terms", "changes"),
    [
        ({"least_area": 0.02}, {}),
        ({"greatest_area": 0.005}, {}),
        ({"least_score": 0.9}, {}),
        ({"steadiness": 0.9}, {"steadiness": 0.8}),
        ({"classes": ("litter",)}, {}),
    ],
)
def test_the_terms_leave_out_what_they_do_not_want(
    terms: dict[str, Any], changes: dict[str, Any]
) -> None:
    assert judged(TYPE, a_place(Subject.GARBAGE, **changes), **terms) == []
    assert judged(TYPE, a_place(Subject.GARBAGE, **changes))
