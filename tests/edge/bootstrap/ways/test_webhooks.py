"""Receivers of the configuration, each served by a thread of its own."""

import queue
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.bootstrap.inspection import inspect
from edge.bootstrap.ways.webhooks import Couriers, addresses, inspect_webhook
from edge.clock import SystemClock
from edge.delivery.post import Answer
from edge.delivery.signature import signed
from edge.domain.passage import Decision
from edge.domain.rule import Severity
from edge.domain.subscription import Kind
from edge.errors import ConfigError
from edge.settings import Settings, load_settings
from tests.edge.delivery.test_post import listening
from tests.incidents import an_incident
from tests.receiver import TAKEN, Receiver, Request, receiving
from tests.webhook_desk import WebhookDesk

SECRET = "0123456789abcdef0123456789abcdef"


class Inbox(Receiver):
    """Lets a test wait for what comes."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived: queue.Queue[Request] = queue.Queue()

    def answer(self, request: Request) -> Answer:
        self.arrived.put(request)
        return TAKEN

    def next_key(self) -> str:
        return self.arrived.get(timeout=20).headers["Idempotency-Key"]


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    one = Inbox()
    with receiving(one):
        yield one


def configured(folder: Path, *hooks: str) -> Settings:
    config = folder / "gridwatch.yaml"
    listed = "".join(f"\n  - {{{hook}}}" for hook in hooks) or " []"
    config.write_text(f"box: {{home: .}}\nwebhooks:{listed}\n", encoding="utf-8")
    return load_settings(config)


def a_hook(name: str, url: str, more: str = "") -> str:
    return f'name: {name}, url: "{url}", secret: {SECRET}{more}'


@pytest.fixture
def desk(tmp_path: Path) -> WebhookDesk:
    return WebhookDesk(tmp_path / "journal.db", begun=False)


@pytest.fixture
def couriers(desk: WebhookDesk) -> Iterator[Couriers]:
    made = Couriers(desk.path, SystemClock(), box_id="box-01")
    yield made
    made.end()


def test_a_new_receiver_is_told_what_happens_from_now_on(
    tmp_path: Path, desk: WebhookDesk, couriers: Couriers, inbox: Inbox
) -> None:
    desk.tell(an_incident("before"))
    couriers.follow(configured(tmp_path, a_hook("one", inbox.url)))
    desk.pass_by("after", Decision.STRANGER)
    assert inbox.next_key() == "after.1"


def test_a_receiver_that_hangs_keeps_nobody_waiting_and_does_not_hold_the_end(
    tmp_path: Path, desk: WebhookDesk, couriers: Couriers, inbox: Inbox
) -> None:
    asked = threading.Event()

    def hang(line: socket.socket, over: threading.Event) -> None:
        line.recv(1)
        asked.set()
        over.wait(20)

    with listening(hang) as port:
        hanging = a_hook("hanging", f"http://127.0.0.1:{port}/", ", timeout: 60s")
        couriers.follow(configured(tmp_path, hanging, a_hook("one", inbox.url)))
        desk.pass_by("first", Decision.STRANGER)
        desk.pass_by("second", Decision.STRANGER)
        assert [inbox.next_key(), inbox.next_key()] == ["first.1", "second.1"]
        assert asked.wait(20)
        clock = SystemClock()
        began_s = clock.mono_s()
        couriers.end()
        assert clock.mono_s() - began_s < 5
    reach = desk.reach("hanging")
    assert (reach.delivered, reach.error) == (0, "")


def test_changed_receivers_are_followed_and_the_others_go_on(
    tmp_path: Path, desk: WebhookDesk, couriers: Couriers, inbox: Inbox, free_port: int
) -> None:
    dead = f"http://127.0.0.1:{free_port}/"
    couriers.follow(configured(tmp_path, a_hook("moved", dead), a_hook("gone", dead)))
    desk.pass_by("meanwhile", Decision.STRANGER)
    couriers.follow(configured(tmp_path, a_hook("new", dead), a_hook("moved", inbox.url)))
    assert inbox.next_key() == "meanwhile.1"
    states = {one.name: one for one in couriers.states()}
    assert list(states) == ["new", "moved"]
    assert states["new"].waiting == 0
    assert desk.sinks.state("webhook:gone") is None


def test_after_a_restart_it_goes_on_where_it_was(
    tmp_path: Path, desk: WebhookDesk, couriers: Couriers, inbox: Inbox
) -> None:
    settings = configured(tmp_path, a_hook("one", inbox.url))
    couriers.follow(settings)
    couriers.end()
    desk.pass_by("while-it-was-off", Decision.STRANGER)
    again = Couriers(desk.path, SystemClock(), box_id="box-01")
    try:
        again.follow(settings)
        assert inbox.next_key() == "while-it-was-off.1"
    finally:
        again.end()


def test_a_secret_that_changes_in_its_file_signs_from_then_on(
    tmp_path: Path, desk: WebhookDesk, couriers: Couriers, inbox: Inbox
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the old secret of both\n")
    settings = configured(tmp_path, f'name: one, url: "{inbox.url}", secret: {{file: secret}}')
    couriers.follow(settings)
    desk.pass_by("first", Decision.STRANGER)
    inbox.arrived.get(timeout=20)
    secret.write_text("the new secret of both\n")
    couriers.follow(settings)
    desk.pass_by("second", Decision.STRANGER)
    request = inbox.arrived.get(timeout=20)
    told = request.headers["Gridwatch-Signature"]
    at_s = int(told.partition(",")[0].removeprefix("t="))
    assert told == signed(request.body, secret="the new secret of both", at_s=at_s)


def test_a_receiver_chooses_kinds_severity_and_cameras(tmp_path: Path) -> None:
    more = ", kinds: [reviews], least_severity: urgent, cameras: [east]"
    (address,) = addresses(configured(tmp_path, a_hook("one", "https://192.0.2.1/", more)))
    wanted = address.receiver.wanted
    assert wanted.kinds == {Kind.REVIEWS}
    assert wanted.severities == (Severity.URGENT, Severity.MAINTENANCE)
    assert wanted.cameras == frozenset({"east"})


def test_without_a_choice_incidents_and_alerts_of_all_cameras_are_told(tmp_path: Path) -> None:
    (address,) = addresses(configured(tmp_path, a_hook("one", "https://192.0.2.1/")))
    assert address.receiver.wanted.kinds == {Kind.INCIDENTS, Kind.ALERTS}
    assert address.receiver.wanted.cameras is None


@pytest.mark.parametrize(
    ("hook", "said"),
    [
        ('name: one, url: "https://h/", secret: ""', r":3: webhooks\[0\]\.secret: is empty"),
        ('name: one, url: "https://h/", secret: {env: NOT_SET_HERE}', "NOT_SET_HERE is not set"),
        (f'name: one, url: "h/path", secret: {SECRET}', r"webhooks\[0\]\.url: is no address"),
        (f'name: one, url: "https://h/", secret: {SECRET}, ca: no.pem', "no.pem cannot be used"),
    ],
)
def test_what_cannot_be_served_is_said_with_its_place(tmp_path: Path, hook: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        addresses(configured(tmp_path, hook))


@pytest.mark.parametrize(
    "more",
    [", kinds: []", ", kinds: [rumours]", ", least_severity: maintenance", ", timeout: 5m"],
)
def test_other_words_are_refused(tmp_path: Path, more: str) -> None:
    with pytest.raises(ConfigError, match=r"webhooks\[0\]"):
        configured(tmp_path, a_hook("one", "https://h/", more))


def test_two_receivers_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="two webhooks have the name 'one'"):
        configured(tmp_path, a_hook("one", "https://h/"), a_hook("one", "https://i/"))


def test_neither_address_nor_secret_is_told(
    tmp_path: Path, desk: WebhookDesk, couriers: Couriers, caplog: pytest.LogCaptureFixture
) -> None:
    url = "http://127.0.0.1:1/hook-token-98765?key=98765"
    settings = configured(tmp_path, a_hook("one", url))
    couriers.follow(settings)
    said = f"{settings} {addresses(settings)} {couriers.states()} {couriers.test('one')}"
    couriers.end()
    for text in (said, caplog.text):
        assert "98765" not in text
        assert SECRET not in text


def test_a_check_says_what_is_doubtful(tmp_path: Path) -> None:
    more = 'name: one, url: "http://192.0.2.1/", secret: short, cameras: [gone]'
    settings = configured(tmp_path, more, a_hook("two", "https://192.0.2.1/x"))
    said = inspect_webhook(settings, settings.webhooks[0], probe=False)
    assert said.startswith("192.0.2.1, alerts, incidents; NOT ENCRYPTED")
    assert "the secret is short" in said
    assert "not configured: gone" in said
    well = inspect_webhook(settings, settings.webhooks[1], probe=False)
    assert well == "192.0.2.1, alerts, incidents"


def test_a_probe_connects_and_sends_nothing(tmp_path: Path, inbox: Inbox, free_port: int) -> None:
    dead = f"http://127.0.0.1:{free_port}/"
    settings = configured(tmp_path, a_hook("one", inbox.url), a_hook("dead", dead))
    found = {one.part: one for one in inspect(settings, probe=True)}
    assert found["webhook one"].text == "127.0.0.1, alerts, incidents, reached"
    assert inbox.arrived.empty()
    assert "Connection refused" in found["webhook dead"].text
    assert found["webhook dead"].code == 5
