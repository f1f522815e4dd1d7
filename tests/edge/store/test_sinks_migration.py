"""A journal of the time before there were sinks, gone on with."""

import json
import sqlite3
from pathlib import Path

import pytest

from edge.domain.lane import Lane
from edge.store.database import open_database
from edge.store.journal import MIGRATIONS
from edge.store.letters import Letters
from edge.store.outbox import Outbox, Sent
from edge.store.sinks import MQTT, Sinks
from tests.conftest import FakeClock

FORMER = next(
    number for number, script in enumerate(MIGRATIONS) if "CREATE TABLE messages" in script
)
AT = "2026-11-24T03:00:00.000+00:00"


class Former:
    """Writes as the former versions did."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.seq = 0

    def count(self) -> int:
        self.seq += 1
        self.connection.execute("UPDATE counters SET value = ?", (self.seq,))
        return self.seq

    def queue(self, seq: int | None, leaf: str, payload: bytes, *, parked: str | None) -> None:
        self.connection.execute(
            "INSERT INTO outbox (seq, leaf, content_type, payload, created_at, parked_reason)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (seq, leaf, "application/json" if seq else "image/jpeg", payload, AT, parked),
        )

    def passage(self, name: str, *, alert: bool, revision: int = 1, waits: bool = True) -> None:
        seq = self.count()
        payload = json.dumps({"id": name, "seq": seq, "alert": alert}).encode()
        self.connection.execute(
            "INSERT INTO passages VALUES (?, ?, ?, 'gate', 'in', 'stranger', NULL, NULL, ?, ?)",
            (name, revision, seq, AT, payload),
        )
        if waits:
            self.queue(seq, "passages", payload, parked=None)

    def incident(
        self, name: str, kind: str, *, waits: bool = True, parked: str | None = None
    ) -> None:
        seq = self.count()
        payload = json.dumps({"id": name, "seq": seq}).encode()
        self.connection.execute(
            "INSERT INTO incidents VALUES (?, 1, ?, 'street', ?, NULL, 'opened', 'case', 'normal',"
            " ?, ?, NULL, ?, NULL)",
            (name, seq, kind, AT, AT, payload),
        )
        if waits:
            self.queue(seq, "incidents", payload, parked=parked)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "journal.db"
    connection = open_database(path, MIGRATIONS[:FORMER])
    former = Former(connection)
    former.passage("gone", alert=False, waits=False)
    former.incident("refused", "motor_parking", parked="too large")
    former.queue(None, "evidence/refused/opened.jpg", b"1", parked=None)
    former.passage("resident", alert=False)
    former.passage("stranger", alert=True)
    former.queue(None, "evidence/stranger/decided.jpg", b"2", parked=None)
    former.passage("stranger", alert=False, revision=2)
    former.incident("fire", "open_flame")
    former.queue(None, "evidence/fire/opened.jpg", b"3", parked="no room")
    former.queue(None, "evidence/fire/opened-2.jpg", b"4", parked=None)
    former.incident("lens", "camera_covered")
    former.incident("told", "road_trading", waits=False)
    connection.execute("INSERT INTO delivered VALUES (1, 1, 'passages', ?)", (AT,))
    connection.execute("INSERT INTO webhooks (name, seq, delivered) VALUES ('city', 4, 3)")
    connection.execute("INSERT INTO webhook_parked VALUES ('city', 2, 'answered 410')")
    connection.execute("INSERT INTO webhook_parked VALUES ('city', 3, NULL)")
    connection.close()
    return path


def test_all_that_waited_waits_in_the_order_it_was_made(path: Path, clock: FakeClock) -> None:
    outbox = Outbox(path, clock)
    assert [(one.seq, one.leaf) for one in outbox.waiting(limit=100)] == [
        (None, "evidence/refused/opened.jpg"),
        (3, "passages"),
        (4, "passages"),
        (None, "evidence/stranger/decided.jpg"),
        (5, "passages"),
        (6, "incidents"),
        (None, "evidence/fire/opened-2.jpg"),
        (7, "incidents"),
    ]
    assert outbox.depth() == 8
    assert [(one.seq, one.leaf, one.reason) for one in outbox.parked()] == [
        (2, "", "too large"),
        (None, "evidence/fire/opened.jpg", "no room"),
    ]


def test_what_waited_goes_by_lanes_with_its_payload(path: Path, clock: FakeClock) -> None:
    messages = Outbox(path, clock).next(Sent(), 100)
    assert [(one.lane, one.seq or one.payload) for one in messages] == [
        (Lane.ALERT, 4),
        (Lane.ALERT, 5),  # a revision is in the lane of the first
        (Lane.ALERT, 6),
        (Lane.ALERT, b"4"),
        (Lane.STREET, b"1"),
        (Lane.PASSAGE, 3),
        (Lane.UPKEEP, 7),
        (Lane.UPKEEP, b"2"),
    ]
    assert json.loads(messages[0].payload)["id"] == "stranger"


def test_a_webhook_goes_on_where_it_was(path: Path, clock: FakeClock) -> None:
    state = Sinks(path, clock).state("webhook:city")
    assert state is not None
    assert (state.delivered, state.refusals) == (3, ((2, "answered 410"),))
    letters = Letters(path, clock, "webhook:city")
    waiting = [one.seq for lane in Lane for one in letters.of_lane(lane)]
    assert waiting == [5, 6, 8, 3, 7]


def test_a_new_journal_has_a_platform_that_was_told_nothing(
    tmp_path: Path, clock: FakeClock
) -> None:
    (state,) = Sinks(tmp_path / "new.db", clock).states()
    assert (state.name, state.depth, state.parked) == (MQTT, 0, 0)


def test_the_migration_leaves_nothing_of_the_former_tables(path: Path, clock: FakeClock) -> None:
    Outbox(path, clock).close()
    connection = open_database(path, MIGRATIONS)
    tables = {row["name"] for row in connection.execute("SELECT name FROM sqlite_master")}
    assert not tables & {"outbox_before", "delivered", "webhooks", "webhook_parked"}
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
