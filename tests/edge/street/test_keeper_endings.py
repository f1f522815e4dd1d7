"""How an incident ends, who has it, and how it comes back."""

from datetime import UTC, timedelta

from edge.domain.incident import Step
from edge.domain.rule import IncidentType
from edge.domain.scene import Evidence, Presence, Subject
from edge.domain.schedule import BREAKFAST_CART, Hours, Permit, Schedule, Window
from tests.desk import BEGIN, BEGIN_S, Desk, a_car, a_counting_rule, a_rule
from tests.scenes import a_place

HERE, GONE, HIDDEN = (
    a_car(),
    a_car(presence=Presence.ABSENT),
    a_car(presence=Presence.OCCLUDED),
)
BEGIN_MIN = BEGIN.hour * 60 + BEGIN.minute
NOTHING = IncidentType.MATERIAL_PILE


def until(minute: int) -> Schedule:
    """Return a schedule that ends so many minutes after the desk begins."""
    return Schedule((Window(hours=Hours(BEGIN_MIN, BEGIN_MIN + minute)),), UTC)


def after(minute: int) -> Schedule:
    """Return a schedule that begins so many minutes after the desk."""
    return Schedule((Window(hours=Hours(BEGIN_MIN + minute, BEGIN_MIN + minute + 60)),), UTC)


def an_open_desk() -> Desk:
    desk = Desk(a_rule())
    desk.watch(10, HERE)
    assert desk.steps() == [Step.OPENED]
    return desk


def test_it_is_cleared_once_when_its_place_has_been_seen_empty_for_long_enough() -> None:
    desk = an_open_desk()
    assert desk.watch(5, GONE) == []
    (cleared,) = desk.watch(60, GONE)
    assert (cleared.action, cleared.revision, cleared.reason) == (Step.CLEARED, 2, "")
    # It went at the first look without it, not when that was sure.
    assert cleared.cleared_at == BEGIN + timedelta(seconds=11)
    assert cleared.observed_at == BEGIN + timedelta(seconds=16)
    assert cleared.dwell_s == 11


def test_it_takes_several_looks_however_much_time_is_between_them() -> None:
    desk = an_open_desk()
    assert desk.look(GONE, after_s=100) == []
    assert desk.look(GONE, after_s=100) == []
    assert [one.action for one in desk.look(GONE, after_s=100)] == [Step.CLEARED]


def test_it_takes_time_however_many_looks_are_in_it() -> None:
    desk = an_open_desk()
    assert [one for _ in range(48) for one in desk.look(GONE, after_s=0.1)] == []


def test_it_takes_looks_in_a_row() -> None:
    desk = an_open_desk()
    for _ in range(20):
        desk.watch(4, GONE)
        desk.watch(1, HERE)
    assert desk.steps() == [Step.OPENED]


def test_what_is_hidden_is_never_cleared() -> None:
    desk = an_open_desk()
    assert desk.watch(5000, HIDDEN) == []


def test_what_was_hardly_seen_empty_and_is_hidden_since_is_not_cleared() -> None:
    desk = an_open_desk()
    desk.watch(3, GONE)
    assert desk.watch(600, HIDDEN) == []
    assert [one.action for one in desk.watch(1, GONE)] == [Step.CLEARED]


def test_a_place_that_is_no_longer_known_is_empty() -> None:
    desk = an_open_desk()
    assert [one.action for one in desk.watch(7)] == [Step.CLEARED]


def test_a_rule_that_falls_silent_about_what_still_stands_does_not_clear_it() -> None:
    desk = an_open_desk()
    assert desk.watch(600, a_car(steadiness=0.5)) == []


def test_a_counted_zone_is_cleared_when_too_few_are_left() -> None:
    desk = Desk(a_counting_rule(least_count=2))
    left, right = (
        a_place(Subject.BIKE, number=n, foot=(n / 10, 0.7), since_s=BEGIN_S) for n in (3, 5)
    )
    desk.watch(10, left, right)
    desk.watch(10, left)
    assert desk.steps() == [Step.OPENED, Step.CLEARED]


def test_a_permit_keeps_it_from_opening_and_from_its_end_on_the_dwell_counts() -> None:
    permit = Permit("p-7", BREAKFAST_CART, until(1))
    desk = Desk(a_rule(permits=(permit,)))
    assert desk.watch(68, HERE) == []
    (opened,) = desk.watch(5, HERE)
    assert opened.action is Step.OPENED
    assert opened.dwell_s < 12


def test_a_permit_for_another_corner_changes_nothing() -> None:
    corner = ((0.1, 0.4), (0.3, 0.4), (0.3, 0.6), (0.1, 0.6))
    desk = Desk(a_rule(permits=(Permit("p-7", BREAKFAST_CART, until(60), polygon=corner),)))
    assert [one.action for one in desk.watch(12, HERE)] == [Step.OPENED]


def test_a_permit_that_begins_withdraws_what_is_open() -> None:
    desk = Desk(a_rule(permits=(Permit("p-7", BREAKFAST_CART, after(1)),)))
    desk.watch(59, HERE)
    (withdrawn,) = desk.watch(30, HERE)
    assert (withdrawn.action, withdrawn.reason) == (Step.WITHDRAWN, "permit p-7 (0491)")
    assert withdrawn.cleared_at is None
    assert not withdrawn.open


def test_the_end_of_its_hours_clears_it() -> None:
    desk = Desk(a_rule(schedule=until(1)))
    desk.watch(59, HERE)
    (cleared,) = desk.watch(30, HERE)
    assert (cleared.action, cleared.reason) == (Step.CLEARED, "schedule")
    assert cleared.cleared_at == BEGIN + timedelta(seconds=60)


