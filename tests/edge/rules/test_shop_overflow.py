from typing import Any

import pytest

from edge.domain.rule import IncidentType, Zone
from edge.domain.scene import Evidence, Presence, Subject
from tests.scenes import CAME_S, NOW_S, a_person, a_place, judged

TYPE = IncidentType.SHOP_OVERFLOW
FRONT = Zone("front", ((0.1, 0.5), (0.9, 0.5), (0.9, 0.8), (0.1, 0.8)))
"""The pavement outside the shop's line, which runs at 0.5."""


def crate(number: int = 1, **changes: Any) -> Any:
    changes.setdefault("foot", (0.1 + 0.2 * number, 0.7))
    return a_place(changes.pop("subject", Subject.GOODS), number=number, **changes)


def test_all_goods_of_a_shop_front_are_one_finding() -> None:
    (finding,) = judged(TYPE, crate(1), crate(2, steadiness=0.8), zone=FRONT)
    assert (finding.key, finding.count, finding.label) == ("zone:front", 2, "goods")
    assert finding.box == pytest.approx((0.25, 0.6, 0.55, 0.7))
    assert finding.parts == (("goods", 0.9), ("steadiness", 0.9))
    assert finding.confirmed


def test_it_counts_from_the_first_that_was_enough() -> None:
    scene = (crate(1), crate(2, since_s=NOW_S - 5))
    assert judged(TYPE, *scene, zone=FRONT)[0].since_s == CAME_S
    assert judged(TYPE, *scene, zone=FRONT, least_count=2)[0].since_s == NOW_S - 5


def test_what_nobody_names_is_for_review() -> None:
    (finding,) = judged(TYPE, crate(subject=Subject.OBJECT), zone=FRONT)
    assert finding.parts[0] == ("unnamed_goods", 0.6)
    assert (finding.confirmed, finding.missing) == (False, (Evidence.DETECTOR,))


def test_goods_inside_the_shop_are_its_own_affair() -> None:
    # Seen through the glass, the lowest fifth of them reaches over the line.
    assert judged(TYPE, crate(foot=(0.5, 0.52)), zone=FRONT) == []
    assert judged(TYPE, crate(foot=(0.5, 0.54)), zone=FRONT)


def test_a_shelf_that_leans_out_by_less_than_the_cover_is_allowed() -> None:
    leaning = crate(foot=(0.5, 0.55))
    assert judged(TYPE, leaning, zone=FRONT)
    assert judged(TYPE, leaning, zone=FRONT, least_cover=0.6) == []


def test_customers_are_no_goods() -> None:
    assert judged(TYPE, a_person((0.4, 0.7)), a_person((0.5, 0.7)), zone=FRONT) == []


@pytest.mark.parametrize("subject", [Subject.VEHICLE, Subject.BIKE, Subject.GARBAGE])
def test_a_van_that_delivers_bikes_and_rubbish_are_no_goods(subject: Subject) -> None:
    assert judged(TYPE, crate(subject=subject), zone=FRONT) == []


def test_an_unnamed_thing_as_large_as_a_van_is_no_goods() -> None:
    van = crate(subject=Subject.OBJECT, foot=(0.5, 0.8), size=(0.6, 0.5))
    assert judged(TYPE, van, zone=FRONT) == []


def test_plants_can_be_left_out_by_naming_what_counts() -> None:
    plant, box = crate(1, label="potted plant"), crate(2, label="box")
    assert judged(TYPE, plant, zone=FRONT, classes=("box",)) == []
    assert judged(TYPE, plant, box, zone=FRONT, classes=("box",))[0].count == 1


def test_goods_that_were_taken_in_are_gone() -> None:
    assert judged(TYPE, crate(presence=Presence.ABSENT), zone=FRONT) == []
    (finding,) = judged(TYPE, crate(presence=Presence.OCCLUDED), zone=FRONT)
    assert finding.presence is Presence.OCCLUDED


@pytest.mark.parametrize(
    ("terms", "changes"),
    [
        ({"least_area": 0.02}, {}),
        ({"least_score": 0.9}, {}),
        ({"least_count": 2}, {}),
        ({"steadiness": 0.9}, {"steadiness": 0.8}),
        ({"outside": (((0.2, 0.5), (0.5, 0.5), (0.5, 0.8), (0.2, 0.8)),)}, {}),
    ],
)
def test_the_terms_leave_out_what_they_do_not_want(
    terms: dict[str, Any], changes: dict[str, Any]
) -> None:
    assert judged(TYPE, crate(**changes), zone=FRONT, **terms) == []
    assert judged(TYPE, crate(**changes), zone=FRONT)
