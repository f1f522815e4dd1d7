from edge.domain.passage import Action, Decision
from edge.gate.tailgating import Tailgating
from tests.passages import a_passage as passage


def test_a_stranger_behind_a_resident_updates_the_residents_passage() -> None:
    tailgating = Tailgating(window_s=3.0)
    (alone,) = tailgating.count(passage("r", Decision.RESIDENT), 10.0)
    assert alone.persons == 1
    stranger, updated = tailgating.count(passage("s", Decision.STRANGER), 12.0)
    assert stranger.persons == 1
    assert (updated.id, updated.revision, updated.action) == ("r", 2, Action.UPDATED)
    assert updated.persons == 2


def test_a_stranger_just_before_a_resident_is_counted_with_the_resident() -> None:
    tailgating = Tailgating(window_s=3.0)
    tailgating.count(passage("s", Decision.STRANGER), 10.0)
    (resident,) = tailgating.count(passage("r", Decision.RESIDENT), 12.0)
    assert resident.persons == 2


def test_two_residents_together_are_no_tailgating() -> None:
    tailgating = Tailgating(window_s=3.0)
    tailgating.count(passage("a", Decision.RESIDENT), 10.0)
    (second,) = tailgating.count(passage("b", Decision.RESIDENT), 10.5)
    assert second.persons == 1


def test_a_stranger_long_after_a_resident_is_nobodys_follower() -> None:
    tailgating = Tailgating(window_s=3.0)
    tailgating.count(passage("r", Decision.RESIDENT), 10.0)
    assert len(tailgating.count(passage("s", Decision.STRANGER), 20.0)) == 1


def test_somebody_unsure_who_is_then_recognised_did_not_follow_themself() -> None:
    tailgating = Tailgating(window_s=3.0)
    tailgating.count(passage("p", Decision.UNSURE), 10.0)
    (named,) = tailgating.count(passage("p", Decision.RESIDENT), 11.0)
    assert named.persons == 1
