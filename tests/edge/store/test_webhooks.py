"""What receivers beside the platform wait for, and how far they have been told."""

from pathlib import Path

import pytest

from edge.domain.passage import Decision
from edge.domain.review import Judgement, Verdict
from edge.domain.rule import IncidentType, Severity
from edge.domain.subscription import TROUBLES, Kind, Subscription
from edge.store import webhooks
from tests.incidents import an_incident, cleared
from tests.review_desk import changed
from tests.webhook_desk import NAME, WebhookDesk


@pytest.fixture
def desk(tmp_path: Path) -> WebhookDesk:
    return WebhookDesk(tmp_path / "journal.db")


def write_one_of_each(desk: WebhookDesk) -> None:
    desk.tell(an_incident("car"))
    desk.pass_by("stranger", Decision.STRANGER)
    desk.pass_by("resident", Decision.RESIDENT)
    lost = an_incident(
        "lost", type=IncidentType.CAMERA_LOST, severity=Severity.MAINTENANCE, camera_id="gate"
    )
    desk.tell(lost)
    desk.store.judge("car", Judgement(Verdict.CONFIRMED), revision=1, reviewer="mei")


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (Kind.INCIDENTS, ("incidents", "car", 1)),
        (Kind.ALERTS, ("alerts", "stranger", 1)),
        (Kind.TROUBLES, ("troubles", "lost", 1)),
        (Kind.REVIEWS, ("reviews", "car", 2)),
    ],
)
def test_a_receiver_is_told_the_kinds_it_wants(
    desk: WebhookDesk, kind: Kind, told: tuple[str, str, int]
) -> None:
    write_one_of_each(desk)
    assert desk.told_of(Subscription(frozenset({kind}))) == [told]


def test_all_kinds_come_in_the_order_in_which_they_happened(desk: WebhookDesk) -> None:
    write_one_of_each(desk)
    letters = desk.letters()
    assert [one.id for one in letters] == ["car", "stranger", "lost", "car"]
    assert [one.seq for one in letters] == sorted(one.seq for one in letters)
    assert desk.webhooks.waiting(NAME, Subscription(frozenset(Kind))) == 4


def test_a_letter_is_the_message_that_the_platform_gets(desk: WebhookDesk) -> None:
    write_one_of_each(desk)
    sent = {one.seq: one.payload for one in desk.outbox.waiting(after=0, limit=100)}
    assert all(sent[one.seq] == one.payload for one in desk.letters())


def test_a_receiver_is_told_of_its_cameras_alone(desk: WebhookDesk) -> None:
    write_one_of_each(desk)
    gate = Subscription(frozenset(Kind), cameras=frozenset({"gate"}))
    assert {one.id for one in desk.letters(gate)} == {"stranger", "lost"}


def test_less_severe_incidents_are_left_out_and_troubles_are_not(desk: WebhookDesk) -> None:
    write_one_of_each(desk)
    desk.tell(an_incident("fire", severity=Severity.URGENT, box=(0.7, 0.1, 0.8, 0.2)))
    urgent = Subscription(frozenset(Kind), least_severity=Severity.URGENT)
    assert [one.id for one in desk.letters(urgent)] == ["stranger", "lost", "fire"]


def test_what_was_told_once_is_told_to_its_end(desk: WebhookDesk) -> None:
    fire = an_incident("fire", severity=Severity.URGENT)
    gone = cleared(fire)
    milder = changed(gone, severity=Severity.REVIEW, cleared_at=None, reopened=1)
    desk.tell(fire, gone, milder, cleared(milder))
    desk.pass_by("guest", Decision.STRANGER)
    desk.pass_by("guest", Decision.RESIDENT, revision=2)
    urgent = Subscription(frozenset(Kind), least_severity=Severity.URGENT)
    assert desk.told_of(urgent) == [
        ("incidents", "fire", 1),
        ("incidents", "fire", 2),
        ("incidents", "fire", 3),
        ("incidents", "fire", 4),
        ("alerts", "guest", 1),
        ("alerts", "guest", 2),
    ]


