import pytest

from edge.domain.rule import IncidentType, Zone
from edge.domain.scene import Evidence, Subject
from tests.scenes import a_person, a_place, judged

TYPE = IncidentType.ROAD_TRADING
ROAD = Zone("road", ((0.1, 0.3), (0.9, 0.3), (0.9, 0.6), (0.1, 0.6)))


def test_a_stall_on_the_road_with_people_at_it_is_confirmed_by_a_network_that_knows_stalls() -> (
    None
):
    (finding,) = judged(TYPE, a_place(Subject.STALL, score=0.7, attended=0.4))
    assert dict(finding.parts) == {"stall": 0.7, "people": 0.6, "steadiness": 1.0}
    assert finding.confirmed
    assert Evidence.PEOPLE in finding.evidence


def test_something_without_a_name_is_for_review() -> None:
    (finding,) = judged(TYPE, a_place(Subject.OBJECT, attended=0.5))
    assert not finding.confirmed
    assert finding.confidence == pytest.approx(0.6 * 0.75)


@pytest.mark.parametrize(("foot_y", "found"), [(0.6, True), (0.73, True), (0.75, False)])
def test_it_takes_up_the_road_with_a_third_of_itself(foot_y: float, found: bool) -> None:
    # The stall is 0.2 high, so that 0.14 of it may lie below the road's edge at 0.6.
    stall = a_place(Subject.STALL, foot=(0.5, foot_y), size=(0.2, 0.2), attended=0.9)
    assert bool(judged(TYPE, stall, zone=ROAD)) is found


def test_more_of_it_can_be_asked_for() -> None:
    half = a_place(Subject.STALL, foot=(0.5, 0.7), size=(0.2, 0.2), attended=0.9)
    assert judged(TYPE, half, zone=ROAD, least_cover=0.45)
    assert judged(TYPE, half, zone=ROAD, least_cover=0.55) == []


def test_goods_that_nobody_is_at_are_no_trade() -> None:
    assert judged(TYPE, a_place(Subject.GOODS, attended=0.1), a_person()) == []


def test_passers_by_are_no_trade() -> None:
    assert judged(TYPE, *(a_person((0.1 * n, 0.6)) for n in range(2, 8))) == []


def test_a_place_kept_free_for_stalls_is_allowed() -> None:
    market = ((0.4, 0.5), (0.6, 0.5), (0.6, 0.8), (0.4, 0.8))
    assert judged(TYPE, a_place(Subject.STALL, attended=0.9), outside=(market,)) == []


def test_a_stall_may_take_up_more_than_a_vendors_cart() -> None:
    large = a_place(Subject.STALL, foot=(0.5, 0.9), size=(0.6, 0.5), attended=0.9)
    assert judged(TYPE, large)
    assert judged(IncidentType.ITINERANT_VENDOR, large) == []
    assert judged(TYPE, large, greatest_area=0.25) == []
