from typing import Any

import pytest

from edge.domain.rule import IncidentType
from edge.domain.scene import Evidence, Presence, Subject
from tests.scenes import BESIDE, BOTH, CAME_S, NOW_S, a_person, a_place, judged

TYPE = IncidentType.MOTOR_PARKING


def test_a_vehicle_that_a_network_names_is_sure() -> None:
    (finding,) = judged(TYPE, a_place(Subject.VEHICLE, label="car", score=0.85, steadiness=0.9))
    assert finding.key == "place:1"
    assert finding.parts == (("detector", 0.85), ("steadiness", 0.9))
    assert finding.confidence == pytest.approx(0.765)
    assert finding.evidence == BOTH
    assert (finding.confirmed, finding.label) == (True, "car")
    assert finding.since_s == CAME_S


def test_every_vehicle_is_a_finding_of_its_own() -> None:
    left, right = (a_place(Subject.VEHICLE, number=n, foot=(n / 4, 0.7)) for n in (1, 2))
    assert [one.key for one in judged(TYPE, left, right)] == ["place:1", "place:2"]


def test_what_has_a_vehicles_size_but_no_name_is_half_as_sure_and_says_so() -> None:
    (finding,) = judged(TYPE, a_place(Subject.OBJECT, size=(0.2, 0.15)))
    assert dict(finding.parts)["unnamed_of_vehicle_size"] == 0.5
    assert (finding.confirmed, finding.missing) == (False, (Evidence.DETECTOR,))
    assert finding.confidence == pytest.approx(0.5)


def test_a_small_thing_without_a_name_is_a_vehicle_only_where_nobody_could_be_asked() -> None:
    small = a_place(Subject.OBJECT, size=(0.1, 0.1))
    (finding,) = judged(TYPE, small)
    assert dict(finding.parts)["unnamed_and_small"] == 0.3
    assert judged(TYPE, a_place(Subject.OBJECT, size=(0.1, 0.1), questioned=True)) == []


def test_a_bag_is_no_vehicle_however_far_away() -> None:
    assert judged(TYPE, a_place(Subject.OBJECT, size=(0.05, 0.06))) == []


def test_the_more_people_are_at_an_unnamed_thing_the_less_it_is_a_vehicle() -> None:
    alone, served = (
        judged(TYPE, a_place(Subject.OBJECT, size=(0.2, 0.2), attended=share))[0].confidence
        for share in (0.1, 0.8)
    )
    assert served < alone / 2


@pytest.mark.parametrize("subject", [Subject.BIKE, Subject.GOODS, Subject.STALL, Subject.GARBAGE])
def test_other_things_and_people_are_no_vehicles(subject: Subject) -> None:
    assert judged(TYPE, a_place(subject, size=(0.2, 0.2)), a_person()) == []


def test_a_vehicle_beside_the_zone_is_allowed() -> None:
    assert judged(TYPE, a_place(Subject.VEHICLE, foot=BESIDE)) == []


def test_seen_from_above_a_vehicle_stands_where_most_of_it_is() -> None:
    # Its lower edge lies below the zone, its middle in it.
    assert judged(TYPE, a_place(Subject.VEHICLE, foot=(0.5, 0.95), size=(0.1, 0.3)))


def test_a_marked_bay_in_the_zone_is_allowed() -> None:
    bay = ((0.4, 0.5), (0.6, 0.5), (0.6, 0.8), (0.4, 0.8))
    parked = a_place(Subject.VEHICLE)
    assert judged(TYPE, parked, outside=(bay,)) == []
    assert judged(TYPE, a_place(Subject.VEHICLE, foot=(0.8, 0.7)), outside=(bay,))


@pytest.mark.parametrize(
    ("terms", "changes"),
    [
        ({"least_score": 0.6}, {"score": 0.59}),
        ({"steadiness": 0.7}, {"steadiness": 0.69}),
        ({"least_area": 0.03}, {"area": 0.029}),
        ({"greatest_area": 0.03}, {"area": 0.031}),
        ({"classes": ("truck",)}, {"label": "car"}),
    ],
)
def test_the_terms_leave_out_what_they_do_not_want(
    terms: dict[str, Any], changes: dict[str, Any]
) -> None:
    assert judged(TYPE, a_place(Subject.VEHICLE, **changes), **terms) == []
    assert judged(TYPE, a_place(Subject.VEHICLE, **changes))


def test_what_nobody_names_counts_whatever_classes_are_wanted() -> None:
    (finding,) = judged(TYPE, a_place(Subject.OBJECT, size=(0.2, 0.15)), classes=("truck",))
    assert not finding.confirmed


def test_a_queue_that_moves_off_begins_the_time_anew() -> None:
    (finding,) = judged(TYPE, a_place(Subject.VEHICLE, neighbour_left_s=NOW_S - 5))
    assert finding.since_s == NOW_S - 5


def test_no_queue_lasts_for_three_dwells() -> None:
    came_s = NOW_S - 1000
    (finding,) = judged(TYPE, a_place(Subject.VEHICLE, since_s=came_s, neighbour_left_s=NOW_S - 5))
    assert finding.since_s == came_s


def test_who_loads_may_stand_longer() -> None:
    (finding,) = judged(TYPE, a_place(Subject.VEHICLE, attended=0.6))
    assert finding.since_s == CAME_S + 120
    (finding,) = judged(TYPE, a_place(Subject.VEHICLE, attended=0.6), loading_s=0)
    assert finding.since_s == CAME_S


def test_loading_is_never_counted_into_the_future() -> None:
    (finding,) = judged(TYPE, a_place(Subject.VEHICLE, attended=0.6, since_s=NOW_S - 20))
    assert finding.since_s == NOW_S


def test_what_was_there_before_the_camera_has_time_to_prove_part_of_the_street() -> None:
    (finding,) = judged(TYPE, a_place(Subject.VEHICLE, arrival_seen=False), unseen_arrival_s=300)
    assert finding.since_s == CAME_S + 300


@pytest.mark.parametrize("presence", Presence)
def test_a_hidden_or_empty_place_says_so(presence: Presence) -> None:
    (finding,) = judged(TYPE, a_place(Subject.VEHICLE, presence=presence))
    assert finding.presence is presence
