"""What holds of incidents whatever happens on the street."""

from collections.abc import Iterator
from datetime import UTC
from itertools import groupby, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.domain.incident import Incident, Stage, Step
from edge.domain.rule import IncidentType
from edge.domain.scene import Evidence, Place, Presence, Subject
from edge.domain.schedule import BREAKFAST_CART, Hours, Permit, Schedule, Window
from edge.street.keeper import TELL_AGAIN_S
from tests.desk import BEGIN, BEGIN_S, Desk, a_rule
from tests.scenes import a_place

MINUTE = BEGIN.hour * 60 + BEGIN.minute
THINGS = frozenset({Subject.VEHICLE, Subject.OBJECT})
OTHERS = frozenset({Subject.GOODS, Subject.OBJECT, Subject.VEHICLE})


def hours(first: int, last: int) -> Schedule:
    return Schedule((Window(hours=Hours(MINUTE + first, MINUTE + last)),), UTC)


def a_desk() -> Desk:
    """Return one whose rules want the same things, at overlapping hours."""
    return Desk(
        a_rule(
            IncidentType.MOTOR_PARKING,
            subjects=THINGS,
            by_label={"cart": 0.3},
            schedule=hours(0, 3),
            warn_s=5.0,
            clear_looks=2,
        ),
        a_rule(
            IncidentType.MATERIAL_PILE,
            subjects=OTHERS,
            likeness=0.6,
            permits=(Permit("p-7", BREAKFAST_CART, hours(2, 4)),),
        ),
    )


@st.composite
def looks(draw: st.DrawFn) -> list[tuple[int, list[Place]]]:
    """Return what is seen at each of a few looks, and for how many seconds it is."""
    seen = []
    for _ in range(draw(st.integers(1, 12))):
        places = [
            a_place(
                draw(st.sampled_from(sorted(OTHERS))),
                number=number,
                since_s=BEGIN_S,
                presence=draw(st.sampled_from(Presence)),
                label=draw(st.sampled_from(("car", "cart"))),
                evidence=draw(
                    st.sampled_from(((Evidence.DETECTOR,), (Evidence.STATIC_FOREGROUND,)))
                ),
            )
            for number in (1, 2)
            if draw(st.booleans())
        ]
        seen.append((draw(st.integers(1, 40)), places))
    return seen


def histories(desk: Desk) -> Iterator[list[Incident]]:
    """Yield the revisions of every incident, in the order in which they were told."""
    for _, revisions in groupby(sorted(desk.told, key=lambda one: one.id), lambda one: one.id):
        yield list(revisions)


def after(seen: list[tuple[int, list[Place]]]) -> Desk:
    desk = a_desk()
    for seconds, places in seen:
        desk.watch(seconds, *places)
    return desk


@settings(max_examples=150, deadline=None)
@given(looks())
def test_every_incident_is_a_story_with_one_beginning(
    seen: list[tuple[int, list[Place]]],
) -> None:
    for told in histories(after(seen)):
        assert [one.revision for one in told] == list(range(1, len(told) + 1))
        assert [one.action for one in told].index(Step.OPENED) == 0
        assert sum(one.action is Step.OPENED for one in told) == 1
        for before, one in pairwise(told):
            # Only what is open can end; what goes on after an end counts as reopened.
            assert before.open or one.open
            assert one.reopened - before.reopened == (not before.open)
            assert not (before.stage is Stage.CASE and one.stage is Stage.WARNING)
            assert one.opened_at == told[0].opened_at
            assert one.dwell_s >= 0
            assert (one.cleared_at is not None) is (one.action is Step.CLEARED)


@settings(max_examples=150, deadline=None)
@given(looks())
def test_updates_are_rare(seen: list[tuple[int, list[Place]]]) -> None:
    for told in histories(after(seen)):
        for before, one in pairwise(told):
            if one.action is Step.UPDATED and before.open and before.stage is one.stage:
                assert (one.observed_at - before.observed_at).total_seconds() >= TELL_AGAIN_S


@settings(max_examples=150, deadline=None)
@given(looks())
def test_no_place_has_two_open_incidents(seen: list[tuple[int, list[Place]]]) -> None:
    desk = a_desk()
    for seconds, places in seen:
        for _ in range(seconds):
            desk.look(*places)
            open_places = [
                key
                for accounts in desk.keeper.accounts.values()
                for key, account in accounts.items()
                if account.incident is not None and account.incident.open
            ]
            assert len(open_places) == len(set(open_places))


@settings(max_examples=100, deadline=None)
@given(looks())
def test_in_the_end_everything_that_has_gone_is_over(
    seen: list[tuple[int, list[Place]]],
) -> None:
    desk = after(seen)
    desk.watch(120)
    assert not desk.keeper.pending()
    assert all(not told[-1].open for told in histories(desk))


@settings(max_examples=60, deadline=None)
@given(looks())
def test_the_same_street_is_told_the_same_way(seen: list[tuple[int, list[Place]]]) -> None:
    assert after(seen).told == after(seen).told
