"""What the platform says of its cases, over the API and on the screen."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from edge.bootstrap import parts
from edge.clock import SystemClock
from edge.console.permissions import Role
from edge.console.texts import Language, load_texts
from edge.domain.case import CaseMove, CaseState
from edge.store.cases import Cases
from tests.exhibits import A, B
from tests.review_console import ReviewConsole
from tests.served import let_in, served

AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
FILED = CaseMove(A, 2, CaseState.FILED, AT, "SZ-2026-0815", "城管一中队", "请核实")
HANDLING = CaseMove(A, 3, CaseState.HANDLING, AT + timedelta(hours=1))


@pytest.fixture
def console(tmp_path: Path) -> ReviewConsole:
    made = ReviewConsole(tmp_path)
    made.open(A)
    made.open(B, ["warned.jpg"])
    return made


@pytest.fixture
def cases(console: ReviewConsole) -> Iterator[Cases]:
    opened = Cases(parts.journal_path(console.settings), SystemClock())
    yield opened
    opened.close()


def test_an_incident_is_told_with_its_case_and_each_step_of_it(
    console: ReviewConsole, cases: Cases
) -> None:
    cases.hear(FILED)
    cases.hear(HANDLING)
    client = console.sign_in(Role.REVIEWER)
    told = client.get(f"/api/v1/incidents/{A}").json()
    assert told["incident"]["case"] == "handling"
    # The last step names neither number nor department: what was said before holds on.
    assert (told["case"]["state"], told["case"]["case_number"], told["case"]["department"]) == (
        "handling",
        "SZ-2026-0815",
        "城管一中队",
    )
    assert [(one["sequence"], one["state"], one["text"]) for one in told["case"]["moves"]] == [
        (2, "filed", "请核实"),
        (3, "handling", ""),
    ]
    other = client.get(f"/api/v1/incidents/{B}").json()
    assert (other["case"], other["incident"]["case"]) == (None, None)
    listed = client.get("/api/v1/incidents").json()["incidents"]
    assert {one["id"]: one["case"] for one in listed} == {A: "handling", B: None}


def test_every_state_of_a_case_can_be_said_in_both_languages() -> None:
    texts = load_texts()
    for state in CaseState:
        for language in Language:
            assert texts[language].known(f"case_state.{state}")


def test_the_health_page_says_what_was_refused_in_words(console: ReviewConsole) -> None:
    admin = console.sign_in(Role.ADMIN)
    english = admin.get("/health", headers={"accept-language": "en"}).text
    assert "12 taken since the box was set up, 1 of them not done yet." in english
    assert "The signature is wrong: somebody forges, or it was changed on its way" in english
    assert ">240<" in english
    assert "平台指令" in admin.get("/health", headers={"accept-language": "zh-CN"}).text
    told = admin.get("/api/v1/health").json()["commands"]
    assert told == {
        "taken": 12,
        "waiting": 1,
        "refused": {"bad_signature": 240},
        "failed": {"timeout": 1},
    }


@pytest.mark.parametrize(("locale", "words"), [("en-GB", "Closed"), ("zh-CN", "已结案")])
def test_an_open_page_follows_the_case(
    console: ReviewConsole, cases: Cases, browser: Browser, locale: str, words: str
) -> None:
    cases.hear(FILED)
    with served(console.app) as url:
        context = browser.new_context(locale=locale)
        context.set_default_timeout(15_000)
        let_in(context, url, console, Role.REVIEWER)
        page = context.new_page()
        page.goto(f"{url}/review#incident={A}")
        shown = page.locator("[data-case]")
        expect(shown).to_contain_text("SZ-2026-0815")
        expect(shown).to_contain_text("请核实")
        hostile = replace(
            FILED, sequence=9, state=CaseState.CLOSED, text='<img src=x onerror="document.title=1">'
        )
        cases.hear(hostile)
        expect(shown.locator("li").first).to_contain_text(words, timeout=10_000)
        expect(shown.locator("li").first).to_contain_text("<img src=x")
        expect(shown.locator("img")).to_have_count(0)
        expect(page.locator("[data-detail] .card").first).to_contain_text(words)
        context.close()
