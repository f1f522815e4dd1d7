"""How an incident opens and goes on; how it ends is in ``test_keeper_endings.py``."""

from datetime import timedelta
from itertools import pairwise

import pytest

from edge.domain.incident import Stage, Step
from edge.domain.rule import Severity
from edge.domain.scene import Evidence, Place, Presence, Subject
from edge.street.keeper import TELL_AGAIN_S
from tests.desk import BEGIN, BEGIN_S, Desk, a_car, a_counting_rule, a_rule
from tests.scenes import a_place


def test_an_incident_opens_once_at_the_dwell() -> None:
    desk = Desk(a_rule())
    assert desk.watch(9, a_car()) == []
    (opened,) = desk.watch(1, a_car())
    assert (opened.action, opened.revision, opened.stage) == (Step.OPENED, 1, Stage.CASE)
    assert (opened.dwell_s, opened.opened_at) == (10.0, BEGIN + timedelta(seconds=10))
    assert desk.watch(300, a_car()) == []


def test_it_says_where_what_and_why() -> None:
    (opened,) = Desk(a_rule(place="east-corner")).watch(10, a_car(steadiness=0.8))
    assert (opened.camera_id, opened.zone_id, opened.place) == (
        "street-01",
        "kerb",
        "east-corner",
    )
    assert (opened.box, opened.label) == (a_car().box, "vehicle")
    assert opened.parts == (("likeness", 0.9), ("steadiness", 0.8))
    assert opened.confidence == pytest.approx(0.72)
    assert opened.evidence == (Evidence.DETECTOR, Evidence.STATIC_FOREGROUND)


def test_what_came_before_the_rule_saw_it_has_dwelt_since_then() -> None:
    (opened,) = Desk(a_rule()).watch(2, a_car(since_s=BEGIN_S - 300))
    assert opened.dwell_s == 302
    assert opened.first_seen_at == BEGIN - timedelta(seconds=300)


def test_a_warning_becomes_the_case_of_the_same_incident() -> None:
    desk = Desk(a_rule(warn_s=4.0))
    warned, case = desk.watch(60, a_car())
    assert (warned.action, warned.stage, warned.dwell_s) == (Step.OPENED, Stage.WARNING, 4.0)
    assert (case.action, case.stage, case.dwell_s) == (Step.UPDATED, Stage.CASE, 10.0)
    assert (case.id, case.revision) == (warned.id, 2)
    assert case.opened_at == warned.opened_at


def test_who_drives_off_after_the_warning_makes_no_case() -> None:
    desk = Desk(a_rule(warn_s=4.0))
    desk.watch(6, a_car())
    desk.watch(20, a_car(presence=Presence.ABSENT))
    assert [(one.action, one.stage) for one in desk.told] == [
        (Step.OPENED, Stage.WARNING),
        (Step.CLEARED, Stage.WARNING),
    ]


def test_a_gap_of_seconds_goes_on_and_a_longer_one_begins_anew() -> None:
    short, long = Desk(a_rule()), Desk(a_rule())
    for desk, gap in ((short, 4), (long, 5)):
        desk.watch(6, a_car())
        desk.watch(gap, a_car(presence=Presence.ABSENT))
    (opened,) = short.watch(6, a_car())
    assert opened.dwell_s >= 10
    # It came back as another place: its own beginning is new.
    assert long.watch(9, a_car(2, since_s=long.now_s)) == []


def test_an_unsteady_thing_does_not_open() -> None:
    desk = Desk(a_rule())
    for _ in range(60):
        desk.look(a_car())
        desk.look(a_car(presence=Presence.ABSENT))
    assert desk.told == []


def test_what_stands_hidden_at_its_dwell_opens_when_it_is_seen() -> None:
    desk = Desk(a_rule())
    desk.watch(5, a_car())
    assert desk.watch(30, a_car(presence=Presence.OCCLUDED)) == []
    (opened,) = desk.watch(1, a_car())
    assert opened.dwell_s == 36


def test_what_has_only_ever_been_hidden_is_nothing() -> None:
    desk = Desk(a_rule())
    desk.watch(60, a_car(presence=Presence.OCCLUDED))
    assert desk.told == []
    assert not desk.keeper.pending()


