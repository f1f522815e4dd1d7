"""Messages on their way to a real receiver on this machine."""

import hashlib
import hmac
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from edge.delivery.courier import LONGEST_WAIT_S, Courier
from edge.delivery.post import Answer, Post
from edge.delivery.webhook import LONGEST_ASKED_WAIT_S, WebhookCarrier
from edge.delivery.webhook import Receiver as Served
from edge.domain.passage import Decision
from edge.store.letters import Letter, Letters
from edge.store.sinks import WEBHOOK
from tests.incidents import an_incident
from tests.receiver import TAKEN, Day, Receiver, receiving
from tests.webhook_desk import EVERYTHING, NAME, WebhookDesk

SECRET = "a secret that both know"


@pytest.fixture
def desk(tmp_path: Path) -> WebhookDesk:
    return WebhookDesk(tmp_path / "journal.db")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


def a_courier(desk: WebhookDesk, url: str, *, letters: Letters | None = None) -> Courier:
    carrier = WebhookCarrier(
        Served(NAME, SECRET, EVERYTHING),
        Post(url, timeout_s=5.0),
        clock=desk.clock,
        agent="gridwatch/1.0",
    )
    post = letters or desk.post()
    return Courier(f"webhook={NAME}", post, carrier, uniform=lambda low, high: high)


def deliver(desk: WebhookDesk, url: str, *, failures: int = 100) -> Day:
    day = Day(desk.clock, failures=failures)
    a_courier(desk, url).run(day)
    return day


def test_messages_arrive_in_order_and_signed(desk: WebhookDesk, receiver: Receiver) -> None:
    desk.tell(an_incident("car"))
    desk.pass_by("stranger", Decision.STRANGER)
    letters = desk.letters()
    deliver(desk, receiver.url)
    assert receiver.bodies == [one.payload for one in letters]
    at_s = int(desk.clock.utc().timestamp())
    first = receiver.requests[0]
    assert first.path == "/hook?site=1"
    assert first.headers["Host"] == f"127.0.0.1:{receiver.port}"
    assert first.headers["Content-Type"] == "application/json"
    assert first.headers["Idempotency-Key"] == "stranger.1"
    assert first.headers["Gridwatch-Kind"] == "alerts"
    assert first.headers["Gridwatch-Webhook"] == NAME
    content = f"{at_s}.".encode() + first.body
    expected = hmac.new(SECRET.encode(), content, hashlib.sha256).hexdigest()
    assert first.headers["Gridwatch-Signature"] == f"t={at_s},v1={expected}"
    assert desk.reach().delivered == 2
    assert desk.letters() == []


def test_a_fault_of_the_receiver_is_waited_for_in_order(
    desk: WebhookDesk, receiver: Receiver
) -> None:
    desk.tell(an_incident("car"))
    desk.pass_by("stranger", Decision.STRANGER)
    receiver.answers = [Answer(500), Answer(503), Answer(204)]
    day = deliver(desk, receiver.url)
    keys = [one.headers["Idempotency-Key"] for one in receiver.requests]
    assert keys == ["stranger.1", "stranger.1", "stranger.1", "car.1"]
    assert day.pauses == [0.5, 1.0]
    assert (desk.reach().error, desk.reach().failing_since) == ("", None)


