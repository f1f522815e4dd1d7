import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from edge.bench.large_store import CAMERAS, END, GATES, build
from edge.clock import SystemClock
from edge.console.report import last_days, report, tables
from edge.domain.passage import Decision
from edge.store.figures import Figures
from edge.store.journal import Journal
from edge.store.tallies import Tallies

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_a_report_counts_by_the_hours_of_the_site(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    build(path, incidents=3650, passages=3650)
    now = END - timedelta(minutes=1)
    found = report(
        Figures(path),
        Tallies(path),
        period=last_days(30, now),
        cameras=[*CAMERAS, *GATES],
        zone=SHANGHAI,
    )
    assert sum(found.hours) == sum(count for _, count in found.days)
    assert 295 <= sum(found.hours) <= 305
    assert sum(one.incidents for one in found.rules) == sum(found.hours)
    assert 295 <= sum(sum(counts) for counts in found.passages.values()) <= 305
    assert set(found.passages) == set(Decision)
    # One came every 2.4 hours, the last at 01:36 UTC.
    at_site = {hour for hour, count in enumerate(found.hours) if count}
    assert at_site == {9, 7, 4, 2, 0, 21, 19, 16, 14, 12}
    assert found.days[-1][0] == "2026-11-24"
    for table in tables(found):
        assert all(len(row) == len(table.heading) for row in table.rows), table.name


def test_hours_before_and_after_the_clocks_change_are_those_people_saw(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    Journal(path, SystemClock()).close()
    # Berlin's clocks went back at 01:00 UTC on 25 October 2026: 2 hours ahead, then 1.
    with sqlite3.connect(path) as connection:
        connection.executemany(
            "INSERT INTO passage_tallies VALUES (?, 'gate-01', 'stranger', 'in', ?)",
            [("2026-10-24T06", 1), ("2026-10-25T00", 10), ("2026-10-25T07", 100)],
        )
    connection.close()
    found = report(
        Figures(path),
        Tallies(path),
        period=last_days(7, datetime(2026, 10, 27, 12, 34, tzinfo=UTC)),
        cameras=["gate-01"],
        zone=ZoneInfo("Europe/Berlin"),
    )
    hours = {hour: count for hour, count in enumerate(found.passages[Decision.STRANGER]) if count}
    assert hours == {8: 101, 2: 10}
