from typing import Any

import pytest

from edge.domain.rule import IncidentType
from edge.domain.scene import Evidence, Subject
from tests.scenes import BESIDE, NOW_S, a_cloud, judged

TYPE = IncidentType.OPEN_BURNING


def flame(**changes: Any) -> Any:
    return a_cloud(Subject.FLAME, **{"foot": (0.5, 0.8), **changes})


def smoke(**changes: Any) -> Any:
    return a_cloud(Subject.SMOKE, **{"foot": (0.5, 0.65), "size": (0.2, 0.3), **changes})


def test_a_flame_with_its_smoke_is_surer_than_either() -> None:
    (finding,) = judged(TYPE, flame(score=0.6), smoke(score=0.5))
    assert (finding.key, finding.label) == ("zone:kerb", "burning")
    assert finding.parts == (("two_cues", 0.8),)
    assert finding.evidence == (Evidence.FLAME_FLICKER, Evidence.SMOKE_MOTION)
    assert finding.box == pytest.approx((0.4, 0.35, 0.6, 0.8))


def test_two_cues_of_arithmetic_are_still_for_review() -> None:
    assert not judged(TYPE, flame(), smoke())[0].confirmed


@pytest.mark.parametrize("seen", [(True, False), (False, True)])
def test_a_network_that_sees_either_confirms_it(seen: tuple[bool, bool]) -> None:
    (finding,) = judged(TYPE, flame(confirmed=seen[0]), smoke(confirmed=seen[1]))
    assert finding.confirmed
    assert Evidence.DETECTOR in finding.evidence


def test_what_was_missing_is_said_once() -> None:
    (finding,) = judged(TYPE, flame(missing=("motion", "core")), smoke(missing=("motion",)))
    assert finding.missing == ("core", "motion")


def test_a_lamp_without_smoke_does_not_burn_and_steam_without_flame_neither() -> None:
    assert judged(TYPE, flame()) == []
    assert judged(TYPE, smoke()) == []


def test_smoke_far_from_the_flame_is_not_its_own() -> None:
    assert judged(TYPE, flame(), smoke(foot=(0.5, 0.59))) == []
    assert judged(TYPE, flame(), smoke(foot=(0.5, 0.61)))


def test_a_lamp_that_comes_on_in_old_smoke_counts_from_then() -> None:
    (finding,) = judged(TYPE, flame(age_s=2.0), smoke(age_s=600.0))
    assert finding.since_s == NOW_S - 2


def test_a_suspicion_is_no_second_cue() -> None:
    assert judged(TYPE, flame(), smoke(alarm=False)) == []
    assert judged(TYPE, flame(alarm=False), smoke()) == []


def test_a_fire_beside_the_zone_is_left_alone() -> None:
    assert judged(TYPE, flame(foot=BESIDE), smoke(foot=BESIDE)) == []


@pytest.mark.parametrize(
    "terms", [{"least_score": 0.95}, {"least_area": 0.02}, {"greatest_area": 0.005}]
)
def test_the_terms_leave_out_what_they_do_not_want(terms: dict[str, Any]) -> None:
    assert judged(TYPE, flame(), smoke(), **terms) == []
