from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.incident import Incident, Stage, Step
from edge.domain.rule import IncidentType, Severity
from edge.domain.scene import Evidence
from edge.integrity.faults import CLOCK_PLACE, TYPES, FaultBook, Moment
from edge.integrity.watch import Fault, FaultKind

BEGIN = datetime(2026, 11, 24, 3, tzinfo=UTC)


def at(seconds: float) -> Moment:
    return Moment(1000.0 + seconds, BEGIN + timedelta(seconds=seconds))


def a_fault(kind: FaultKind = FaultKind.COVERED, *, since_s: float = 0.0) -> Fault:
    return Fault(kind, 1000.0 + since_s, 0.9, "8 of 9 parts show nothing")


def a_book() -> FaultBook:
    names: Iterator[str] = (f"incident-{number}" for number in range(100))
    return FaultBook("street-01", new_id=lambda moment: next(names))


def test_a_fault_is_opened_once_for_whoever_looks_after_the_camera() -> None:
    book = a_book()
    (opened,) = book.observe([a_fault()], at(20))
    assert (opened.action, opened.revision, opened.stage) == (Step.OPENED, 1, Stage.CASE)
    assert (opened.type, opened.severity) == (IncidentType.CAMERA_COVERED, Severity.MAINTENANCE)
    assert (opened.camera_id, opened.zone_id, opened.box, opened.place) == (
        "street-01",
        None,
        None,
        None,
    )
    assert (opened.first_seen_at, opened.opened_at) == (BEGIN, BEGIN + timedelta(seconds=20))
    assert (opened.dwell_s, opened.confidence) == (20.0, 0.9)
    assert opened.evidence == (Evidence.INTEGRITY,)
    assert opened.label == "8 of 9 parts show nothing"
    assert book.observe([a_fault()], at(3600)) == []


def test_it_is_cleared_once_when_it_is_over() -> None:
    book = a_book()
    (opened,) = book.observe([a_fault()], at(20))
    (cleared,) = book.observe([], at(80))
    assert (cleared.id, cleared.action, cleared.revision) == (opened.id, Step.CLEARED, 2)
    assert (cleared.cleared_at, cleared.dwell_s) == (BEGIN + timedelta(seconds=80), 80.0)
    assert book.observe([], at(90)) == []


def test_the_next_one_is_another_incident() -> None:
    book = a_book()
    told = [
        *book.observe([a_fault()], at(20)),
        *book.observe([], at(80)),
        *book.observe([a_fault(since_s=90)], at(100)),
    ]
    assert [(one.id, one.action) for one in told] == [
        ("incident-0", Step.OPENED),
        ("incident-0", Step.CLEARED),
        ("incident-1", Step.OPENED),
    ]


def test_one_fault_that_becomes_another_clears_the_first() -> None:
    book = a_book()
    book.observe([a_fault()], at(20))
    told = book.observe([a_fault(FaultKind.BLACK, since_s=25)], at(30))
    assert [(one.type, one.action) for one in told] == [
        (IncidentType.CAMERA_BLACK, Step.OPENED),
        (IncidentType.CAMERA_COVERED, Step.CLEARED),
    ]


def test_only_the_boxs_clock_is_a_fault_that_cameras_share() -> None:
    for kind in FaultKind:
        (opened,) = a_book().observe([a_fault(kind)], at(20))
        shared = kind is FaultKind.CLOCK_WRONG
        assert opened.place == (CLOCK_PLACE if shared else None)


def test_every_fault_has_a_type_of_its_own() -> None:
    assert set(TYPES) == set(FaultKind)
    assert len(set(TYPES.values())) == len(FaultKind)


def test_a_fault_from_the_future_has_only_begun() -> None:
    (opened,) = a_book().observe([a_fault(since_s=50)], at(20))
    assert (opened.dwell_s, opened.first_seen_at) == (0.0, opened.opened_at)


@pytest.mark.parametrize("kind", FaultKind)
def test_its_rule_has_a_version(kind: FaultKind) -> None:
    (opened,) = a_book().observe([a_fault(kind)], at(20))
    assert opened.rule.name == opened.type
    assert len(opened.rule.version) == len("sha256:") + 64


@given(st.lists(st.sets(st.sampled_from(FaultKind))))
def test_every_incident_opens_once_and_ends_at_most_once(seen: list[set[FaultKind]]) -> None:
    book = a_book()
    told: list[Incident] = []
    for number, kinds in enumerate(seen):
        told += book.observe([a_fault(kind) for kind in sorted(kinds)], at(number + 1))
        still_open = {one.type for one in told if _last(told, one) and one.open}
        assert still_open == {TYPES[kind] for kind in kinds}
    for incident_id in {one.id for one in told}:
        story = [one.action for one in told if one.id == incident_id]
        assert story in ([Step.OPENED], [Step.OPENED, Step.CLEARED])


def _last(told: list[Incident], one: Incident) -> bool:
    """Return whether it is the last word about its type."""
    return [other for other in told if other.type is one.type][-1] is one
