from typing import Any

import pytest

from edge.domain.rule import IncidentType
from edge.domain.scene import Evidence, Place, Presence, Subject
from tests.scenes import BESIDE, NOW_S, a_place, judged

TYPE = IncidentType.NONMOTOR_PARKING
RACK = ((0.1, 0.5), (0.35, 0.5), (0.35, 0.8), (0.1, 0.8))


def bikes(count: int, **changes: Any) -> list[Place]:
    return [
        a_place(Subject.BIKE, number=n, foot=(0.15 + 0.1 * n, 0.7), size=(0.05, 0.1), **changes)
        for n in range(count)
    ]


def test_three_bikes_are_one_finding_about_the_zone() -> None:
    (finding,) = judged(TYPE, *bikes(3, label="bicycle"))
    assert (finding.key, finding.count, finding.label) == ("zone:kerb", 3, "bicycle")
    assert finding.box == pytest.approx((0.125, 0.6, 0.375, 0.7))
    assert finding.parts == (("detector", 0.8), ("steadiness", 1.0))
    assert finding.confirmed


def test_two_bikes_are_no_disorder() -> None:
    assert judged(TYPE, *bikes(2)) == []
    assert judged(TYPE, *bikes(2), least_count=2)


def test_bikes_in_the_rack_do_not_count() -> None:
    assert judged(TYPE, *bikes(4), outside=(RACK,)) == []
    (finding,) = judged(TYPE, *bikes(6), outside=(RACK,))
    assert finding.count == 4


def test_bikes_beside_the_zone_do_not_count() -> None:
    beside = a_place(Subject.BIKE, number=9, foot=BESIDE)
    assert judged(TYPE, *bikes(2), beside) == []


def test_it_counts_from_when_the_third_came() -> None:
    ages_s = (900, 30, 700, 600)
    scene = [
        a_place(Subject.BIKE, number=n, foot=(0.2 + 0.1 * n, 0.7), since_s=NOW_S - age_s)
        for n, age_s in enumerate(ages_s)
    ]
    (finding,) = judged(TYPE, *scene)
    assert finding.since_s == NOW_S - 600


def test_a_bike_that_has_been_fetched_no_longer_counts() -> None:
    *two, third = bikes(3)
    left = a_place(Subject.BIKE, number=third.id, presence=Presence.ABSENT)
    assert judged(TYPE, *two, left) == []


def test_bikes_behind_a_bus_are_neither_there_nor_gone() -> None:
    (finding,) = judged(TYPE, *bikes(3, presence=Presence.OCCLUDED))
    assert finding.presence is Presence.OCCLUDED
    (finding,) = judged(TYPE, *bikes(4)[:3], bikes(4, presence=Presence.OCCLUDED)[3])
    assert finding.presence is Presence.PRESENT


def test_bikes_that_were_seen_once_confirm_nothing() -> None:
    faint = {"evidence": (Evidence.STATIC_FOREGROUND,), "missing": (Evidence.DETECTOR,)}
    (finding,) = judged(TYPE, *bikes(3)[:2], bikes(3, **faint)[2])
    assert not finding.confirmed
    assert finding.missing == (Evidence.DETECTOR,)
    (finding,) = judged(TYPE, *bikes(4)[:3], bikes(4, **faint)[3])
    assert finding.confirmed, "three others are enough"


@pytest.mark.parametrize("subject", [Subject.VEHICLE, Subject.OBJECT, Subject.GOODS])
def test_other_things_are_no_bikes(subject: Subject) -> None:
    assert judged(TYPE, *bikes(2), a_place(subject, number=9)) == []


@pytest.mark.parametrize(
    ("terms", "changes"),
    [
        ({"least_score": 0.9}, {}),
        ({"steadiness": 0.95}, {"steadiness": 0.9}),
        ({"least_area": 0.01}, {}),
        ({"classes": ("scooter",)}, {}),
    ],
)
def test_the_terms_leave_out_what_they_do_not_want(
    terms: dict[str, Any], changes: dict[str, Any]
) -> None:
    assert judged(TYPE, *bikes(3, **changes), **terms) == []
    assert judged(TYPE, *bikes(3, **changes))
