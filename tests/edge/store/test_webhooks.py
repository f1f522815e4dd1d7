"""What receivers beside the platform wait for, and how far they have been told."""

from dataclasses import replace
from pathlib import Path

import pytest

from edge.domain.lane import Lane
from edge.domain.passage import Decision
from edge.domain.review import Judgement, Verdict
from edge.domain.rule import IncidentType, Severity
from edge.domain.subscription import TROUBLES, Kind, Subscription
from edge.store import letters
from edge.store.sinks import WEBHOOK
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


def test_alerts_go_before_the_street_and_the_street_before_troubles(desk: WebhookDesk) -> None:
    write_one_of_each(desk)
    told = [(one.id, one.revision) for one in desk.letters()]
    assert told == [("stranger", 1), ("car", 1), ("car", 2), ("lost", 1)]
    assert desk.post().waiting() == 4
    assert [one.id for one in desk.post().next()] == ["stranger"]


def test_a_letter_is_the_message_that_the_platform_gets(desk: WebhookDesk) -> None:
    write_one_of_each(desk)
    sent = {one.seq: one.payload for one in desk.outbox.waiting(limit=100)}
    assert all(sent[one.seq] == one.payload for one in desk.letters())


def test_a_receiver_is_told_of_its_cameras_alone(desk: WebhookDesk) -> None:
    write_one_of_each(desk)
    gate = Subscription(frozenset(Kind), cameras=frozenset({"gate"}))
    assert {one.id for one in desk.letters(gate)} == {"stranger", "lost"}


def test_less_severe_incidents_are_left_out_and_troubles_are_not(desk: WebhookDesk) -> None:
    write_one_of_each(desk)
    desk.tell(an_incident("fire", severity=Severity.URGENT, box=(0.7, 0.1, 0.8, 0.2)))
    urgent = Subscription(frozenset(Kind), least_severity=Severity.URGENT)
    assert [one.id for one in desk.letters(urgent)] == ["stranger", "fire", "lost"]


def test_what_was_told_once_is_told_to_its_end(desk: WebhookDesk) -> None:
    fire = an_incident("fire", severity=Severity.URGENT)
    gone = cleared(fire)
    milder = changed(gone, severity=Severity.REVIEW, cleared_at=None, reopened=1)
    desk.tell(fire, gone, milder, cleared(milder))
    desk.pass_by("guest", Decision.STRANGER)
    desk.pass_by("guest", Decision.RESIDENT, revision=2)
    urgent = Subscription(frozenset(Kind), least_severity=Severity.URGENT)
    assert desk.told_of(urgent) == [
        ("alerts", "guest", 1),
        ("alerts", "guest", 2),
        ("incidents", "fire", 1),
        ("incidents", "fire", 2),
        ("incidents", "fire", 3),
        ("incidents", "fire", 4),
    ]


def test_strangers_whom_the_site_does_not_announce_are_no_alerts(desk: WebhookDesk) -> None:
    desk.pass_by("stranger", Decision.STRANGER, announced=False)
    assert desk.letters() == []


def test_a_new_receiver_begins_at_now_and_goes_on_where_it_was(tmp_path: Path) -> None:
    desk = WebhookDesk(tmp_path / "journal.db", begun=False)
    desk.tell(an_incident("before"))
    desk.sinks.keep(WEBHOOK, [NAME])
    desk.pass_by("after", Decision.STRANGER)
    assert [one.id for one in desk.letters()] == ["after"]
    desk.sinks.keep(WEBHOOK, [NAME, "another"])
    assert [one.id for one in desk.letters()] == ["after"]
    assert desk.letters(name="another") == []
    desk.sinks.keep(WEBHOOK, ["another"])
    desk.sinks.keep(WEBHOOK, [NAME])
    assert desk.letters() == []


def test_settled_letters_do_not_come_again(desk: WebhookDesk) -> None:
    write_one_of_each(desk)
    first = desk.letters()[0]
    desk.post().settle([first])
    assert [one.id for one in desk.letters()] == ["car", "car", "lost"]
    reach = desk.reach()
    assert reach.delivered == 1
    assert reach.delivered_at == desk.clock.utc()


def test_many_that_nobody_wants_are_passed_over(
    desk: WebhookDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "STEP", 3)
    for number in range(8):
        desk.pass_by(f"resident-{number}", Decision.RESIDENT)
    desk.pass_by("stranger", Decision.STRANGER)
    assert desk.reach().waiting[Lane.PASSAGE] == 8
    assert [one.id for one in desk.letters()] == ["stranger"]
    assert desk.reach().waiting[Lane.PASSAGE] == 0


def test_parked_letters_are_out_of_the_way_until_they_are_asked_for(desk: WebhookDesk) -> None:
    write_one_of_each(desk)
    first, *others = desk.letters()
    desk.post().park(first, "answered 410")
    assert desk.letters() == others
    assert desk.reach().refusals == ((first.seq, "answered 410"),)
    assert desk.sinks.retry_parked() == 1
    assert desk.letters() == [replace(first, stray=True), *others]
    assert desk.post().waiting() == 4
    desk.post().settle([replace(first, stray=True)])
    assert desk.letters() == others


def test_since_when_a_receiver_fails_is_known_until_it_takes_something(desk: WebhookDesk) -> None:
    desk.tell(an_incident("car"))
    since = desk.clock.utc()
    desk.post().failed("nobody listens there")
    desk.clock.advance(60)
    desk.post().failed("answered 500")
    reach = desk.reach()
    assert (reach.failing_since, reach.error) == (since, "answered 500")
    desk.post().settle(desk.letters()[:1])
    reach = desk.reach()
    assert (reach.failing_since, reach.error) == (None, "")


def test_a_receiver_that_is_gone_from_the_configuration_has_nothing(desk: WebhookDesk) -> None:
    desk.tell(an_incident("car"))
    letter = desk.letters()[0]
    desk.sinks.keep(WEBHOOK, [])
    desk.post().settle([letter])
    desk.post().park(letter, "late")
    assert desk.sinks.state(WEBHOOK + NAME) is None
    assert desk.letters() == []


def test_every_trouble_of_a_camera_is_one() -> None:
    assert set(TROUBLES) == {one for one in IncidentType if one.startswith("camera_")}