def test_out_of_hours_nothing_opens_and_nothing_is_remembered() -> None:
    desk = Desk(a_rule(schedule=after(5)))
    assert desk.watch(290, HERE) == []
    assert not desk.keeper.pending()


def test_what_turns_out_to_be_something_else_is_withdrawn_as_explained() -> None:
    either = frozenset({Subject.VEHICLE, Subject.OBJECT})
    desk = Desk(a_rule(subjects=either))
    desk.watch(10, a_place(Subject.OBJECT, since_s=BEGIN_S))
    (withdrawn,) = desk.watch(60, a_place(Subject.GOODS, since_s=BEGIN_S))
    assert (withdrawn.action, withdrawn.reason) == (Step.WITHDRAWN, "explained")


def test_what_is_explained_is_free_for_the_rule_that_it_is_about() -> None:
    either = frozenset({Subject.VEHICLE, Subject.OBJECT})
    desk = Desk(
        a_rule(subjects=either, hold_s=3600.0),
        a_rule(NOTHING, subjects=frozenset({Subject.GOODS})),
    )
    desk.watch(10, a_place(Subject.OBJECT, since_s=BEGIN_S))
    desk.watch(60, a_place(Subject.GOODS, since_s=BEGIN_S))
    assert [(one.action, one.type) for one in desk.told] == [
        (Step.OPENED, IncidentType.MOTOR_PARKING),
        (Step.WITHDRAWN, IncidentType.MOTOR_PARKING),
        (Step.OPENED, NOTHING),
    ]


def test_the_same_again_within_the_hold_goes_on_with_the_old_incident() -> None:
    desk = an_open_desk()
    desk.watch(20, GONE)
    back = a_car(since_s=desk.now_s + 1)
    assert desk.watch(10, back) == []
    (again,) = desk.watch(60, back)
    opened = desk.told[0]
    assert (again.id, again.action, again.revision) == (opened.id, Step.UPDATED, 3)
    assert (again.reopened, again.dwell_s, again.cleared_at) == (1, 10.0, None)
    assert (again.opened_at, again.first_seen_at) == (opened.opened_at, opened.first_seen_at)
    desk.watch(20, GONE)
    desk.watch(20, a_car(since_s=desk.now_s))
    assert [(one.action, one.reopened) for one in desk.told[-2:]] == [
        (Step.CLEARED, 1),
        (Step.UPDATED, 2),
    ]


def test_after_the_hold_it_is_another_incident() -> None:
    desk = an_open_desk()
    desk.watch(70, GONE)
    (opened,) = desk.watch(11, a_car(since_s=desk.now_s + 1))
    assert (opened.id, opened.action, opened.revision) == ("incident-2", Step.OPENED, 1)


def test_what_is_reopened_is_as_sure_as_what_is_seen_now() -> None:
    desk = an_open_desk()
    desk.watch(20, GONE)
    unnamed = a_car(since_s=desk.now_s + 1, evidence=(Evidence.STATIC_FOREGROUND,))
    (again,) = desk.watch(11, unnamed)
    assert (again.confirmed, again.severity) == (False, "review")


def test_one_thing_is_one_incident_of_the_rule_that_it_fits_best() -> None:
    poor, good = a_rule(likeness=0.5), a_rule(NOTHING, likeness=0.8)
    desk = Desk(poor, good)
    desk.watch(60, HERE)
    assert [one.type for one in desk.told] == [NOTHING]


def test_at_a_draw_the_first_rule_has_it() -> None:
    desk = Desk(a_rule(NOTHING), a_rule())
    desk.watch(60, HERE)
    assert [one.type for one in desk.told] == [NOTHING]


def test_what_a_permit_covers_is_not_claimed() -> None:
    permit = Permit("p-7", BREAKFAST_CART, until(60))
    desk = Desk(a_rule(permits=(permit,), likeness=1.0), a_rule(NOTHING, likeness=0.5))
    desk.watch(60, HERE)
    assert [one.type for one in desk.told] == [NOTHING]


def test_whoever_has_it_keeps_it_and_clears_it_on_time() -> None:
    desk = Desk(
        a_rule(likeness=0.9, by_label={"cart": 0.2}),
        a_rule(NOTHING, likeness=0.5),
    )
    (opened,) = desk.watch(10, HERE)
    # Were it new, the other rule would have it.
    (changed,) = desk.watch(60, a_car(label="cart"))
    assert (changed.id, changed.type, changed.label) == (opened.id, opened.type, "cart")
    (cleared,) = desk.watch(6, a_car(label="cart", presence=Presence.ABSENT))
    assert (cleared.id, cleared.action) == (opened.id, Step.CLEARED)


def test_whoever_had_it_goes_on_with_it() -> None:
    desk = Desk(
        a_rule(likeness=0.9, by_label={"cart": 0.2}),
        a_rule(NOTHING, likeness=0.5),
    )
    desk.watch(10, HERE)
    desk.watch(20, GONE)
    (again,) = desk.watch(40, a_car(label="cart", since_s=desk.now_s + 1))
    assert (again.type, again.reopened) == (IncidentType.MOTOR_PARKING, 1)


def test_what_comes_to_stand_where_something_else_was_cleared_is_no_secret() -> None:
    desk = Desk(a_rule(hold_s=3600.0), a_rule(NOTHING, subjects=frozenset({Subject.GOODS})))
    desk.watch(10, HERE)
    desk.watch(20, GONE)
    desk.watch(20, a_place(Subject.GOODS, since_s=desk.now_s))
    assert [(one.action, one.type) for one in desk.told[-1:]] == [(Step.OPENED, NOTHING)]