def test_what_is_refused_is_put_aside_and_the_rest_goes_on(
    desk: WebhookDesk, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    desk.tell(an_incident("car"))
    desk.pass_by("stranger", Decision.STRANGER)
    first = desk.letters()[0]
    receiver.answers = [Answer(410, "this hook\r\nis\x1b[31m gone")]
    day = deliver(desk, receiver.url)
    assert len(receiver.requests) == 2
    assert day.pauses == []
    assert desk.reach().refusals == ((first.seq, "answered 410: this hook is [31m gone"),)
    assert desk.reach().delivered == 1
    assert "parked: answered 410" in caplog.text
    assert "this hook" not in caplog.text
    desk.sinks.retry_parked()
    deliver(desk, receiver.url)
    assert receiver.bodies[2] == first.payload
    assert desk.reach().parked == 0


@pytest.mark.parametrize("status", [408, 429])
def test_too_many_and_too_slow_are_no_refusals(
    desk: WebhookDesk, receiver: Receiver, status: int
) -> None:
    desk.tell(an_incident("car"))
    receiver.answers = [Answer(status)]
    deliver(desk, receiver.url)
    assert len(receiver.requests) == 2
    assert desk.reach().parked == 0
    assert desk.reach().delivered == 1


@pytest.mark.parametrize(
    ("asked", "waited_s"),
    [
        ("120", 120.0),
        ("0", 0.5),
        ("99999999", LONGEST_ASKED_WAIT_S),
        ("soon", 0.5),
        ("-5", 0.5),
        ("Mon, 01 Jan 2024 00:00:00 +99999999999999999999", 0.5),
    ],
)
def test_retry_after_is_honoured_within_bounds(
    desk: WebhookDesk, receiver: Receiver, asked: str, waited_s: float
) -> None:
    desk.tell(an_incident("car"))
    receiver.answers = [Answer(429, retry_after=asked)]
    assert deliver(desk, receiver.url).pauses == [waited_s]


def test_retry_after_may_be_a_date(desk: WebhookDesk, receiver: Receiver) -> None:
    desk.tell(an_incident("car"))
    later = desk.clock.utc() + timedelta(seconds=90)
    receiver.answers = [Answer(503, retry_after=format_datetime(later, usegmt=True))]
    assert deliver(desk, receiver.url).pauses == [90.0]


def test_a_redirect_is_not_followed_and_nothing_is_lost(
    desk: WebhookDesk, receiver: Receiver
) -> None:
    desk.tell(an_incident("car"))
    receiver.location = f"http://127.0.0.1:{receiver.port}/elsewhere"
    receiver.answers = [Answer(307)]
    deliver(desk, receiver.url, failures=1)
    assert [one.path for one in receiver.requests] == ["/hook?site=1"]
    assert "redirects are not followed" in desk.reach().error
    assert len(desk.letters()) == 1


def test_a_dead_receiver_is_asked_ever_more_seldom_and_told_everything_later(
    desk: WebhookDesk, free_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    desk.tell(an_incident("car"))
    day = deliver(desk, f"http://127.0.0.1:{free_port}/", failures=12)
    assert day.pauses[:4] == [0.5, 1.0, 2.0, 4.0]
    assert day.pauses[-1] == LONGEST_WAIT_S
    assert desk.reach().failing_since is not None
    assert "Connection refused" in desk.reach().error
    assert caplog.text.count("Connection refused") == 1
    desk.pass_by("stranger", Decision.STRANGER)
    with receiving() as receiver:
        deliver(desk, receiver.url)
    assert len(receiver.requests) == 2


class Forgetful(Letters):
    """Dies after a letter was taken and before that is known."""

    def settle(self, letters: Sequence[Letter]) -> None:
        if letters[0].id == "second":
            raise KeyboardInterrupt
        super().settle(letters)


def test_after_a_crash_nothing_is_lost_and_at_most_one_comes_twice(
    desk: WebhookDesk, receiver: Receiver
) -> None:
    for name in ("first", "second", "third"):
        desk.pass_by(name, Decision.STRANGER)
    dying = a_courier(
        desk, receiver.url, letters=Forgetful(desk.path, desk.clock, WEBHOOK + NAME, EVERYTHING)
    )
    with pytest.raises(KeyboardInterrupt):
        dying.run(Day(desk.clock))
    deliver(desk, receiver.url)
    keys = [one.headers["Idempotency-Key"] for one in receiver.requests]
    assert keys == ["first.1", "second.1", "second.1", "third.1"]
    assert receiver.bodies[1] == receiver.bodies[2]


def test_what_happens_meanwhile_is_seen(desk: WebhookDesk, receiver: Receiver) -> None:
    courier = a_courier(desk, receiver.url)
    courier.run(Day(desk.clock))
    assert receiver.requests == []
    desk.tell(an_incident("car"))
    courier.run(Day(desk.clock))
    assert len(receiver.requests) == 1


class Mailbox:
    """Takes everything, and ends the day with the last of so many."""

    def __init__(self, day: threading.Event, expected: int) -> None:
        self.keys: list[str] = []
        self._day = day
        self._expected = expected

    def send(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        self.keys.append(headers["Idempotency-Key"])
        if len(self.keys) == self._expected:
            self._day.set()
        return TAKEN


def test_nothing_is_passed_over_while_several_write(desk: WebhookDesk) -> None:
    count, day = 60, threading.Event()
    mailbox = Mailbox(day, 3 * count)

    def write(camera: int) -> None:
        writer = WebhookDesk(desk.path, begun=False)
        for number in range(count):
            decision = Decision.STRANGER if number % 2 else Decision.RESIDENT
            writer.pass_by(f"unheard-{camera}-{number}", Decision.RESIDENT)
            writer.pass_by(f"{camera}-{number}", decision, announced=True)
            writer.tell(an_incident(f"i{camera}-{number}", camera_id=f"street-{camera}-{number}"))

    served = Served(NAME, SECRET, EVERYTHING)
    carrier = WebhookCarrier(served, mailbox, clock=desk.clock, agent="gridwatch/1.0")
    courier = Courier(f"webhook={NAME}", desk.post(), carrier)
    writers = [threading.Thread(target=write, args=(camera,)) for camera in range(2)]
    delivery = threading.Thread(target=courier.run, args=(day,))
    for one in (*writers, delivery):
        one.start()
    for one in writers:
        one.join()
    delivery.join(60)
    day.set()
    wanted = {f"{camera}-{number}.1" for camera in range(2) for number in range(1, count, 2)}
    wanted |= {f"i{camera}-{number}.1" for camera in range(2) for number in range(count)}
    assert len(mailbox.keys) == len(wanted) == 3 * count
    assert set(mailbox.keys) == wanted
