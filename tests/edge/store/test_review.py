"""Verdicts: the incident's next revision, its message and the row, together."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from edge.domain.category import Category
from edge.domain.review import Judgement, RejectReason, Verdict
from edge.domain.rule import IncidentType, Severity
from edge.store.database import open_database
from edge.store.heads import Order, Review, Search
from edge.store.journal import MIGRATIONS
from edge.store.review import ReviewStore
from tests.conftest import FakeClock
from tests.incidents import NOON, an_incident, cleared
from tests.review_desk import CODES, ONE, TWO, ReviewDesk, changed, message_of

CONFIRMED = Judgement(Verdict.CONFIRMED)
REJECTED = Judgement(Verdict.REJECTED, RejectReason.MOVING, "drove on at once")


@pytest.fixture
def desk(tmp_path: Path) -> ReviewDesk:
    return ReviewDesk(tmp_path / "journal.db")


def test_a_verdict_is_the_next_revision_and_leaves_as_a_message(desk: ReviewDesk) -> None:
    desk.tell(an_incident(ONE))
    told = desk.store.judge(ONE, REJECTED, revision=1, reviewer="lin")
    assert told is not None
    assert (told.revision, told.seq) == (2, 2)
    opened, reviewed = desk.told()
    review = reviewed.pop("review")
    assert (reviewed.pop("action"), review["verdict"], review["reason"]) == (
        "reviewed",
        "rejected",
        "moving",
    )
    unchanged = {"action", "review", "revision", "seq"}
    assert {k: v for k, v in opened.items() if k not in unchanged} == {
        k: v for k, v in reviewed.items() if k not in unchanged
    }
    assert desk.state() == (2, "open", Review.REVIEWED, Verdict.REJECTED)
    (row,) = desk.store.reviews(ONE)
    assert (row.note, row.reviewer) == ("drove on at once", "lin")


def test_neither_note_nor_name_leave_the_box_and_one_person_has_one_pseudonym(
    desk: ReviewDesk,
) -> None:
    desk.tell(an_incident(ONE), an_incident(TWO))
    desk.store.judge(ONE, REJECTED, revision=1, reviewer="lin")
    desk.store.judge(TWO, REJECTED, revision=1, reviewer="lin")
    first, second = desk.told()[-2:]
    assert first["review"]["reviewer"] == second["review"]["reviewer"]
    assert "lin" not in json.dumps(first)
    assert "drove on" not in json.dumps(first)


def test_what_the_camera_says_later_still_carries_the_verdict(desk: ReviewDesk) -> None:
    opened = an_incident(ONE)
    desk.tell(opened)
    desk.store.judge(ONE, CONFIRMED, revision=1, reviewer="lin")
    second = changed(opened, label="truck")
    desk.tell(second, cleared(second))
    told = desk.told()
    assert [one["revision"] for one in told] == [1, 2, 3, 4]
    assert [one["review"]["state"] for one in told] == ["pending"] + ["reviewed"] * 3
    assert desk.state() == (4, "cleared", Review.REVIEWED, Verdict.CONFIRMED)


def test_a_verdict_on_what_is_gone_does_not_open_it_again(desk: ReviewDesk) -> None:
    opened = an_incident(ONE, place="corner")
    desk.tell(opened, cleared(opened))
    desk.store.judge(ONE, CONFIRMED, revision=2, reviewer="lin")
    assert desk.state() == (3, "cleared", Review.REVIEWED, Verdict.CONFIRMED)
    desk.tell(an_incident(TWO, camera_id="street-02", place="corner"))
    assert desk.told()[-1]["id"] == TWO


def test_a_verdict_on_another_revision_than_was_seen_changes_nothing(desk: ReviewDesk) -> None:
    opened = an_incident(ONE)
    desk.tell(opened, changed(opened, severity=Severity.URGENT))
    assert desk.store.judge(ONE, CONFIRMED, revision=1, reviewer="lin") is None
    assert desk.store.judge(TWO, CONFIRMED, revision=1, reviewer="lin") is None
    assert desk.state() == (2, "open", Review.PENDING, None)
    assert (desk.store.reviews(ONE), len(desk.told())) == ([], 2)


def test_a_verdict_that_cannot_be_told_leaves_nothing(tmp_path: Path) -> None:
    desk = ReviewDesk(tmp_path / "journal.db")
    desk.tell(an_incident(ONE))

    def fail(_: IncidentType) -> Category:
        raise ValueError("no such table")

    store = ReviewStore(desk.path, desk.clock, category=fail)
    other = Judgement(Verdict.RECLASSIFIED, corrected_type=IncidentType.MATERIAL_PILE)
    with pytest.raises(ValueError, match="no such table"):
        store.judge(ONE, other, revision=1, reviewer="lin")
    assert desk.state() == (1, "open", Review.PENDING, None)
    assert (desk.store.reviews(ONE), len(desk.told())) == ([], 1)
    assert desk.store.judge(ONE, other, revision=1, reviewer="lin") is not None
    assert [one["seq"] for one in desk.told()] == [1, 2]
    assert desk.told()[-1]["review"]["category"]["name"] == CODES.category(other_type(other)).name


def other_type(judgement: Judgement) -> IncidentType:
    assert judgement.corrected_type is not None
    return judgement.corrected_type


def test_a_verdict_can_be_taken_back_and_given_again(desk: ReviewDesk) -> None:
    desk.tell(an_incident(ONE))
    desk.store.judge(ONE, REJECTED, revision=1, reviewer="lin")
    desk.store.judge(ONE, None, revision=2, reviewer="lin")
    assert desk.state() == (3, "open", Review.PENDING, None)
    assert desk.told()[-1]["review"] == {"state": "pending"}
    desk.store.judge(ONE, CONFIRMED, revision=3, reviewer="wu")
    assert [one.verdict for one in desk.store.reviews(ONE)] == [
        Verdict.REJECTED,
        None,
        Verdict.CONFIRMED,
    ]


def test_the_queue_is_the_gravest_first_then_the_oldest_and_is_read_in_pages(
    desk: ReviewDesk,
) -> None:
    later = NOON + timedelta(hours=1)
    desk.tell(
        an_incident("a", opened_at=later),
        an_incident("b", severity=Severity.MAINTENANCE, box=None),
        an_incident("c", severity=Severity.URGENT, opened_at=later),
        an_incident("d"),
        an_incident("e"),
    )
    desk.tell(an_incident("e").withdrawn(later, "explained"))
    queue = Search(review=Review.PENDING)
    assert [one.id for one in desk.store.find(queue, limit=9)] == ["c", "d", "a", "b"]
    assert [one.id for one in desk.store.find(queue, limit=2, before="d")] == ["a", "b"]
    assert desk.store.waiting(None) == {
        Severity.URGENT: 1,
        Severity.NORMAL: 2,
        Severity.MAINTENANCE: 1,
    }
    newest = Search(order=Order.NEWEST, since=later)
    assert [one.id for one in desk.store.find(newest, limit=9)] == ["c", "a"]


def test_one_sees_only_the_cameras_one_may_see(desk: ReviewDesk) -> None:
    desk.tell(an_incident("a"), an_incident("b", camera_id="street-02"))
    mine = Search(review=Review.PENDING, cameras={"street-02"})
    assert [one.id for one in desk.store.find(mine, limit=9)] == ["b"]
    assert desk.store.find(Search(cameras=set()), limit=9) == []
    assert desk.store.waiting({"street-02"}) == {Severity.NORMAL: 1}


def test_similar_ones_are_earlier_of_the_same_type_at_the_same_place(desk: ReviewDesk) -> None:
    later = NOON + timedelta(hours=1)
    shared = an_incident("shared", camera_id="street-02", place="corner")
    desk.tell(
        an_incident("same"),
        an_incident("beside", box=(0.0, 0.0, 0.1, 0.1)),
        an_incident("type", type=IncidentType.MATERIAL_PILE),
        shared,
        cleared(shared),
        an_incident("now", opened_at=later, place="corner"),
    )
    now = desk.store.head("now")
    assert now is not None
    assert {one.id for one in desk.store.similar(now, cameras=None)} == {"same", "shared"}
    assert {one.id for one in desk.store.similar(now, cameras={"street-01"})} == {"same"}


def test_a_journal_of_before_gets_its_heads(tmp_path: Path) -> None:
    """Rows as an earlier version wrote them: without heads, the trigger or the views' column."""
    path = tmp_path / "journal.db"
    version = next(n for n, script in enumerate(MIGRATIONS) if "incident_heads" in script)
    opened = an_incident(ONE)
    ended = cleared(opened)
    before = open_database(path, MIGRATIONS[:version])
    for seq, one in enumerate((opened, ended), start=1):
        before.execute(
            "INSERT INTO incidents (id, revision, seq, camera_id, type, action, stage, severity,"
            " opened_at, observed_at, cleared_at, payload)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                one.id,
                one.revision,
                seq,
                one.camera_id,
                one.type,
                one.action,
                one.stage,
                one.severity,
                one.opened_at.isoformat(),
                one.observed_at.isoformat(),
                one.cleared_at.isoformat() if one.cleared_at else None,
                message_of(one, seq),
            ),
        )
    before.close()
    store = ReviewStore(path, FakeClock(), category=CODES.category)
    head = store.head(ONE)
    assert head is not None
    assert (head.revision, head.state, head.box) == (2, "cleared", opened.box)
    assert (head.zone_id, head.label, head.rule) == ("curb", "car", "motor_parking")
    assert len(store.messages(ONE)) == 2