def test_a_changed_fact_is_told_and_a_nearly_equal_number_is_not() -> None:
    desk = Desk(a_rule())
    (opened,) = desk.watch(10, a_car(label="car"))
    assert desk.watch(60, a_car(label="car", score=0.7, steadiness=0.9)) == []
    (updated,) = desk.watch(60, a_car(label="truck", steadiness=0.9))
    assert (updated.action, updated.label, updated.revision) == (Step.UPDATED, "truck", 2)
    assert updated.confidence == pytest.approx(0.81)
    assert updated.first_seen_at == opened.first_seen_at


def test_changed_facts_are_told_at_most_every_half_minute() -> None:
    desk = Desk(a_rule())
    for number in range(300):
        desk.look(a_car(label=("car", "truck")[number % 2]))
    told_s = [(one.observed_at - BEGIN).total_seconds() for one in desk.told]
    assert min(b - a for a, b in pairwise(told_s)) >= TELL_AGAIN_S
    assert 9 <= len(told_s) <= 10


def test_a_case_is_not_delayed_by_what_was_told_a_moment_ago() -> None:
    desk = Desk(a_rule(warn_s=8.0))
    assert [one.stage for one in desk.watch(10, a_car())] == [Stage.WARNING, Stage.CASE]


def test_an_unconfirmed_thing_is_for_review_until_somebody_confirms_it() -> None:
    desk = Desk(a_rule())
    (opened,) = desk.watch(10, a_car(evidence=(Evidence.STATIC_FOREGROUND,)))
    assert (opened.severity, opened.confirmed) == (Severity.REVIEW, False)
    (updated,) = desk.watch(60, a_car())
    assert (updated.severity, updated.confirmed) == (Severity.NORMAL, True)


def test_what_was_confirmed_once_stays_so() -> None:
    desk = Desk(a_rule())
    desk.watch(10, a_car())
    assert desk.watch(120, a_car(evidence=(Evidence.STATIC_FOREGROUND,))) == []


def test_a_case_is_no_less_sure_than_its_warning() -> None:
    desk = Desk(a_rule(warn_s=4.0))
    (warned,) = desk.watch(5, a_car())
    (case,) = desk.watch(10, a_car(evidence=(Evidence.STATIC_FOREGROUND,)))
    assert (warned.severity, warned.confirmed) == (Severity.NORMAL, True)
    assert (case.stage, case.severity, case.confirmed) == (Stage.CASE, Severity.NORMAL, True)


def test_a_counted_zone_tells_when_more_came() -> None:
    desk = Desk(a_counting_rule(least_count=2))
    bikes = some_bikes(4)
    (opened,) = desk.watch(10, *bikes[:2])
    assert (opened.count, opened.zone_id) == (2, "kerb")
    (updated,) = desk.watch(60, *bikes)
    assert (updated.id, updated.count) == (opened.id, 4)


def test_a_number_that_goes_up_and_down_is_told_again_only_when_it_has_clearly_grown() -> None:
    desk = Desk(a_counting_rule(least_count=2))
    bikes = some_bikes(7)
    for number in range(200):
        desk.look(*bikes[: (4, 3, 5)[number % 3]])
    assert [one.count for one in desk.told] == [desk.told[0].count]
    assert [one.count for one in desk.watch(60, *bikes)] == [7]
    assert desk.watch(60, *bikes[:4]) == []


def some_bikes(count: int) -> list[Place]:
    return [
        a_place(Subject.BIKE, number=n, foot=(n / 10, 0.7), since_s=BEGIN_S)
        for n in range(1, count + 1)
    ]


def test_the_version_of_a_rule_is_that_of_its_terms() -> None:
    versions = {
        a_rule(**terms).applied().version
        for terms in ({}, {"dwell_s": 11.0}, {"least_score": 0.4}, {"outside": (((0.0, 0.0),),)})
    }
    assert len(versions) == 4
    assert a_rule().applied() == a_rule().applied()
    assert a_rule(dwell_s=11.0).applied().dwell_s == 11.0
