from datetime import UTC, datetime, timedelta

import pytest

from edge.domain.belief import (
    CONFIRMED_AFTER_S,
    GIVEN_IN_AFTER_S,
    ClockJudge,
)

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY_S = 86400.0


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def test_a_clock_that_runs_is_believed_and_was_not_set() -> None:
    judge = ClockJudge(None)
    for second in range(0, 100_000, 500):
        belief = judge.look(NOON + timedelta(seconds=second), 7.0 + second, synced=None)
        assert (belief.certain, belief.suspect, judge.step_s) == (True, False, 0.0)
    assert judge.believed == NOON + timedelta(seconds=99_500)


@pytest.mark.parametrize("step_s", [-90 * DAY_S, -7200.0, -5.0, 5.0, 3600.0, 400 * DAY_S])
def test_every_step_is_seen_once(step_s: float) -> None:
    judge = ClockJudge(NOON)
    judge.look(NOON, 0.0, synced=True)
    judge.look(NOON + timedelta(seconds=10 + step_s), 10.0, synced=True)
    assert judge.step_s == pytest.approx(step_s)
    judge.look(NOON + timedelta(seconds=20 + step_s), 20.0, synced=True)
    assert judge.step_s == 0.0


@pytest.mark.parametrize("synced", [False, None])
def test_a_jump_of_days_without_a_time_server_removes_nothing_for_a_week(
    synced: bool | None,
) -> None:
    judge = ClockJudge(NOON)
    judge.look(NOON, 0.0, synced=synced)
    later = NOON + timedelta(days=40)
    for second in (10.0, DAY_S, GIVEN_IN_AFTER_S):
        belief = judge.look(later + timedelta(seconds=second), second, synced=synced)
        assert (belief.certain, belief.suspect) == (False, True)
        assert "40.0 days ahead" in belief.detail
        assert judge.believed == NOON
    after_s = GIVEN_IN_AFTER_S + 11
    assert judge.look(later + timedelta(seconds=after_s), after_s, synced=synced).certain


def test_a_jump_that_a_time_server_confirms_is_acted_upon_after_a_day() -> None:
    judge = ClockJudge(NOON)
    judge.look(NOON, 0.0, synced=False)
    later = NOON + timedelta(days=40)
    doubted = judge.look(later, 10.0, synced=True)
    assert (doubted.certain, doubted.suspect) == (False, False)
    after = later + timedelta(seconds=CONFIRMED_AFTER_S)
    assert judge.look(after, 10.0 + CONFIRMED_AFTER_S, synced=True).certain


def test_a_jump_that_is_taken_back_is_forgotten() -> None:
    judge = ClockJudge(NOON)
    judge.look(NOON, 0.0, synced=None)
    assert not judge.look(NOON + timedelta(days=40), 10.0, synced=None).certain
    assert judge.look(NOON + timedelta(seconds=20), 20.0, synced=None).certain
    assert not judge.look(NOON + timedelta(days=40), 30.0, synced=None).certain


def test_a_box_that_jumped_and_was_restarted_doubts_still() -> None:
    judge = ClockJudge(NOON)
    judge.look(NOON, 0.0, synced=None)
    judge.look(NOON + timedelta(days=9000), 10.0, synced=None)
    again = ClockJudge(judge.believed)
    assert not again.look(NOON + timedelta(days=9000, hours=1), 1.0, synced=None).certain


def test_a_box_that_begins_in_the_past_says_so_until_its_time_is_set() -> None:
    judge = ClockJudge(NOON)
    began = datetime(1970, 1, 1, tzinfo=UTC)
    belief = judge.look(began, 3.0, synced=False)
    assert (belief.certain, belief.suspect) == (True, True)
    assert "behind" in belief.detail
    assert judge.believed == NOON
    told = judge.look(NOON + hours(2), 60.0, synced=True)
    assert (told.certain, told.suspect) == (True, False)
    assert judge.believed == NOON + hours(2)


def test_a_time_server_is_believed_where_the_time_before_was_ahead() -> None:
    judge = ClockJudge(NOON + hours(20))
    assert not judge.look(NOON, 0.0, synced=True).suspect
    assert judge.believed == NOON


def test_a_new_box_believes_what_it_is_told() -> None:
    assert ClockJudge(None).look(datetime(1970, 1, 1, tzinfo=UTC), 0.0, synced=False).certain
