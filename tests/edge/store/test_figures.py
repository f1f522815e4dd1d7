import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from edge.bench.large_store import CAMERAS, END, GATES, build
from edge.clock import SystemClock
from edge.domain.suggestion import Suggestion, Term
from edge.errors import ConfigError
from edge.store.figures import Count, Figures
from edge.store.journal import Journal
from edge.store.period import Period
from edge.store.proposals import Proposals, ProposalState, Target
from edge.store.tallies import Tallies
from tests.conftest import FakeClock

ALL = Period(END - timedelta(days=400), END + timedelta(days=400))
TARGET = Target("street-01", "curb", "motor_parking")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "journal.db"
    build(path, incidents=2000, passages=3000)
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    Journal(tmp_path / "journal.db", SystemClock()).close()
    return tmp_path / "journal.db"


def add(
    path: Path, name: str, verdict: str | None, *, at: str, score: float, **facts: object
) -> None:
    """Write one incident and what was said of it."""
    row = {"camera_id": "street-01", "reason": None, "dwell_s": 300.0, "action": "cleared"} | facts
    payload = (
        f'{{"zone_id": "curb", "bbox": [0.1, 0.2, 0.3, 0.4], "dwell_s": {row["dwell_s"]},'
        f' "basis": {{"parts": {{"detector": {score}}}}}}}'
    )
    with sqlite3.connect(path) as connection:
        (seq,) = connection.execute("SELECT COUNT(*) FROM incidents").fetchone()
        connection.execute(
            "INSERT INTO incidents (id, revision, seq, camera_id, type, action, stage, severity,"
            " opened_at, observed_at, payload) VALUES (?, 1, ?, ?, 'motor_parking', ?, 'case',"
            " 'normal', ?, ?, ?)",
            (name, seq + 1, row["camera_id"], row["action"], at, at, payload.encode()),
        )
        connection.execute(
            "UPDATE incident_heads SET verdict = ?, reason = ? WHERE id = ?",
            (verdict, row["reason"], name),
        )
    connection.close()


def judged(path: Path) -> None:
    at = "2026-11-20T03:00:00.000+00:00"
    for number in range(6):
        add(path, f"good{number}", "confirmed", at=at, score=0.7 + number / 50)
        add(path, f"bad{number}", "rejected", at=at, score=0.45, reason="permitted")


def test_a_large_store_is_counted_as_it_was_written(large: Path) -> None:
    figures, tallies = Figures(large), Tallies(large)
    assert sum(one.incidents for one in figures.rules(ALL, CAMERAS)) == 2000
    assert sum(one.count for one in figures.hours(ALL, CAMERAS)) == 2000
    assert sum(one.count for one in figures.places(ALL, CAMERAS)) == 2000
    assert sum(one.count for one in tallies.by_hour(ALL, GATES)) == 3000
    assert figures.rules(ALL, CAMERAS[:2])[-1].camera_id == CAMERAS[1]


def test_precision_counts_what_was_there_and_leaves_duplicates_out(path: Path) -> None:
    judged(path)
    at = "2026-11-20T05:00:00.000+00:00"
    add(path, "twice", "duplicate", at=at, score=0.9)
    add(path, "other", "reclassified", at=at, score=0.9)
    add(path, "new", None, at=at, score=0.9)
    add(path, "elsewhere", "rejected", at=at, score=0.9, camera_id="secret")
    (figures,) = Figures(path).rules(ALL, ["street-01"])
    assert (figures.precision.right, figures.precision.judged, figures.incidents) == (6, 13, 15)
    assert Figures(path).reasons(ALL, ["street-01"]) == [Count("permitted", 6)]
    assert Figures(path).boxes(ALL, "street-01")[0] == (0.1, 0.2, 0.3, 0.4)
    assert [(one.hour.hour, one.count) for one in Figures(path).hours(ALL, ["street-01"])] == [
        (3, 12),
        (5, 3),
    ]


def test_verdicts_suggest_a_confidence_until_it_is_tried(path: Path, clock: FakeClock) -> None:
    judged(path)
    proposals = Proposals(path, clock)
    (found,) = proposals.suggested(ALL, ["street-01"])
    assert (found.target, found.suggestion.value) == (TARGET, 0.7)
    assert proposals.suggested(ALL, ["other"]) == []
    proposals.begin(found.target, found.suggestion, "ann")
    assert proposals.suggested(ALL, ["street-01"]) == []
    with pytest.raises(ConfigError, match="apply it or drop it first"):
        proposals.begin(found.target, found.suggestion, "ann")


def test_a_shadow_counts_what_it_would_have_dropped_and_how_that_was_judged(
    path: Path, clock: FakeClock
) -> None:
    judged(path)
    proposals = Proposals(path, clock)
    proposals.begin(TARGET, Suggestion(Term.CONFIDENCE, 0.7, 6, 6, 6), "ann")
    at = (clock.utc() + timedelta(hours=1)).isoformat(timespec="milliseconds")
    add(path, "a", "rejected", at=at, score=0.5)
    add(path, "b", "confirmed", at=at, score=0.6)
    add(path, "c", None, at=at, score=0.6)
    add(path, "d", "confirmed", at=at, score=0.8)
    clock.advance(7200)
    (proposal,) = proposals.proposals(["street-01"])
    shadow = proposals.shadow(proposal)
    assert (shadow.seen, shadow.dropped, shadow.right, shadow.wrong) == (4, 3, 1, 1)
    proposals.end(proposal.id, ProposalState.DROPPED, "ben")
    (ended,) = proposals.proposals(["street-01"])
    assert (ended.state, ended.ended_by) == (ProposalState.DROPPED, "ben")
    with pytest.raises(ConfigError, match="no longer"):
        proposals.end(proposal.id, ProposalState.APPLIED, "ben")


def test_a_dwell_in_shadow_waits_for_what_is_still_there(path: Path, clock: FakeClock) -> None:
    proposals = Proposals(path, clock)
    proposals.begin(TARGET, Suggestion(Term.DWELL, 400, 6, 6, 6), "ann")
    at = (clock.utc() + timedelta(hours=1)).isoformat(timespec="milliseconds")
    add(path, "gone", "rejected", at=at, score=0.5, dwell_s=200)
    add(path, "there", None, at=at, score=0.5, dwell_s=200, action="opened")
    clock.advance(7200)
    shadow = proposals.shadow(proposals.proposals(["street-01"])[0])
    assert (shadow.seen, shadow.dropped, shadow.wrong) == (1, 1, 1)


def test_cameras_are_told_whatever_incidents_are_called(path: Path) -> None:
    for name, camera in (("0193", "gate-01"), ("zz", "street-01"), ("a", "gate-01")):
        add(path, name, None, at="2026-11-20T03:00:00.000+00:00", score=0.5, camera_id=camera)
    assert Figures(path).cameras() == ["gate-01", "street-01"]
