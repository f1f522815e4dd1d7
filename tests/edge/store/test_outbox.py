"""What the platform has still to be told, lane by lane, and what becomes of it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from edge.domain.lane import Lane
from edge.domain.receipt import Receipt, Span
from edge.domain.rule import IncidentType
from edge.domain.sink import SinkState
from edge.errors import StoreError
from edge.store import receipts
from edge.store.claim import claimed
from edge.store.database import transaction
from edge.store.journal import Journal
from edge.store.message import Message
from edge.store.outbox import Outbox, Sent
from edge.store.outgoing import Loose, Still, post
from edge.store.receipts import LONGER_UP_TO
from edge.store.sinks import MQTT, Sinks
from tests.conftest import FakeClock
from tests.incidents import an_incident
from tests.passages import a_passage
from tests.review_desk import ReviewDesk

WAIT_S = 300.0
ROOM = 10**9


class Desk(ReviewDesk):
    """A journal, and the outbox of a platform that sends receipts."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.outbox = Outbox(path, self.clock, receipts_s=WAIT_S)
        self.sinks = Sinks(path, self.clock)

    def pass_by(self, name: str, lane: Lane = Lane.PASSAGE, stills: Sequence[Still] = ()) -> None:
        self.journal.record_passage(a_passage(name), lambda seq: b"{}", stills, lane=lane)

    def sent(self, count: int = 100) -> list[Message]:
        """Send what waits, and have it acknowledged by the broker."""
        messages = self.outbox.next(Sent(), count)
        cursors = {one.lane: one.seq for one in messages if one.seq is not None and not one.stray}
        self.outbox.settle(messages, cursors)
        return messages

    def seqs(self) -> list[int | None]:
        """Return what would be sent next."""
        return [one.seq for one in self.outbox.next(Sent(), 100)]

    def tend(self) -> int:
        return self.outbox.tend(stills_room=ROOM).again

    @property
    def platform(self) -> SinkState:
        state = self.sinks.state(MQTT)
        assert state is not None
        return state


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "journal.db")


@pytest.fixture
def plain(tmp_path: Path, clock: FakeClock) -> Outbox:
    """The outbox of a platform without receipts."""
    return Outbox(tmp_path / "journal.db", clock)


def receipt_of(message: Message) -> Receipt:
    assert message.seq is not None
    return Receipt(message.id, message.revision, message.seq)


def test_alerts_go_first_and_pictures_after_the_messages_of_their_lane(desk: Desk) -> None:
    desk.pass_by("resident", stills=[Still("evidence/resident/a.jpg", b"r")])
    desk.tell(an_incident("car"))
    desk.tell(an_incident("lens", type=IncidentType.CAMERA_COVERED, camera_id="gate"))
    desk.pass_by("stranger", Lane.ALERT, [Still("evidence/stranger/a.jpg", b"s")])
    desk.tell(an_incident("fire", type=IncidentType.OPEN_FLAME, box=(0.7, 0.1, 0.8, 0.2)))
    sent = [one.id or one.payload for one in desk.outbox.next(Sent(), 100)]
    assert sent == ["stranger", "fire", b"s", "car", "resident", "lens", b"r"]
    made = [one.id or one.payload for one in desk.outbox.waiting(limit=100)]
    assert made == ["resident", b"r", "car", "lens", "stranger", b"s", "fire"]


def test_answers_go_with_alerts_and_carry_what_the_question_is_known_by(
    desk: Desk, plain: Outbox
) -> None:
    desk.pass_by("resident")
    connection = desk.journal._connection
    with transaction(connection):
        post(
            connection,
            Loose("answers/7", "application/json", b"{}", correlation=b"\x00\xff"),
            created_at=desk.clock.utc(),
        )
    answer, passage = plain.next(Sent(), 10)
    assert (answer.leaf, answer.correlation, answer.seq) == ("answers/7", b"\x00\xff", None)
    plain.settle([answer], {})
    assert plain.next(Sent(), 10) == [passage]


def test_all_revisions_of_an_incident_are_in_one_lane(desk: Desk) -> None:
    fire = an_incident("fire", type=IncidentType.OPEN_FLAME)
    desk.tell(fire)
    desk.store.judge("fire", None, revision=1, reviewer="mei")
    assert {one.lane for one in desk.outbox.next(Sent(), 10)} == {Lane.ALERT}


