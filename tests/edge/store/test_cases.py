"""How far cases have come, whatever order the platform's news come in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge.domain.case import CaseMove, CaseState
from edge.store.cases import MOST_MOVES, Cases, Heard
from tests.incidents import an_incident
from tests.review_desk import ReviewDesk

AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
FILED = CaseMove("car", 2, CaseState.FILED, AT, "SZ-2026-0815", "城管一中队", "请核实")


@pytest.fixture
def cases(tmp_path: Path) -> Cases:
    desk = ReviewDesk(tmp_path / "journal.db")
    desk.tell(an_incident("car"))
    return Cases(tmp_path / "journal.db", desk.clock)


def states(cases: Cases) -> list[CaseState]:
    case = cases.case("car")
    return [] if case is None else [one.state for one in case.moves]


def test_an_incident_that_the_platform_said_nothing_of_has_no_case(cases: Cases) -> None:
    assert cases.case("car") is None
    assert cases.present(["car"]) == {}


def test_a_move_is_kept_with_all_that_was_said(cases: Cases) -> None:
    assert cases.hear(FILED) is Heard.CURRENT
    case = cases.case("car")
    assert case is not None
    assert case.present == FILED


def test_late_news_stand_in_the_history_and_do_not_hide_newer_ones(cases: Cases) -> None:
    closed = replace(FILED, sequence=9, state=CaseState.CLOSED, at=AT + timedelta(days=1))
    late = replace(FILED, sequence=5, state=CaseState.HANDLING, at=AT + timedelta(days=2))
    assert [cases.hear(one) for one in (FILED, closed, late)] == [
        Heard.CURRENT,
        Heard.CURRENT,
        Heard.LATE,
    ]
    assert states(cases) == [CaseState.FILED, CaseState.HANDLING, CaseState.CLOSED]
    assert cases.present(["car", "van"]) == {"car": CaseState.CLOSED}


def test_a_move_that_was_told_before_changes_nothing(cases: Cases) -> None:
    cases.hear(FILED)
    assert cases.hear(FILED) is Heard.KNOWN
    assert cases.hear(replace(FILED, state=CaseState.CLOSED)) is Heard.CONTRADICTION
    assert states(cases) == [CaseState.FILED]


def test_a_case_of_no_incident_of_this_box_is_not_kept(cases: Cases) -> None:
    assert cases.hear(replace(FILED, incident_id="van")) is Heard.UNKNOWN_INCIDENT
    assert cases.case("van") is None


def test_a_case_that_never_ends_keeps_its_latest_moves(cases: Cases) -> None:
    for sequence in range(MOST_MOVES + 10):
        cases.hear(replace(FILED, sequence=sequence))
    case = cases.case("car")
    assert case is not None
    assert [one.sequence for one in case.moves] == list(range(10, MOST_MOVES + 10))
    assert cases.hear(replace(FILED, sequence=3)) is Heard.LATE
    assert len(states(cases)) == MOST_MOVES