def test_strangers_whom_the_site_does_not_announce_are_no_alerts(desk: WebhookDesk) -> None:
    desk.pass_by("stranger", Decision.STRANGER, announced=False)
    assert desk.letters() == []


def test_a_new_receiver_begins_at_now_and_goes_on_where_it_was(tmp_path: Path) -> None:
    desk = WebhookDesk(tmp_path / "journal.db", begun=False)
    desk.tell(an_incident("before"))
    desk.webhooks.keep([NAME])
    desk.pass_by("after", Decision.STRANGER)
    assert [one.id for one in desk.letters()] == ["after"]
    desk.webhooks.keep([NAME, "another"])
    assert [one.id for one in desk.letters()] == ["after"]
    assert desk.webhooks.next("another", Subscription(frozenset(Kind))) == []
    desk.webhooks.keep(["another"])
    desk.webhooks.keep([NAME])
    assert desk.letters() == []


def test_settled_letters_do_not_come_again(desk: WebhookDesk) -> None:
    write_one_of_each(desk)
    first = desk.letters()[0]
    desk.webhooks.settle(NAME, first)
    assert [one.id for one in desk.letters()] == ["stranger", "lost", "car"]
    reach = desk.webhooks.reach(NAME)
    assert reach is not None
    assert (reach.seq, reach.delivered) == (first.seq, 1)
    assert reach.delivered_at == desk.clock.utc()


def test_many_that_nobody_wants_are_passed_over(
    desk: WebhookDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "STEP", 3)
    for number in range(8):
        desk.pass_by(f"resident-{number}", Decision.RESIDENT)
    desk.pass_by("stranger", Decision.STRANGER)
    assert [one.id for one in desk.letters()] == ["stranger"]
    reach = desk.webhooks.reach(NAME)
    assert reach is not None
    assert reach.seq == 6


def test_parked_letters_are_out_of_the_way_until_they_are_asked_for(desk: WebhookDesk) -> None:
    write_one_of_each(desk)
    first, *others = desk.letters()
    desk.webhooks.park(NAME, first, "answered 410")
    assert desk.letters() == others
    reach = desk.webhooks.reach(NAME)
    assert reach is not None
    assert reach.parked == ((first.seq, "answered 410"),)
    assert desk.webhooks.retry_parked() == 1
    assert desk.letters() == [first]
    assert desk.webhooks.waiting(NAME, Subscription(frozenset(Kind))) == 4
    desk.webhooks.settle(NAME, first)
    assert desk.letters() == others


def test_since_when_a_receiver_fails_is_known_until_it_takes_something(desk: WebhookDesk) -> None:
    desk.tell(an_incident("car"))
    since = desk.clock.utc()
    desk.webhooks.failed(NAME, "nobody listens there")
    desk.clock.advance(60)
    desk.webhooks.failed(NAME, "answered 500")
    reach = desk.webhooks.reach(NAME)
    assert reach is not None
    assert (reach.failing_since, reach.error) == (since, "answered 500")
    desk.webhooks.settle(NAME, desk.letters()[0])
    reach = desk.webhooks.reach(NAME)
    assert reach is not None
    assert (reach.failing_since, reach.error) == (None, "")


def test_a_receiver_that_is_gone_from_the_configuration_has_nothing(desk: WebhookDesk) -> None:
    desk.tell(an_incident("car"))
    letter = desk.letters()[0]
    desk.webhooks.keep([])
    desk.webhooks.settle(NAME, letter)
    desk.webhooks.park(NAME, letter, "late")
    assert desk.webhooks.reach(NAME) is None
    assert desk.letters() == []


def test_every_trouble_of_a_camera_is_one() -> None:
    assert set(TROUBLES) == {one for one in IncidentType if one.startswith("camera_")}