def test_a_later_revision_of_a_passage_goes_with_the_first(desk: Desk) -> None:
    first = a_passage("p")
    desk.journal.record_passage(first, lambda seq: b"{}", lane=Lane.ALERT)
    later = replace(first, revision=2)
    desk.journal.record_passage(later, lambda seq: b"{}", lane=Lane.PASSAGE)
    assert [one.lane for one in desk.outbox.next(Sent(), 10)] == [Lane.ALERT, Lane.ALERT]


def test_without_receipts_the_brokers_word_is_enough(desk: Desk, plain: Outbox) -> None:
    desk.pass_by("one")
    messages = plain.next(Sent(), 10)
    plain.settle(messages, {Lane.PASSAGE: 1})
    assert plain.next(Sent(), 10) == []
    assert (desk.platform.awaiting, desk.platform.delivered) == (0, 1)


def test_a_message_awaits_its_receipt_and_is_settled_by_it(desk: Desk) -> None:
    desk.pass_by("one")
    (message,) = desk.sent()
    assert (desk.platform.awaiting, desk.seqs()) == (1, [])
    assert desk.outbox.receipted([receipt_of(message)]) == [1]
    desk.clock.advance(10 * WAIT_S)
    assert desk.tend() == 0
    assert (desk.platform.awaiting, desk.seqs()) == (0, [])


def test_without_its_receipt_it_is_sent_again_less_and_less_often(desk: Desk) -> None:
    desk.pass_by("one")
    waits = []
    for _ in range(8):
        desk.sent()
        before = desk.clock.utc()
        while not desk.tend():
            desk.clock.advance(WAIT_S / 2)
        waits.append((desk.clock.utc() - before) / timedelta(seconds=WAIT_S))
    assert waits == [1, 2, 4, 8, 16, 32, 32, 32]
    assert LONGER_UP_TO == 32


@pytest.mark.parametrize(
    "forged",
    [
        Receipt("one", 1, 2),
        Receipt("two", 1, 1),
        Receipt("one", 2, 1),
        Receipt("one", 1, 99),
        Receipt("later", 1, 3),
    ],
)
def test_a_receipt_that_names_no_message_that_was_sent_settles_nothing(
    desk: Desk, forged: Receipt
) -> None:
    desk.pass_by("one")
    desk.pass_by("two")
    desk.sent()
    desk.pass_by("later")
    assert desk.outbox.receipted([forged]) == []
    assert (desk.platform.awaiting, desk.seqs()) == (2, [3])


def test_a_receipt_settles_what_waits_to_be_sent_again_or_was_put_aside(desk: Desk) -> None:
    desk.pass_by("late")
    desk.pass_by("refused")
    late, refused = desk.sent()
    desk.clock.advance(WAIT_S)
    assert desk.tend() == 2
    desk.outbox.park(refused, "not authorised")
    assert desk.outbox.receipted([receipt_of(late), receipt_of(refused)]) == [1, 2]
    assert (desk.seqs(), desk.platform.parked) == ([], 0)


def test_a_clock_that_was_set_back_does_not_keep_a_message_for_years(desk: Desk) -> None:
    desk.pass_by("one")
    desk.clock.advance(10 * 365 * 86400)
    desk.sent()
    desk.clock.advance(-10 * 365 * 86400)
    assert desk.tend() == 1


def test_when_receipts_are_no_longer_expected_nothing_waits_for_one(
    desk: Desk, plain: Outbox
) -> None:
    desk.pass_by("one")
    desk.sent()
    plain.begin()
    assert desk.platform.awaiting == 0


def test_what_is_missing_is_sent_again_after_everything_else(desk: Desk, plain: Outbox) -> None:
    desk.pass_by("alarm", Lane.ALERT)
    desk.pass_by("one")
    desk.pass_by("two")
    plain.settle(plain.next(Sent(), 10), {Lane.ALERT: 1, Lane.PASSAGE: 3})
    desk.pass_by("new")
    assert plain.demanded([Span(1, 2), Span(4, 4), Span(90, 10**15)], most=100) == 2
    assert [one.seq for one in plain.next(Sent(), 10)] == [4, 1, 2]
    again = plain.next(Sent(), 10)
    plain.settle(again, {Lane.PASSAGE: 4})
    assert plain.next(Sent(), 10) == []