PLACES = (
    (Search(review=Review.PENDING, place="corner"), "incident_heads_queue"),
    (Search(place="corner"), "incident_heads_by_place"),
    (Search(place="curb"), "incident_heads_by_zone"),
    (Search(state="open"), "incident_heads_open"),
    (Search(state="withdrawn", order=Order.NEWEST), "incident_heads_withdrawn"),
    (Search(), "incident_heads_by_rank"),
    (Search(order=Order.NEWEST), "incident_heads_by_time"),
)


@pytest.mark.parametrize(("search", "index"), PLACES)
def test_no_search_reads_all_incidents(desk: ReviewDesk, search: Search, index: str) -> None:
    desk.tell(an_incident(ONE, place="corner"), an_incident(TWO))
    plans: list[str] = []
    connection = desk.store._connection

    def explain(statement: str) -> None:
        if statement.startswith("SELECT * FROM incident_heads"):
            plans.append(statement)

    connection.set_trace_callback(explain)
    desk.store.find(search, limit=50)
    connection.set_trace_callback(None)
    (statement,) = plans
    rows = connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
    assert index in " ".join(row["detail"] for row in rows)


KINDS = (
    CONFIRMED,
    *(Judgement(Verdict.REJECTED, reason) for reason in RejectReason),
    Judgement(Verdict.DUPLICATE),
    Judgement(Verdict.DUPLICATE, duplicate_of=TWO),
    Judgement(Verdict.NOT_ACTIONABLE, note="nobody on duty"),
    *(Judgement(Verdict.RECLASSIFIED, corrected_type=kind) for kind in IncidentType),
)


def test_the_message_of_every_kind_of_verdict_is_as_its_schema_says(desk: ReviewDesk) -> None:
    desk.tell(an_incident(ONE))
    for revision, judgement in enumerate(KINDS, 1):
        assert not judgement.flaw()
        assert desk.store.judge(ONE, judgement, revision=revision, reviewer="lin") is not None
    _, *told = desk.told()  # each is valid by the schema
    assert [one["seq"] for one in told] == [*range(2, len(KINDS) + 2)]
    for one, judgement in zip(told, KINDS, strict=True):
        review, kind = one["review"], judgement.corrected_type
        assert (one["action"], review["state"]) == ("reviewed", "reviewed")
        assert (review["verdict"], review["reason"]) == (judgement.verdict, judgement.reason)
        assert (review["duplicate_of"], review["type"]) == (judgement.duplicate_of, kind)
        category = CODES.category(kind) if kind else None
        assert (review["category"] or {}).get("name") == (category.name if category else None)
