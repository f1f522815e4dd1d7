"""Webhooks on the page Health and in the API."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, expect

from edge.bootstrap import parts
from edge.clock import SystemClock
from edge.console.permissions import Role
from edge.delivery.post import Answer
from edge.domain.subscription import Kind, Subscription
from edge.settings import load_settings
from edge.store.letters import Letters
from edge.store.sinks import WEBHOOK
from tests.console_app import CONFIGURATION, Console
from tests.incidents import an_incident
from tests.messages import valid
from tests.receiver import TAKEN, Receiver, Request, receiving
from tests.review_desk import ReviewDesk
from tests.served import let_in, served

NAME = "duty-room"
HOOKS = """\
webhooks:
  - {{name: duty-room, url: "{url}", secret: 0123456789abcdef0123456789abcdef, kinds: [reviews]}}
"""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


@pytest.fixture
def console(tmp_path: Path, receiver: Receiver) -> Iterator[Console]:
    text = CONFIGURATION + HOOKS.format(url=receiver.url)
    (tmp_path / "gridwatch.yaml").write_text(text, encoding="utf-8")
    made = Console(tmp_path)
    made.couriers.follow(load_settings(tmp_path / "gridwatch.yaml"))
    yield made
    made.couriers.end()


@pytest.fixture
def admin(console: Console) -> TestClient:
    return console.sign_in(Role.ADMIN)


def tried(client: TestClient, name: str = NAME) -> object:
    return client.post(f"/api/v1/webhooks/{name}/test").json()


def acts(console: Console, act: str) -> list[tuple[str, str]]:
    rows = console.accounts.connection.execute(
        "SELECT subject, result FROM audit WHERE act = ? ORDER BY rowid", (act,)
    )
    return [(row["subject"], row["result"]) for row in rows]


def test_a_test_message_says_who_sends_it_and_nothing_else(
    console: Console, admin: TestClient, receiver: Receiver
) -> None:
    assert tried(admin) == {"taken": True, "answer": "answered 204"}
    (request,) = receiver.requests
    assert valid(request.body, "test")["box_id"] == "box-01"
    assert request.headers["Gridwatch-Kind"] == "test"
    assert acts(console, "webhook.test") == [(NAME, "ok")]


def test_what_a_receiver_says_against_it_is_told(admin: TestClient, receiver: Receiver) -> None:
    receiver.answers = [Answer(401, "wrong signature")]
    assert tried(admin) == {"taken": False, "answer": "answered 401: wrong signature"}


def test_a_test_is_written_down_before_it_is_made(
    console: Console, admin: TestClient, receiver: Receiver
) -> None:
    seen: list[list[tuple[str, str]]] = []

    def answer(request: Request) -> Answer:
        seen.append(acts(console, "webhook.test"))
        return TAKEN

    receiver.answer = answer  # type: ignore[method-assign]
    tried(admin)
    assert seen == [[(NAME, "ok")]]


def test_one_test_at_a_time(console: Console, admin: TestClient, receiver: Receiver) -> None:
    began, go_on = threading.Event(), threading.Event()

    def answer(request: Request) -> Answer:
        began.set()
        go_on.wait(20)
        return TAKEN

    receiver.answer = answer  # type: ignore[method-assign]
    first = threading.Thread(target=console.couriers.test, args=(NAME,))
    first.start()
    assert began.wait(20)
    assert admin.post(f"/api/v1/webhooks/{NAME}/test").status_code == 409
    go_on.set()
    first.join()
    assert acts(console, "webhook.test") == [(NAME, "ok"), (NAME, "refused")]


def test_only_who_may_change_the_outbox_tests(console: Console, receiver: Receiver) -> None:
    auditor = console.sign_in(Role.AUDITOR)
    assert auditor.post(f"/api/v1/webhooks/{NAME}/test").status_code == 403
    assert "data-try" not in auditor.get("/health").text
    assert receiver.requests == []


def test_a_receiver_that_is_not_configured_is_not_there(admin: TestClient) -> None:
    assert admin.post("/api/v1/webhooks/nobody/test").status_code == 404


def test_health_tells_how_receivers_do_and_not_where_exactly(
    admin: TestClient, receiver: Receiver
) -> None:
    (told,) = admin.get("/api/v1/health").json()["webhooks"]
    assert (told["name"], told["host"], told["kinds"]) == (NAME, "127.0.0.1", ["reviews"])
    assert (told["waiting"], told["parked"], told["failing_since"]) == (0, 0, None)
    page = admin.get("/health").text
    assert f'data-try="{NAME}"' in page
    assert "/hook" not in page
    assert str(receiver.port) not in page


def test_what_a_receiver_refused_is_listed_and_sent_again(
    console: Console, admin: TestClient, receiver: Receiver
) -> None:
    console.couriers.end()  # what is parked here is for the store to tell
    path = parts.journal_path(console.settings)
    ReviewDesk(path).tell(an_incident("car"))
    letters = Letters(path, SystemClock(), WEBHOOK + NAME, Subscription(frozenset(Kind)))
    (letter,) = letters.next()
    letters.park(letter, "answered 410: <gone>")
    receiver.answers = []
    console.couriers.follow(load_settings(console.home / "gridwatch.yaml"))
    page = admin.get("/health").text
    assert "answered 410: &lt;gone&gt;" in page
    assert "webhook_parked" in {
        one["name"] for one in admin.get("/api/v1/health").json()["troubles"]
    }
    assert admin.post("/api/v1/outbox/retry").json() == {"retried": 1}
    assert acts(console, "outbox.retry") == [("1 messages", "ok")]


def test_metrics_tell_of_each_receiver(console: Console) -> None:
    path = parts.journal_path(console.settings)
    Letters(path, SystemClock(), WEBHOOK + NAME).failed("answered 500")
    told = console.client().get("/metrics").text
    assert f'gridwatch_webhook_failing{{webhook="{NAME}"}} 1.0' in told
    assert f'gridwatch_webhook_waiting{{webhook="{NAME}"}} 0.0' in told
    assert f'gridwatch_webhook_delivered_total{{webhook="{NAME}"}} 0.0' in told


def test_without_webhooks_the_page_says_where_they_are_named(tmp_path: Path) -> None:
    page = Console(tmp_path).sign_in(Role.ADMIN).get("/health").text
    assert "Name receivers under webhooks in the configuration" in page


def test_in_a_browser_a_test_message_is_a_press_away(
    console: Console, receiver: Receiver, browser: Browser
) -> None:
    receiver.answers = [TAKEN, Answer(503)]
    with served(console.app) as url:
        context = browser.new_context(locale="en-GB")
        let_in(context, url, console, Role.ADMIN)
        page = context.new_page()
        page.goto(f"{url}/health")
        press = page.get_by_role("button", name=f"Send a test message to {NAME}")
        press.click()
        expect(page.get_by_text(f"{NAME} has taken the test message")).to_be_visible()
        press.click()
        expect(page.get_by_text("has not taken the test message: answered 503")).to_be_visible()
        context.close()
    assert len(receiver.requests) == 2


def test_on_a_phone_the_card_scrolls_and_the_page_does_not(
    console: Console, browser: Browser
) -> None:
    path = parts.journal_path(console.settings)
    store = Letters(path, SystemClock(), WEBHOOK + NAME)
    store.failed("its certificate is not valid (self-signed certificate); put it right")
    with served(console.app) as url:
        context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
        let_in(context, url, console, Role.ADMIN)
        page = context.new_page()
        page.goto(f"{url}/health")
        expect(page.locator("[data-try]")).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        context.close()
