from typing import Any

import pytest

from edge.domain.rule import IncidentType, Zone
from edge.domain.scene import Evidence, Presence, Subject
from tests.scenes import NOW_S, a_person, a_place, judged

TYPE = IncidentType.FIRE_LANE_BLOCKED
LANE = Zone("lane", ((0.2, 0.4), (0.8, 0.4), (0.8, 0.8), (0.2, 0.8)))
"""0.6 wide and 0.4 high."""


def across(width: float = 0.3, **changes: Any) -> Any:
    """Return something over the lane's whole height, so its cover is its width over 0.6."""
    subject = changes.pop("subject", Subject.VEHICLE)
    return a_place(subject, foot=(0.5, 0.8), size=(width, 0.4), **changes)


def test_what_covers_enough_of_the_lane_blocks_it() -> None:
    (finding,) = judged(TYPE, across(0.15), zone=LANE)
    assert finding.key == "zone:lane"
    assert dict(finding.parts)["coverage"] == pytest.approx(0.625, abs=0.02)
    assert finding.evidence == (
        Evidence.DETECTOR,
        Evidence.STATIC_FOREGROUND,
        Evidence.COVERAGE,
    )
    assert finding.confirmed


def test_twice_the_least_cover_is_as_sure_as_can_be() -> None:
    (finding,) = judged(TYPE, across(0.3), zone=LANE)
    assert dict(finding.parts) == {"coverage": 1.0, "steadiness": 1.0}


def test_less_than_the_least_cover_lets_an_engine_pass() -> None:
    assert judged(TYPE, across(0.1), zone=LANE) == []
    assert judged(TYPE, across(0.1), zone=LANE, least_cover=0.15)


@pytest.mark.parametrize(
    "subject", sorted({*Subject} - {Subject.SMOKE, Subject.FLAME, Subject.OTHER})
)
def test_whatever_stands_there_is_in_the_way_but_nobody_who_walks(subject: Subject) -> None:
    found = judged(TYPE, across(subject=subject), a_person(), zone=LANE)
    assert len(found) == (subject is not Subject.PERSON)


def test_several_small_things_block_it_together() -> None:
    one, other = (
        a_place(Subject.GOODS, number=n, foot=(0.2 + 0.2 * n, 0.8), size=(0.08, 0.4))
        for n in (1, 2)
    )
    assert judged(TYPE, one, zone=LANE) == []
    (finding,) = judged(TYPE, one, other, zone=LANE)
    assert finding.count == 2


def test_it_counts_from_when_it_was_too_much() -> None:
    bollard = across(0.03, number=1, since_s=NOW_S - 9000)
    car = across(0.3, number=2, since_s=NOW_S - 10)
    (finding,) = judged(TYPE, bollard, car, zone=LANE)
    assert finding.since_s == NOW_S - 10


def test_a_car_nearer_to_the_camera_hides_the_lane_and_does_not_block_it() -> None:
    # Its wheels stand below the lane, its roof is in front of it.
    assert (
        judged(TYPE, a_place(Subject.VEHICLE, foot=(0.5, 0.95), size=(0.5, 0.3)), zone=LANE) == []
    )


def test_what_cannot_be_named_blocks_it_but_for_review() -> None:
    (finding,) = judged(TYPE, across(subject=Subject.OBJECT), zone=LANE)
    assert not finding.confirmed
    assert finding.missing == (Evidence.DETECTOR,)


def test_a_named_car_that_blocks_it_is_not_made_doubtful_by_a_thing_beside_it() -> None:
    thing = a_place(Subject.OBJECT, number=2, foot=(0.25, 0.7))
    (finding,) = judged(TYPE, across(0.3), thing, zone=LANE)
    assert finding.confirmed


def test_a_lane_behind_a_bus_is_neither_free_nor_blocked() -> None:
    (finding,) = judged(TYPE, across(presence=Presence.OCCLUDED), zone=LANE)
    assert finding.presence is Presence.OCCLUDED
    assert judged(TYPE, across(presence=Presence.ABSENT), zone=LANE) == []


@pytest.mark.parametrize(
    "changes", [{"steadiness": 0.5}, {"score": 0.2}, {"evidence": ()}, {"area": 0.0}]
)
def test_what_hardly_stands_there_does_not_count(changes: dict[str, Any]) -> None:
    assert judged(TYPE, across(**changes), zone=LANE, least_area=0.001) == []


def test_a_part_of_the_lane_can_be_allowed() -> None:
    bay = ((0.4, 0.4), (0.6, 0.4), (0.6, 0.9), (0.4, 0.9))
    assert judged(TYPE, across(), zone=LANE, outside=(bay,)) == []
