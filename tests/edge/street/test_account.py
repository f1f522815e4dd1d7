from dataclasses import replace

import pytest

from edge.domain.incident import Stage
from edge.domain.rule import Finding, Severity, Terms
from edge.domain.scene import Presence
from edge.street.account import Account

TERMS = Terms(dwell_s=10, warn_s=6, clear_s=5, clear_looks=3, gap_s=4, hold_s=60, steadiness=0.75)
FINDING = Finding("place:1", (0.1, 0.1, 0.2, 0.2), Presence.PRESENT, since_s=100.0)


def an_account(*looks: bool, since_s: float | None = 100.0) -> Account:
    """Return an account that began at 100 s, after a look a second."""
    finding = replace(FINDING, since_s=since_s)
    account = Account("place:1", 100.0, 100.0, finding)
    for number, found in enumerate(looks):
        if found:
            account.found(finding, 100.0 + number)
        else:
            account.missed(100.0 + number)
    return account


@pytest.mark.parametrize(
    ("at_s", "stage"),
    [(105.9, None), (106.0, Stage.WARNING), (109.9, Stage.WARNING), (110.0, Stage.CASE)],
)
def test_a_warning_comes_before_the_case(at_s: float, stage: Stage | None) -> None:
    assert an_account(True, True).stage(TERMS, at_s) is stage


def test_without_a_warning_there_is_nothing_before_the_case() -> None:
    terms = replace(TERMS, warn_s=None)
    assert an_account(True, True).stage(terms, 109.9) is None
    assert an_account(True, True).stage(terms, 110.0) is Stage.CASE


def test_one_look_is_no_dwell() -> None:
    assert an_account(True).stage(TERMS, 200.0) is None


def test_what_is_missed_too_often_is_not_steady() -> None:
    assert an_account(True, False, True, True).stage(TERMS, 111.0) is Stage.CASE
    assert an_account(True, False, True, False, True).stage(TERMS, 111.0) is None


def test_what_is_missed_or_hidden_right_now_has_no_stage() -> None:
    assert an_account(True, True, True, True, False).stage(TERMS, 111.0) is None
    hidden = an_account(True, True)
    hidden.hidden()
    assert hidden.stage(TERMS, 111.0) is None


def test_a_dwell_counts_from_when_the_thing_came_not_from_when_the_rule_saw_it() -> None:
    account = Account("place:1", 150.0, 150.0, FINDING)
    account.found(FINDING, 150.0)
    assert account.since_s == 100.0


def test_what_has_no_beginning_of_its_own_begins_with_its_account() -> None:
    account = an_account(True, True, since_s=None)
    assert account.since_s == 100.0


def test_a_thing_that_has_not_opened_lapses_only_after_the_gap() -> None:
    account = an_account(True, False)
    assert not account.lapsed(TERMS, 104.0)
    assert account.lapsed(TERMS, 104.1)


def test_what_is_merely_not_seen_does_not_lapse() -> None:
    assert not an_account(True, True).lapsed(TERMS, 1000.0)


def test_it_is_gone_after_enough_looks_and_enough_time() -> None:
    account = an_account(True, False, False)
    assert not account.gone(TERMS, 200.0)
    account.missed(103.0)
    assert not account.gone(TERMS, 105.9)
    assert account.gone(TERMS, 106.0)


def test_a_single_look_that_finds_it_again_begins_its_absence_anew() -> None:
    account = an_account(True, False, False, False, True, False)
    assert (account.absent_looks, account.absent_since_s) == (1, 105.0)


def test_nothing_goes_while_it_is_hidden() -> None:
    account = an_account(True, False, False, False)
    account.hidden()
    assert not account.gone(TERMS, 200.0)
    account.missed(200.0)
    assert account.gone(TERMS, 200.0)


def test_what_came_back_has_its_dwell_before_it() -> None:
    account = an_account(True, True, False, False, False)
    account.begin_again(replace(FINDING, since_s=None), 130.0)
    account.found(replace(FINDING, since_s=None), 130.0)
    account.found(replace(FINDING, since_s=None), 131.0)
    assert account.stage(TERMS, 135.0) is None
    assert account.stage(TERMS, 140.0) is Stage.CASE


@pytest.mark.parametrize(
    ("confirmed", "review_unconfirmed", "severity"),
    [
        (False, True, Severity.REVIEW),
        (True, True, Severity.URGENT),
        (False, False, Severity.URGENT),
    ],
)
def test_without_confirmation_a_person_looks_first(
    confirmed: bool, review_unconfirmed: bool, severity: Severity
) -> None:
    account = an_account(True, True)
    account.finding = replace(FINDING, confirmed=confirmed)
    terms = replace(TERMS, severity=Severity.URGENT, review_unconfirmed=review_unconfirmed)
    assert account.severity(terms) is severity


def test_a_printed_account_shows_no_number_plate() -> None:
    account = an_account(True)
    account.plate = "京A12345"
    assert "A12345" not in repr(account)
