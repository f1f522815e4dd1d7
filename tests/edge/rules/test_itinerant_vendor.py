from typing import Any

import pytest

from edge.domain.rule import IncidentType
from edge.domain.scene import Evidence, Presence, Subject
from tests.scenes import BESIDE, BOTH, NOW_S, a_person, a_place, judged

TYPE = IncidentType.ITINERANT_VENDOR


def test_a_stall_that_a_network_knows_is_confirmed_with_people_at_it() -> None:
    (finding,) = judged(TYPE, a_place(Subject.STALL, score=0.75, attended=0.5, steadiness=0.9))
    assert finding.key == "place:1"
    assert finding.parts == (("stall", 0.75), ("people", 0.75), ("steadiness", 0.9))
    assert finding.evidence == (*BOTH, Evidence.PEOPLE)
    assert finding.confirmed


def test_something_without_a_name_with_people_at_it_is_for_review() -> None:
    (finding,) = judged(TYPE, a_place(Subject.OBJECT, attended=0.9))
    assert finding.parts == (("unnamed_like_a_stall", 0.6), ("people", 1.0), ("steadiness", 1.0))
    assert finding.evidence == (Evidence.STATIC_FOREGROUND, Evidence.PEOPLE)
    assert (finding.confirmed, finding.missing) == (False, (Evidence.DETECTOR,))


def test_chairs_and_tables_with_people_at_them_are_not_confirmed() -> None:
    (finding,) = judged(TYPE, a_place(Subject.GOODS, label="dining table", attended=0.9))
    assert not finding.confirmed
    assert finding.parts[0] == ("goods_like_a_stall", 0.7)


@pytest.mark.parametrize("subject", [Subject.STALL, Subject.GOODS, Subject.OBJECT])
def test_what_nobody_is_at_is_shut_down_under_its_tarpaulin(subject: Subject) -> None:
    assert judged(TYPE, a_place(subject, attended=0.29)) == []


def test_somebody_who_merely_stands_is_no_stall() -> None:
    assert judged(TYPE, a_person(), a_person((0.55, 0.7))) == []


def test_people_at_rubbish_clean_up() -> None:
    assert judged(TYPE, a_place(Subject.GARBAGE, attended=0.9)) == []


@pytest.mark.parametrize("subject", [Subject.VEHICLE, Subject.BIKE])
def test_a_van_or_an_electric_bike_that_is_loaded_is_no_stall(subject: Subject) -> None:
    assert judged(TYPE, a_place(subject, attended=0.9)) == []


def test_a_cart_that_has_moved_on_counts_from_where_it_stands_now() -> None:
    before = a_place(
        Subject.STALL, number=1, foot=(0.3, 0.7), attended=0.9, presence=Presence.ABSENT
    )
    now = a_place(Subject.STALL, number=2, foot=(0.7, 0.7), attended=0.9, since_s=NOW_S - 3)
    left, here = judged(TYPE, before, now)
    assert left.presence is Presence.ABSENT
    assert (here.key, here.since_s) == ("place:2", NOW_S - 3)


def test_a_stall_beside_the_zone_is_allowed() -> None:
    assert judged(TYPE, a_place(Subject.STALL, foot=BESIDE, attended=0.9)) == []


@pytest.mark.parametrize(
    ("terms", "changes"),
    [
        ({"least_area": 0.02}, {}),
        ({"greatest_area": 0.005}, {}),
        ({"least_score": 0.9}, {}),
        ({"steadiness": 0.9}, {"steadiness": 0.8}),
        ({"classes": ("vendor_cart",)}, {}),
    ],
)
def test_the_terms_leave_out_what_they_do_not_want(
    terms: dict[str, Any], changes: dict[str, Any]
) -> None:
    stall = a_place(Subject.STALL, attended=0.9, **changes)
    assert judged(TYPE, stall, **terms) == []
    assert judged(TYPE, stall)


def test_a_bag_at_somebodys_feet_is_too_small_for_a_stall() -> None:
    assert judged(TYPE, a_place(Subject.OBJECT, size=(0.05, 0.05), attended=1.0)) == []