def test_a_demand_is_bounded(desk: Desk, plain: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipts, "MOST_AGAIN", 5)
    for number in range(10):
        desk.pass_by(f"p{number}")
    plain.settle(plain.next(Sent(), 100), {Lane.PASSAGE: 10})
    assert plain.demanded([Span(1, 10)], most=3) == 3
    assert plain.demanded([Span(1, 10)], most=100) == 2
    assert plain.demanded([Span(1, 10)], most=100) == 0
    assert [one.seq for one in plain.next(Sent(), 100)] == [1, 2, 3, 4, 5]


def test_the_oldest_pictures_go_where_there_is_no_more_room_and_messages_never(
    desk: Desk, plain: Outbox
) -> None:
    for number in range(6):
        desk.pass_by(f"p{number}", stills=[Still(f"evidence/p{number}/a.jpg", bytes(100))])
    assert plain.tend(stills_room=600).given_up == 0
    assert plain.tend(stills_room=250).given_up == 4
    waiting = plain.next(Sent(), 100)
    assert [one.seq for one in waiting if one.seq] == [1, 2, 3, 4, 5, 6]
    assert [one.leaf for one in waiting if not one.seq] == [
        "evidence/p4/a.jpg",
        "evidence/p5/a.jpg",
    ]
    assert desk.platform.given_up == 4


def test_answers_are_not_given_up_for_want_of_room(desk: Desk, plain: Outbox) -> None:
    with transaction(desk.journal._connection):
        answer = Loose("answers/7", "application/json", bytes(10_000))
        post(desk.journal._connection, answer, created_at=desk.clock.utc())
    assert plain.tend(stills_room=1).given_up == 0
    assert plain.depth() == 1


def test_ten_thousand_waiting_messages_are_read_a_few_at_a_time(desk: Desk, plain: Outbox) -> None:
    connection = desk.journal._connection
    with transaction(connection):
        connection.executemany(
            "INSERT INTO passages VALUES (?, 1, ?, 'g', 'in', 'stranger', NULL, NULL, '2026', ?)",
            [(f"p{seq}", seq, b"{}") for seq in range(1, 10_001)],
        )
        connection.executemany(
            "INSERT INTO messages VALUES (2, ?)", [(seq,) for seq in range(1, 10_001)]
        )
    rows = 0

    def count(statement: str) -> None:
        nonlocal rows
        rows += 1

    plain._connection.set_trace_callback(count)
    sent = Sent()
    assert [one.seq for one in plain.next(sent, 16)] == list(range(1, 17))
    sent.numbered[Lane.PASSAGE] = 16
    assert [one.seq for one in plain.next(sent, 16)] == list(range(17, 33))
    assert rows < 40
    assert plain.depth() == 10_000


def test_nobody_else_serves_a_sink_meanwhile(tmp_path: Path) -> None:
    journal = tmp_path / "journal.db"
    with claimed(journal, MQTT):
        with claimed(journal, "webhook:city"):
            pass
        with pytest.raises(StoreError, match="another process delivers"), claimed(journal, MQTT):
            pass
    with claimed(journal, MQTT):
        pass


def test_what_was_lost_with_a_damaged_file_is_passed_over(desk: Desk, plain: Outbox) -> None:
    for number in range(5):
        desk.pass_by(f"p{number}")
    with transaction(desk.journal._connection):
        desk.journal._connection.execute("DELETE FROM passages WHERE seq <= 4")
    assert [one.seq for one in plain.next(Sent(), 2)] == [5]


def test_the_age_of_what_waits_longest_is_known(
    desk: Desk, plain: Outbox, journal_at: Callable[[], Journal]
) -> None:
    assert desk.platform.oldest_at is None
    journal_at().record_passage(a_passage("p"), lambda seq: b"{}")
    assert desk.platform.oldest_at == a_passage("p").decided_at


@pytest.fixture
def journal_at(desk: Desk) -> Callable[[], Journal]:
    return lambda: desk.journal
